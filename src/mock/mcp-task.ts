import type { FaultKind } from './fault.ts';
import { readToolCall, type ToolResult, toolList, toolResult } from './mcp-tools.ts';
import { isObject } from './mock-request.ts';
import type { Asked, QuestionAnswer } from './question-server.ts';
import { codes, type RpcMessage, type RpcOutcome, rpcError } from './rpc-message.ts';
import type { UpstreamEndpoint } from './upstream-requests.ts';

/** With a handshake, as up to 2025-11-25, or without, as from 2026-07-28 on. */
export type Era = 'handshake' | 'stateless';

export const serverInfo = { name: 'sqload mock', version: '0.1.0' };
export const capabilities = { tools: {}, logging: {} };

/** Revisions with a handshake, the newest first. */
export const handshakeVersions: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
export const statelessVersion = '2026-07-28';

/** What a request of MCP asks for, the same over every transport. */
export type McpTask =
  | { readonly kind: 'set-up'; readonly outcome: RpcOutcome }
  | { readonly kind: 'refused'; readonly outcome: RpcOutcome }
  | {
      readonly kind: 'row';
      readonly asked: Asked;
      readonly endpoint: UpstreamEndpoint | null;
      outcome(answer: QuestionAnswer, fault: FaultKind | null): RpcOutcome;
    };

type RpcRequest = Extract<RpcMessage, { kind: 'request' }>;

/** Understands any request but `initialize`, which belongs to the transport. */
export function readTask({ method, params }: RpcRequest, era: Era): McpTask {
  switch (method) {
    case 'ping':
      return era === 'handshake' ? health({}, era) : notFound;
    case 'server/discover':
      return era === 'stateless'
        ? health({ supportedVersions: [statelessVersion], capabilities, ...fresh }, era)
        : notFound;
    case 'logging/setLevel':
      return era === 'handshake' ? { kind: 'set-up', outcome: { result: {} } } : notFound;
    case 'tools/list': {
      const result = era === 'handshake' ? { tools: toolList } : finished({ tools: toolList, ...fresh }, era);
      return { kind: 'set-up', outcome: { result } };
    }
    case 'tools/call':
      return readCall(params, era);
    default:
      return notFound;
  }
}

/** What shows that the server is there: in each era the request that costs it nothing. */
const health = (result: object, era: Era): McpTask => ({
  kind: 'row',
  asked: { kind: 'health' },
  endpoint: null,
  outcome: (_, fault) => (fault === 'rpc-error' ? internalError : { result: finished(result, era) }),
});

const notFound: McpTask = { kind: 'refused', outcome: rpcError(codes.methodNotFound, 'Method not found') };
const internalError = rpcError(codes.internalError, 'Internal error');

/** Nobody may keep what is answered so. */
const fresh = { ttlMs: 0, cacheScope: 'private' };

function readCall(params: Readonly<Record<string, unknown>>, era: Era): McpTask {
  const call = readToolCall(params);
  const toOutcome = (result: ToolResult): RpcOutcome => ({ result: finished(result, era) });
  if (call.kind === 'refused') return { kind: 'refused', outcome: toOutcome(call.result) };
  const { asked, endpoint } = call;
  return {
    kind: 'row',
    asked,
    endpoint,
    outcome(answer, fault) {
      if (answer.kind === 'health') throw new TypeError('no question was asked');
      return fault === 'rpc-error' ? internalError : toOutcome(toolResult(answer, endpoint, fault));
    },
  };
}

/** Without a handshake, every result says that it is one, and whose. */
const finished = (result: object, era: Era): object =>
  era === 'handshake'
    ? result
    : { resultType: 'complete', ...result, _meta: { 'io.modelcontextprotocol/serverInfo': serverInfo } };

/** The revision that both sides speak: the one asked for, or the newest. Null when the request names none. */
export function negotiate(params: Readonly<Record<string, unknown>>): string | null {
  const { protocolVersion: asked } = params;
  if (typeof asked !== 'string') return null;
  return handshakeVersions.includes(asked) ? asked : (handshakeVersions[0] ?? null);
}

/** What a server answers to `initialize`. */
export const welcome = (protocolVersion: string): RpcOutcome => ({
  result: { protocolVersion, capabilities, serverInfo },
});

/** What a server may send before an answer: a line for the log, and progress where the client asked for it. */
export function notificationsFor({ params }: RpcRequest): readonly string[] {
  const { _meta: meta } = params;
  const token = isObject(meta) ? meta['progressToken'] : undefined;
  const notification = (method: string, content: object) => JSON.stringify({ jsonrpc: '2.0', method, params: content });
  return [
    notification('notifications/message', { level: 'info', logger: 'sqload mock', data: 'thinking' }),
    ...(token === undefined
      ? []
      : [notification('notifications/progress', { progressToken: token, progress: 1, total: 2 })]),
  ];
}
