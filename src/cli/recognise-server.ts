import type { Failure } from '../core/failure.ts';
import type { Misfit } from '../engine/preflight.ts';
import { type Recognition, recognise } from '../engine/recognise.ts';
import type { World } from '../engine/world.ts';
import { defaultPaths } from '../protocol/dialect-paths.ts';
import type { DialectPlan, McpDialectPlan } from '../protocol/dialect-plan.ts';

/** What every candidate has in common. */
type Requests = Pick<DialectPlan, 'basePath' | 'headers'>;

/** How to ask for a dialect on the command line. */
export const flagsOf = (plan: DialectPlan): string => {
  if (plan.name !== 'mcp-sse') return `--dialect ${plan.name}`;
  return plan.path === '/mcp' ? '--dialect mcp-sse' : `--dialect mcp-sse --mcp-path ${plan.path}`;
};

/** The dialects that can be recognised without being described, in the order in which they are tried. */
export function knownDialects(requests: Requests): readonly DialectPlan[] {
  const common = { basePath: requests.basePath, headers: requests.headers };
  const mcp: McpDialectPlan = {
    ...common,
    name: 'mcp',
    transport: 'streamable-http',
    path: '/mcp',
    version: '2026-07-28',
    health: { kind: 'get', path: '/health' },
    tools: {
      initial: 'sequential_questioning',
      'follow-up': 'sequential_questioning_follow_up',
      automatic: 'sequential_questioning_automatic',
    },
    custom: null,
  };
  const sse: McpDialectPlan = { ...mcp, name: 'mcp-sse', transport: 'http+sse', version: '2024-11-05' };
  return [
    ...(['guide', 'docs', 'upstream'] as const).map((name) => ({ ...common, name, paths: defaultPaths[name] })),
    ...mcpVersionsToTry(mcp),
    sse,
    { ...sse, path: '/sse' },
  ];
}

/** The same tools in the revisions that differ in kind: the stateless one first, then the newest with a handshake. */
export const mcpVersionsToTry = (plan: McpDialectPlan): readonly McpDialectPlan[] =>
  plan.transport === 'http+sse'
    ? [plan]
    : [
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

/** `This server speaks "upstream": add --dialect upstream.`, when it speaks another dialect that sqload knows; else null. */
export async function adviceFor(
  plan: DialectPlan,
  world: Pick<World, 'clock' | 'transport'>,
): Promise<{ readonly advice: string | null; readonly requests: number }> {
  const found = await recognise(knownDialects(plan), world);
  if (found.plan === null || found.plan.name === plan.name) return { advice: null, requests: found.requests };
  return {
    advice: `This server speaks "${found.plan.name}": add ${flagsOf(found.plan)}.`,
    requests: found.requests,
  };
}

/** Why nothing was recognised, and what to do. */
export function notRecognised({ refused }: Recognition): { readonly message: string; readonly hint: string } {
  if (refused !== null)
    return {
      message: refusal(refused),
      hint: 'Give the API key with --api-key if the server wants one, or name the dialect with --dialect.',
    };
  return {
    message: 'It speaks none of the dialects that can be recognised: guide, docs, upstream, mcp, mcp-sse.',
    hint: 'Check the address and its base path. Other tools are called with --dialect mcp-tool, other JSON APIs are described in a scenario file (dialect: rest).',
  };
}

const refusal = ({ kind, status }: Failure): string =>
  status === 0 ? `It cannot be asked (${kind}).` : `It answers HTTP ${status} whatever it is asked.`;
