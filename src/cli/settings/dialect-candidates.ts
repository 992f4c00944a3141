import type { DialectPlan, McpDialectPlan } from '../../protocol/dialect-plan.ts';
import type { McpVersionChoice } from '../options/dialect-values.ts';
import { type KnownSources, mcpPlan, pathPlan } from './dialect-plan-of.ts';

/** The dialects that can be recognised without being described, in the order in which they are tried. */
export function knownDialects(sources: KnownSources): readonly DialectPlan[] {
  const { said } = sources;
  const mcp = mcpPlan('mcp', sources);
  const sse = mcpPlan('mcp-sse', sources);
  return [
    ...(['guide', 'docs', 'upstream'] as const).map((name) => pathPlan(name, sources)),
    ...(isOpen(said.mcpVersion.value) ? inEachEra(mcp) : [mcp]),
    sse,
    ...(said.mcpPath.from === 'default' ? [{ ...sse, path: '/sse' }] : []),
  ];
}

/** Among which dialects the server is to be asked for its own; none where that is settled. */
export function candidatesOf(sources: KnownSources, plan: DialectPlan): readonly DialectPlan[] {
  const { said } = sources;
  if (said.dialect.value === 'auto') return knownDialects(sources);
  const streamable = (plan.name === 'mcp' || plan.name === 'mcp-tool') && plan.transport === 'streamable-http';
  return streamable && isOpen(said.mcpVersion.value) ? inEachEra(plan) : [];
}

const isOpen = (version: McpVersionChoice | null): boolean => version === null || version === 'auto';

/** The same tools in the revisions that differ in kind: the stateless one first, then the newest with a handshake. */
const inEachEra = (plan: McpDialectPlan): readonly McpDialectPlan[] => [
  { ...plan, version: '2026-07-28' },
  { ...plan, version: '2025-11-25' },
];
