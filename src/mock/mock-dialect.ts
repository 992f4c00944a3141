import { didYouMean } from '../core/did-you-mean.ts';

/**
 * What the reference server may be restricted to: one contract of paths, both eras of MCP over Streamable HTTP or one of them, or
 * its older HTTP+SSE transport.
 */
export const mockDialects = [
  'all',
  'guide',
  'docs',
  'upstream',
  'mcp',
  'mcp@2025-11-25',
  'mcp@2026-07-28',
  'mcp-sse',
] as const;
export type MockDialect = (typeof mockDialects)[number];

/** @throws RangeError saying what the dialect must be; the caller adds where it stood. */
export function parseMockDialect(text: string): MockDialect {
  const dialect = mockDialects.find((known) => known === text);
  if (dialect !== undefined) return dialect;
  const near = didYouMean(text, mockDialects);
  throw new RangeError(`must be one of ${mockDialects.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`);
}

/** How the reference server replies to requests of MCP: with the answer itself, or with a stream of events that ends with it. */
export const mcpReplies = ['json', 'events'] as const;
export type McpReplies = (typeof mcpReplies)[number];

/** @throws RangeError saying what it must be; the caller adds where it stood. */
export function parseReplies(text: string): McpReplies {
  const replies = mcpReplies.find((known) => known === text);
  if (replies === undefined) throw new RangeError('must be json or events');
  return replies;
}
