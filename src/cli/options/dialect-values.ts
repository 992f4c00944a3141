import { didYouMean } from '../../core/did-you-mean.ts';
import {
  type DialectName,
  dialectNames,
  type McpDialectPlan,
  type McpVersion,
  mcpVersions,
} from '../../protocol/dialect-plan.ts';
import { parsePath } from './flow-values.ts';

/** `auto`: the server is asked before the load. */
export type DialectChoice = DialectName | 'auto';
/** `auto`: the newest that the server speaks. */
export type McpVersionChoice = McpVersion | 'auto';

/** What is assumed as long as the server has not been asked. */
export const assumed = { dialect: 'guide', mcpVersion: '2026-07-28' } as const satisfies {
  readonly dialect: DialectName;
  readonly mcpVersion: McpVersion;
};

/** Reads the name of a dialect, or `auto`. Throws RangeError saying what it must be. */
export const parseDialect = (text: string): DialectChoice => oneOf(text, [...dialectNames, 'auto']);

export const showDialect = (dialect: DialectChoice): string =>
  dialect === 'auto' ? `auto (${assumed.dialect} until the server is asked)` : dialect;

/** Reads a revision of the protocol, or `auto`. Throws RangeError saying what it must be. */
export const parseMcpVersion = (text: string): McpVersionChoice => oneOf(text, ['auto', ...mcpVersions]);

export const showMcpVersion = (version: McpVersionChoice): string =>
  version === 'auto' ? `auto (${assumed.mcpVersion} until the server is asked)` : version;

/** Reads `streamable-http` or `sse`. Throws RangeError saying what it must be. */
export const parseMcpTransport = (text: string): McpDialectPlan['transport'] =>
  oneOf(text, ['streamable-http', 'sse']) === 'sse' ? 'http+sse' : 'streamable-http';

export const showMcpTransport = (transport: McpDialectPlan['transport']): string =>
  transport === 'http+sse' ? 'sse' : transport;

/** Reads `ping`, or the path of a plain GET. Throws RangeError saying what it must be. */
export function parseMcpHealth(text: string): McpDialectPlan['health'] {
  if (text === 'ping') return { kind: 'ping' };
  try {
    return { kind: 'get', path: parsePath(text) };
  } catch {
    throw new RangeError('must be ping, or a path that begins with / and has no space and no #');
  }
}

export const showMcpHealth = (health: McpDialectPlan['health']): string =>
  health.kind === 'ping' ? 'ping' : health.path;

function oneOf<Name extends string>(text: string, names: readonly Name[]): Name {
  const name = names.find((known) => known === text);
  if (name !== undefined) return name;
  const near = didYouMean(text, names);
  throw new RangeError(`must be one of ${names.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`);
}
