import type { RowId } from './dialect.ts';

/** What `--dialect` names, each one contract between client and server. */
export const dialectNames = ['guide', 'docs', 'upstream', 'mcp', 'mcp-sse', 'mcp-tool', 'rest'] as const;
export type DialectName = (typeof dialectNames)[number];

/** A dialect with every question answered: plain data, so that it crosses the border between threads. */
export type DialectPlan = PathDialectPlan | McpDialectPlan | RestDialectPlan;

interface Requests {
  /** Before every path: empty, or `/` and no slash at the end. */
  readonly basePath: string;
  /** Sent with every request, flat (name, value, …), `Authorization` included. */
  readonly headers: readonly string[];
}

/** Contracts that differ in their paths and fields only. */
export interface PathDialectPlan extends Requests {
  readonly name: 'guide' | 'docs' | 'upstream';
  readonly paths: Readonly<Record<RowId, string>>;
}

/** Revisions of the Model Context Protocol, the newest first. From 2026-07-28 on there is neither handshake nor session. */
export const mcpVersions = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
export type McpVersion = (typeof mcpVersions)[number];
export const isStateless = (version: McpVersion): boolean => version >= '2026-07-28';

/** Tools of an MCP server, called over Streamable HTTP or over the HTTP+SSE transport of 2024-11-05. */
export interface McpDialectPlan extends Requests {
  readonly name: 'mcp' | 'mcp-sse' | 'mcp-tool';
  readonly transport: 'streamable-http' | 'http+sse';
  /** Scheme, host and port of the server, where they are known: over HTTP+SSE an endpoint elsewhere is refused. */
  readonly origin?: string;
  /** Of the endpoint; with HTTP+SSE that of the stream. */
  readonly path: string;
  /** The revision that is spoken, or the newest that is offered in the handshake; over HTTP+SSE the last one only. */
  readonly version: McpVersion;
  /** `get`: a plain GET; `ping`: by the protocol (`ping`, or `server/discover` where there is no session). */
  readonly health: { readonly kind: 'get'; readonly path: string } | { readonly kind: 'ping' };
  readonly tools: Readonly<Record<Exclude<RowId, 'health'>, string>>;
  /** null: arguments and answer are those of sequential questioning. */
  readonly custom: { readonly arguments: JsonTemplate; readonly reply: ReplyPointers } | null;
}

/** Any JSON over HTTP, as the scenario file describes it. */
export interface RestDialectPlan extends Requests {
  readonly name: 'rest';
  /** null: the server has no such request. There is always an initial question. */
  readonly requests: Readonly<Record<RowId, RestRequest | null>>;
  readonly reply: ReplyPointers;
}

export interface RestRequest {
  readonly method: 'GET' | 'POST';
  /** May hold placeholders, which are percent-encoded when they are filled in. */
  readonly path: string;
  /** null: no body. */
  readonly body: JsonTemplate | null;
}

/**
 * JSON in which texts may hold placeholders like `{{context}}`. A text that is nothing but one placeholder becomes its value
 * with its own type (number, boolean, list); within a longer text it becomes text.
 */
export type JsonTemplate =
  | null
  | boolean
  | number
  | string
  | readonly JsonTemplate[]
  | { readonly [name: string]: JsonTemplate };

/** Where an answer holds what the flow needs to know: JSON pointers (RFC 6901); null: it does not. */
export interface ReplyPointers {
  readonly conversationId: string | null;
  readonly sessionId: string | null;
  readonly question: string | null;
  /** Whether the conversation is over; `negated` where the answer says that it goes on. */
  readonly done: { readonly pointer: string; readonly negated: boolean } | null;
}
