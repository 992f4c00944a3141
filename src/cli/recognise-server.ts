import { excerpt } from '../engine/excerpt.ts';
import type { Misfit } from '../engine/preflight.ts';
import { type Recognition, recognise } from '../engine/recognise.ts';
import type { World } from '../engine/world.ts';
import type { DialectPlan, McpDialectPlan } from '../protocol/dialect-plan.ts';
import { mcpPlan, pathPlan, type Requests } from './dialect-plan-of.ts';
import { type DialectSettings, nothingSaid } from './dialect-settings.ts';
import { type McpVersionChoice, showMcpTransport } from './dialect-values.ts';

/** Names of the tools that an MCP server has, where it was asked for them. */
export interface Tooled {
  readonly tools?: readonly string[];
}

/** How to ask for a dialect on the command line. */
const flagsOf = (plan: DialectPlan): string => {
  if (plan.name !== 'mcp-sse') return `--dialect ${plan.name}`;
  return plan.path === '/mcp' ? '--dialect mcp-sse' : `--dialect mcp-sse --mcp-path ${plan.path}`;
};

/** The dialects that can be recognised without being described, in the order in which they are tried. */
export function knownDialects(requests: Requests, said: DialectSettings = nothingSaid): readonly DialectPlan[] {
  const { basePath, headers } = requests;
  const sources = { said, requests: { basePath, headers } };
  const mcp = mcpPlan('mcp', sources);
  const sse = mcpPlan('mcp-sse', sources);
  return [
    ...(['guide', 'docs', 'upstream'] as const).map((name) => pathPlan(name, sources)),
    ...(isOpen(said.mcpVersion.value) ? mcpVersionsToTry(mcp) : [mcp]),
    sse,
    ...(said.mcpPath.from === 'default' ? [{ ...sse, path: '/sse' }] : []),
  ];
}

const isOpen = (version: McpVersionChoice | null): boolean => version === null || version === 'auto';

/** Among which dialects the server is to be asked for its own; none where that is settled. */
export function candidatesOf(said: DialectSettings, plan: DialectPlan): readonly DialectPlan[] {
  if (said.dialect.value === 'auto') return knownDialects(plan, said);
  const open = (plan.name === 'mcp' || plan.name === 'mcp-tool') && plan.transport === 'streamable-http';
  return open && isOpen(said.mcpVersion.value) ? mcpVersionsToTry(plan) : [];
}

/** The same tools in the revisions that differ in kind: the stateless one first, then the newest with a handshake. */
const mcpVersionsToTry = (plan: McpDialectPlan): readonly McpDialectPlan[] => [
  { ...plan, version: '2026-07-28' },
  { ...plan, version: '2025-11-25' },
];

/** Statuses by which a server says that it has no such path, or does not take such a request there. */
const foreign = new Set([404, 405, 406, 415]);

/** Whether a failure may come of a wrong dialect, so that it is worth to see which one the server speaks. */
export const mayBeForeign = ({ failed, asked }: Misfit): boolean =>
  foreign.has(failed.status) ||
  (failed.kind === 'not-json' && failed.status === 200) ||
  (asked === 'session' && (failed.status === 400 || failed.status === 422 || failed.kind === 'timeout'));

/**
 * What to say differently to a server that does not answer as the plan asks: `This server speaks "upstream": add --dialect upstream.`
 * null: it speaks nothing that sqload would recognise, or just this.
 */
export async function adviceFor(plan: DialectPlan, world: Pick<World, 'clock' | 'transport'>): Promise<string | null> {
  const distance = (other: DialectPlan): number =>
    other.name === plan.name ? 0 : isMcp(other) === isMcp(plan) ? 1 : 2;
  // A server may speak several: the one that is the nearest to what was asked is the best advice.
  const nearest = [...knownDialects(plan)].sort((a, b) => distance(a) - distance(b));
  const found: Recognition & Tooled = await recognise(nearest, world);
  return found.plan === null ? null : adviceOn(found.plan, plan, found.tools ?? []);
}

function adviceOn(found: DialectPlan, plan: DialectPlan, tools: readonly string[]): string | null {
  const flags = isMcp(found) && isMcp(plan) ? mcpFlags(found, plan) : pathFlags(found, plan);
  if (flags === null || !isMcp(found) || isMcp(plan) || tools.length === 0 || tools.includes(found.tools.initial))
    return flags === null ? null : `This server speaks "${found.name}": ${flags}.`;
  return `${toolAdvice(tools)}${flags.includes('mcp-sse') ? ' --mcp-transport sse' : ''}.`;
}

/** Names are of the server: few of them, and none that breaks the sentence. */
export function toolAdvice(tools: readonly string[]): string {
  const named = tools.slice(0, 8).map((name) => excerpt(name, 40));
  const more = tools.length > named.length ? ` and ${tools.length - named.length} more` : '';
  return `This MCP server has the ${tools.length === 1 ? 'tool' : 'tools'} ${named.join(', ')}${more}: add --dialect mcp-tool --tool <name>`;
}

function pathFlags(found: DialectPlan, plan: DialectPlan): string | null {
  if (found.name !== plan.name) return `add ${flagsOf(found)}`;
  const paths = [found, plan].map((each) => ('paths' in each ? each.paths.initial : ''));
  return paths[0] === paths[1] ? null : 'leave --path out';
}

/** In which of its particulars the server differs from what it was asked in. */
function mcpFlags(found: McpDialectPlan, plan: McpDialectPlan): string | null {
  const name = plan.name === 'mcp-tool' || found.name === plan.name ? [] : [`--dialect ${found.name}`];
  const transport =
    plan.name === 'mcp-tool' && found.transport !== plan.transport
      ? [`--mcp-transport ${showMcpTransport(found.transport)}`]
      : [];
  const path = found.path === plan.path ? [] : [`--mcp-path ${found.path}`];
  const version =
    found.transport === plan.transport && hasHandshake(found) !== hasHandshake(plan)
      ? [`--mcp-version ${found.version}`]
      : [];
  const flags = [...name, ...transport, ...path, ...version];
  return flags.length === 0 ? null : `add ${flags.join(' ')}`;
}

const isMcp = (plan: DialectPlan): plan is McpDialectPlan =>
  plan.name === 'mcp' || plan.name === 'mcp-sse' || plan.name === 'mcp-tool';

const hasHandshake = ({ version }: McpDialectPlan): boolean => version !== '2026-07-28';

/** What was found out, in a sentence. */
export function chosenSentence(plan: DialectPlan): string {
  if (!isMcp(plan)) return `The server speaks "${plan.name}".`;
  const where = plan.transport === 'http+sse' ? `, at ${plan.path}` : '';
  return `The server speaks "${plan.name}" of ${plan.version}, ${hasHandshake(plan) ? 'with a handshake for each user' : 'without sessions'}${where}.`;
}

/** Why nothing was recognised, as what the address does, and what to do. `any`: every known dialect was tried. */
export function notRecognised(plan: DialectPlan, any: boolean): { readonly message: string; readonly hint: string } {
  if (any)
    return {
      message: 'speaks none of the dialects that can be recognised: guide, docs, upstream, mcp, mcp-sse.',
      hint: 'Check the address and its base path. Other tools are called with --dialect mcp-tool, other JSON APIs are described in a scenario file (dialect: rest).',
    };
  return {
    message: `does not speak MCP at ${'path' in plan ? plan.basePath + plan.path : plan.basePath}.`,
    hint: 'Give the path of the endpoint with --mcp-path /…, or find out what the server speaks with --dialect auto.',
  };
}
