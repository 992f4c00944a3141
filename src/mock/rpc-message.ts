import { type HttpReply, jsonReply } from './http-reply.ts';
import { isObject } from './mock-request.ts';

export type RpcId = string | number;

/** One message of JSON-RPC 2.0, as MCP narrows it. */
export type RpcMessage =
  | {
      readonly kind: 'request';
      readonly id: RpcId;
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'notification'; readonly method: string; readonly params: Readonly<Record<string, unknown>> }
  /** A client's answer to a request of the server, which this one never makes. */
  | { readonly kind: 'response' };

/** The message in a body; null when it is JSON, but no message (or a batch, which only 2025-03-26 knows). @throws SyntaxError */
export function readMessage(body: string): RpcMessage | null {
  const json: unknown = JSON.parse(body);
  if (!isObject(json) || json['jsonrpc'] !== '2.0') return null;
  const { id, method, params = {} } = json;
  if (typeof method !== 'string') return 'result' in json || 'error' in json ? { kind: 'response' } : null;
  if (!isObject(params)) return null;
  if (id === undefined) return { kind: 'notification', method, params };
  return isRpcId(id) ? { kind: 'request', id, method, params } : null;
}

export const isRpcId = (id: unknown): id is RpcId => typeof id === 'string' || Number.isInteger(id);

/** What a message says: a result, or an error. */
export type RpcOutcome =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } };

export const rpcText = (id: RpcId, outcome: RpcOutcome): string => JSON.stringify({ jsonrpc: '2.0', id, ...outcome });

export const rpcError = (code: number, message: string, data?: unknown): RpcOutcome & { readonly error: object } => ({
  error: { code, message, ...(data === undefined ? {} : { data }) },
});

/** A request that is refused with a status of HTTP. The id is null where it is not known, or where servers leave it out. */
export const rpcRefusal = (
  status: number,
  code: number,
  message: string,
  { id = null, data, headers = {} }: { id?: RpcId | null; data?: unknown; headers?: Record<string, string> } = {},
): HttpReply => jsonReply(status, { jsonrpc: '2.0', ...rpcError(code, message, data), id }, headers);

export const codes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** Of the official SDK: what has no code of its own. */
  badRequest: -32000,
  /** Of the official SDK. */
  sessionNotFound: -32001,
  headerMismatch: -32020,
  unsupportedVersion: -32022,
} as const;
