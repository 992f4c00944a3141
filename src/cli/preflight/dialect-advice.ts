import type { Millis } from '../../core/units.ts';
import type { Misfit } from '../../engine/preflight.ts';
import { type OtherTools, recognise } from '../../engine/recognise.ts';
import type { World } from '../../engine/world.ts';
import { type DialectPlan, isStateless, type McpDialectPlan } from '../../protocol/dialect-plan.ts';
import { showMcpTransport } from '../options/dialect-values.ts';
import { knownDialects } from '../settings/dialect-candidates.ts';
import { questioningTools } from '../settings/dialect-plan-of.ts';
import { type DialectSettings, inTheWay, nothingSaid, written } from '../settings/dialect-settings.ts';
import { toolsThere } from './dialect-hints.ts';

/** Statuses by which a server says that it has no such path, or does not take such a request there. */
const foreign = new Set([404, 405, 406, 415]);
/** Statuses by which a server of MCP says that it speaks it otherwise. */
const otherwise = new Set([400, 422]);

/** Whether a failure may come of a wrong dialect, so that it is worth to see which one the server speaks. */
export function mayBeForeign({ failed: { status, kind }, asked }: Misfit, plan: DialectPlan): boolean {
  if (foreign.has(status) || (kind === 'not-json' && status === 200)) return true;
  if (!isMcp(plan)) return false;
  return otherwise.has(status) || kind === 'rpc-error' || (asked === 'session' && kind === 'timeout');
}

/**
 * What to say differently to a server that does not answer as the plan asks: `This server speaks "upstream": add --dialect upstream.`
 * `said`: what the plan was made of. null: it speaks nothing that sqload would recognise, or just what it was asked in.
 */
export async function adviceFor(
  plan: DialectPlan,
  said: DialectSettings,
  world: Pick<World, 'clock' | 'transport'>,
  timeout: Millis,
): Promise<string | null> {
  const { basePath, headers } = plan;
  const origin = ('origin' in plan ? plan.origin : null) ?? null;
  const known = knownDialects({ said: nothingSaid, requests: { basePath, headers }, origin }).map((other) =>
    isMcp(other) && isMcp(plan) ? { ...other, tools: plan.tools } : other,
  );
  const others = known.filter((other) => differ(other, plan));
  // A server may speak several: what is the nearest to what was asked is the best advice.
  const nearest = others.sort((a, b) => distance(a, plan) - distance(b, plan));
  const found = await recognise([plan, ...nearest], world, timeout);
  if (found.plan !== null)
    return found.plan === plan ? null : `This server speaks "${found.plan.name}": ${changes(found.plan, plan, said)}.`;
  return found.tools === null ? null : toolAdvice(found.tools, plan, said);
}

function distance(other: DialectPlan, plan: DialectPlan): number {
  if (!isMcp(other) || !isMcp(plan)) return other.name === plan.name ? 0 : isMcp(other) === isMcp(plan) ? 2 : 4;
  return (other.name === plan.name ? 0 : 2) + (isStateless(other.version) === isStateless(plan.version) ? 0 : 1);
}

/** Whether another dialect asks otherwise than the plan does. */
function differ(other: DialectPlan, plan: DialectPlan): boolean {
  if (isMcp(other) && isMcp(plan)) return mcpFlags(other, plan).length > 0;
  if (other.name !== plan.name) return true;
  const [theirs, asked] = [other, plan].map((each) => ('paths' in each ? each.paths.initial : ''));
  return theirs !== asked;
}

/** What to do to the command line so that it asks in `found`. */
function changes(found: DialectPlan, plan: DialectPlan, said: DialectSettings): string {
  // A tool that is described is called as it was, however the server is reached.
  const then = isMcp(found) && plan.name === 'mcp-tool' ? { ...found, name: plan.name } : found;
  return inWords(flagsFor(found, plan), inTheWay(said, then));
}

function flagsFor(found: DialectPlan, plan: DialectPlan): readonly string[] {
  if (isMcp(found) && isMcp(plan)) return mcpFlags(found, plan);
  if (found.name === plan.name) return [];
  return [`--dialect ${found.name}`, ...(isMcp(found) && found.path !== '/mcp' ? [`--mcp-path ${found.path}`] : [])];
}

/** `add --dialect upstream and leave --path out` */
function inWords(flags: readonly string[], idle: readonly string[]): string {
  // What is given anew is not in the way.
  const away = idle.filter((name) => !flags.some((flag) => flag.startsWith(`${name} `)));
  return [
    ...(flags.length === 0 ? [] : [`add ${flags.join(' ')}`]),
    ...(away.length === 0 ? [] : [`leave ${listed(away)} out`]),
  ].join(' and ');
}

/** `a, b and c` */
const listed = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ');

function mcpFlags(found: McpDialectPlan, plan: McpDialectPlan): readonly string[] {
  const ofTool = plan.name === 'mcp-tool';
  const sameTransport = found.transport === plan.transport;
  return [
    ...(ofTool || found.name === plan.name ? [] : [`--dialect ${found.name}`]),
    ...(ofTool && !sameTransport ? [`--mcp-transport ${showMcpTransport(found.transport)}`] : []),
    ...(found.path === plan.path ? [] : [`--mcp-path ${found.path}`]),
    ...(sameTransport && isStateless(found.version) !== isStateless(plan.version)
      ? [`--mcp-version ${found.version}`]
      : []),
  ];
}

const isMcp = (plan: DialectPlan): plan is McpDialectPlan =>
  plan.name === 'mcp' || plan.name === 'mcp-sse' || plan.name === 'mcp-tool';

/** Which tools there are in place of those that were called, and how to call one. `asked`: in which dialect the server was asked. */
export function toolAdvice({ plan, names }: OtherTools, asked: DialectPlan, said: DialectSettings): string {
  if (
    asked.name !== 'mcp-tool' &&
    names.includes(questioningTools.initial) &&
    names.includes(questioningTools['follow-up'])
  )
    return `This MCP server ${toolsThere(names)}: ${inWords(flagsFor(plan, asked), ['--tool', ...inTheWay(said, plan)])}.`;
  const server =
    asked.name === 'mcp-tool'
      ? asked
      : ({ ...plan, name: 'mcp-tool', transport: usualTransport, path: said.mcpPath.value } as const);
  const flags = [
    ...(asked.name === 'mcp-tool' ? [] : ['--dialect mcp-tool']),
    '--tool <name>',
    ...mcpFlags(plan, server),
  ];
  return `This MCP server ${toolsThere(names)}: ${inWords(flags, inTheWay(said, { ...plan, name: 'mcp-tool' }))}.`;
}

/** Of mcp-tool, unless it is told otherwise. */
const usualTransport = 'streamable-http';

/** What was found out, in a sentence. */
export function chosenSentence(plan: DialectPlan): string {
  if (!isMcp(plan)) return `The server speaks "${plan.name}".`;
  if (plan.transport === 'http+sse') return `The server speaks "mcp-sse" of ${plan.version}, at ${plan.path}.`;
  const era = isStateless(plan.version) ? 'without sessions' : 'with a handshake for each user';
  return `The server speaks "mcp" of ${plan.version}, ${era}.`;
}

/** Why nothing was recognised, as what the address does, and what to do. */
export function notRecognised(
  plan: DialectPlan,
  said: DialectSettings,
  tools: OtherTools | null,
): { readonly message: string; readonly hint: string } {
  if (tools !== null)
    return { message: 'speaks MCP, but has not the tools that were asked for.', hint: toolAdvice(tools, plan, said) };
  const endpoint = endpointIn(plan);
  if (endpoint !== null)
    return {
      message: `speaks none of the dialects that can be recognised below ${plan.basePath}.`,
      hint: endpoint,
    };
  if (said.dialect.value === 'auto')
    return {
      message: 'speaks none of the dialects that can be recognised: guide, docs, upstream, mcp, mcp-sse.',
      hint: `${narrowing(said)}Check the address and its base path. Other tools are called with --dialect mcp-tool, other JSON APIs are described in a scenario file (dialect: rest).`,
    };
  return {
    message: `does not speak MCP at ${'path' in plan ? plan.basePath + plan.path : plan.basePath}.`,
    hint: 'Give the path of the endpoint with --mcp-path /…, or find out what the server speaks with --dialect auto.',
  };
}

/** What to do when the address is that of an MCP endpoint, which is no base path; null: it does not look like one. */
export function endpointIn({ basePath }: DialectPlan): string | null {
  const endpoint = /\/(?:mcp|sse)$/.exec(basePath)?.[0];
  if (endpoint === undefined) return null;
  const flags = endpoint === '/sse' ? '--dialect mcp-sse --mcp-path /sse' : '--dialect mcp';
  return `The address ends with the path of an MCP endpoint: leave ${endpoint} out of --host, and add ${flags}.`;
}

/** What keeps sqload from looking everywhere. */
function narrowing(said: DialectSettings): string {
  const narrow = (['paths', 'mcpVersion', 'mcpPath'] as const).filter((key) => said[key].from !== 'default');
  if (narrow.length === 0) return '';
  return `Leave ${listed(narrow.map((key) => written(key, said)))} out, so that all of them are tried. `;
}
