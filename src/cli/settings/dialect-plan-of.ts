import { usageError } from '../../core/errors.ts';
import { type RowId, rowIds } from '../../protocol/dialect.ts';
import { defaultPaths } from '../../protocol/dialect-paths.ts';
import type {
  DialectPlan,
  JsonTemplate,
  McpDialectPlan,
  PathDialectPlan,
  ReplyPointers,
  RestDialectPlan,
} from '../../protocol/dialect-plan.ts';
import type { Mix } from '../../protocol/flow.ts';
import type { ScenarioRest } from '../../workload/scenario-dialect.ts';
import type { Host } from '../host.ts';
import { assumed } from '../options/dialect-values.ts';
import { parseArguments, replyPointers, type ToolArguments } from '../options/tool-values.ts';
import type { DialectSettings } from './dialect-settings.ts';
import { readInputFile } from './read-input-file.ts';
import type { Setting } from './settings.ts';

/** What every dialect of a run has in common. */
export type Requests = Pick<DialectPlan, 'basePath' | 'headers'>;

/** What a dialect is settled from that is known by its name. */
export interface KnownSources {
  readonly said: DialectSettings;
  readonly requests: Requests;
  /** Scheme, host and port; null for the built-in server, which is not there yet. */
  readonly origin: string | null;
}

/** What any dialect is settled from. `rest` is of the scenario file. */
export interface DialectSources extends KnownSources {
  readonly host: Host;
  readonly rest: ScenarioRest | null;
}

/**
 * The chosen dialect with every question answered; what is `auto` is what is assumed until the server is asked.
 * @throws SqloadError (exit 2) for a dialect that is not described.
 */
export function dialectPlanOf(sources: DialectSources): DialectPlan {
  rejectIdle(sources);
  const { value } = sources.said.dialect;
  const name = value === 'auto' ? assumed.dialect : value;
  switch (name) {
    case 'guide':
    case 'docs':
    case 'upstream':
      return pathPlan(name, sources);
    case 'mcp':
    case 'mcp-sse':
    case 'mcp-tool':
      return mcpPlan(name, sources, name === 'mcp-tool' ? customOf(sources) : null);
    case 'rest':
      return restPlan(sources);
  }
}

/** A contract that is known by its paths. */
export const pathPlan = (name: PathDialectPlan['name'], { said, requests }: KnownSources): PathDialectPlan => ({
  name,
  ...requests,
  paths: { ...defaultPaths[name], ...said.paths.value },
});

/** The tools of a server of sequential questioning. */
export const questioningTools = {
  initial: 'sequential_questioning',
  'follow-up': 'sequential_questioning_follow_up',
  automatic: 'sequential_questioning_automatic',
} as const;

/** Tools of an MCP server. `custom` says how those of mcp-tool are called. */
export function mcpPlan(
  name: McpDialectPlan['name'],
  { said, requests, origin }: KnownSources,
  custom: McpDialectPlan['custom'] = null,
): McpDialectPlan {
  const transport = name === 'mcp-sse' ? 'http+sse' : name === 'mcp' ? 'streamable-http' : said.mcpTransport.value;
  const version = said.mcpVersion.value ?? 'auto';
  return {
    name,
    ...requests,
    ...(origin === null ? {} : { origin }),
    transport,
    path: said.mcpPath.value,
    version: transport === 'http+sse' ? '2024-11-05' : version === 'auto' ? assumed.mcpVersion : version,
    health: said.mcpHealth.value ?? (name === 'mcp-tool' ? { kind: 'ping' } : { kind: 'get', path: '/health' }),
    tools: name === 'mcp-tool' ? customTools(said) : namedTools(said),
    custom,
  };
}

const noPointers: ReplyPointers = { conversationId: null, sessionId: null, question: null, done: null };

const customOf = ({ host, said }: DialectSources): McpDialectPlan['custom'] => ({
  arguments: argumentsOf(host, said.toolArguments.value),
  reply: said.toolReply.value ?? noPointers,
});

const namedTools = ({ tools: { value } }: DialectSettings): McpDialectPlan['tools'] => ({
  ...questioningTools,
  ...(value?.kind === 'each' ? value.names : {}),
});

/** A kind of question that is not named calls the tool of the first question. */
function customTools({ tools: { value } }: DialectSettings): McpDialectPlan['tools'] {
  const first = value?.kind === 'one' ? value.name : value?.names.initial;
  if (first === undefined)
    throw usageError(
      'The dialect mcp-tool needs the name of a tool.',
      'Give it with --tool <name>, or in the scenario file as mcp: { tool: <name> }.',
    );
  return { initial: first, 'follow-up': first, automatic: first, ...(value?.kind === 'each' ? value.names : {}) };
}

function argumentsOf(host: Host, given: ToolArguments | null): JsonTemplate {
  if (given === null) return {};
  if (given.kind === 'template') return given.template;
  const text = readInputFile(host, given.path, 'the tool arguments');
  try {
    return parseArguments(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw usageError(`The file "${given.path}" of --tool-arguments ${error.message}.`);
  }
}

function restPlan({ rest, requests }: DialectSources): RestDialectPlan {
  if (rest === null)
    throw usageError(
      'The dialect rest is described in the scenario file, and this one has no section "rest".',
      'It says at least what the first question is: rest: { initial: { path: /ask, body: { text: "{{context}}" } } }.',
    );
  return { name: 'rest', ...requests, requests: rest.requests, reply: replyPointers(rest.reply) };
}

/** A section stands ready where another dialect was chosen for this run, but a file must not contradict itself. */
function rejectIdle({ said: { dialect }, rest }: DialectSources): void {
  if (rest === null || dialect.value === 'rest' || (dialect.from !== 'scenario file' && dialect.from !== 'default'))
    return;
  throw usageError(
    `The scenario file describes a server in its section "rest", but its dialect is ${dialect.value}.`,
    'Say dialect: rest in the file, or take the section away.',
  );
}

/**
 * The mix as the dialect can play it: the default one loses the rows that the dialect has not.
 * @throws SqloadError (exit 2) when somebody gave such a row a weight.
 */
export function playable(mix: Setting<Mix>, plan: DialectPlan): Setting<Mix> {
  const absent = rowIds.filter((row) => mix.value[row] > 0 && !hasRow(plan, row));
  if (absent.length === 0) return mix;
  if (mix.from === 'default')
    return { ...mix, value: { ...mix.value, ...Object.fromEntries(absent.map((row) => [row, 0])) } };
  const names = absent.join(' and ');
  throw usageError(
    plan.name === 'rest'
      ? `The mix has ${names}, which the section "rest" of the scenario file does not describe.`
      : `The mix has ${names}, but the dialect ${plan.name} has no such request.`,
    plan.name === 'rest'
      ? `Describe ${absent.map((row) => `rest.${row}`).join(' and ')}, or leave ${names} out of the mix: --mix ${mixWithout(mix.value, absent)}.`
      : `Leave it out of the mix: --mix ${mixWithout(mix.value, absent)}. The dialect upstream and those of MCP have automatic questioning.`,
  );
}

/** `health=1,initial=3`: what is left of it, as it is given. */
const mixWithout = (mix: Mix, absent: readonly RowId[]): string =>
  rowIds
    .filter((row) => mix[row] > 0 && !absent.includes(row))
    .map((row) => `${row}=${mix[row]}`)
    .join(',');

/** Those first that can play the mix, since a server may speak several. */
export function playableFirst(plans: readonly DialectPlan[], mix: Mix): readonly DialectPlan[] {
  const plays = (plan: DialectPlan): boolean => rowIds.every((row) => mix[row] === 0 || hasRow(plan, row));
  return [...plans.filter(plays), ...plans.filter((plan) => !plays(plan))];
}

function hasRow(plan: DialectPlan, row: RowId): boolean {
  if (plan.name === 'rest') return plan.requests[row] !== null;
  return row !== 'automatic' || (plan.name !== 'guide' && plan.name !== 'docs');
}
