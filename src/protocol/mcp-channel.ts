import { type Failure, failure } from '../core/failure.ts';
import type { SessionStep, SettledStep } from './dialect.ts';
import { isStateless, mcpVersions } from './dialect-plan.ts';
import { rpcReasonIn } from './json-rpc.ts';
import type { Asked } from './mcp-requests.ts';
import { isObject, parseJson, type Read, refusal } from './question-answer.ts';
import type { SetUp } from './set-up.ts';
import { shownJson } from './shown-json.ts';
import type { WireReply, WireRequest } from './wire.ts';

/** How the requests of one user reach an MCP server, one at a time: what differs between the transports and eras of the protocol. */
export interface McpChannel {
  readonly setUp: SetUp;
  /** `args`: the arguments of a tool as JSON text, where one is called. */
  ask(what: Asked, args?: string): WireRequest;
  /** The result of what was asked last. Finds out that the session is gone. Never throws. */
  answer(reply: WireReply): Read;
  /** The stream of events that the user holds has ended. */
  streamEnded(): void;
  end(): SessionStep | null;
  /** Never throws. */
  ended(reply: WireReply): SettledStep;
}

export type Said = { readonly ok: true; readonly text: string } | Failure;

/** What a server that speaks Streamable HTTP said in answer to a request: JSON, or the event that is the answer. */
export function saidIn(reply: WireReply): Said {
  if (reply.kind === 'broken') return failure(reply.error, reply.detail);
  const { status, contentType, body } = reply;
  if (status !== 200) return refused(status, body);
  if (isJson(contentType)) return { ok: true, text: body };
  if (isEvents(contentType)) return body === '' ? endedWithoutAnswer(status) : { ok: true, text: body };
  // A page of HTML is told as what it is; what a client of MCP may not read, JSON or not, is no answer.
  const json = parseJson(body);
  if (!json.ok) return json;
  const type = contentType === '' ? 'no content type' : `the content type ${contentType}`;
  return failure('protocol-error', `${type}, which is neither application/json nor text/event-stream: ${body}`, status);
}

/** Most servers write it like this, and this is asked of every answer. */
const isJson = (contentType: string): boolean =>
  contentType === 'application/json' || /^application\/json\s*(;|$)/i.test(contentType);
export const isEvents = (contentType: string): boolean => /^text\/event-stream\s*(;|$)/i.test(contentType);

export const endedWithoutAnswer = (status: number): Failure =>
  failure('protocol-error', 'the stream of events ended without the answer', status);

/** An answer whose status is not that of a success; what JSON-RPC says in it is the reason. */
export const refused = (status: number, body: string): Failure => ({
  ...refusal(status, body),
  detail: rpcReasonIn(body),
});

/** Whether a notification was taken: 202, and where servers are less exact another success. */
export function taken(reply: WireReply): SettledStep {
  if (reply.kind === 'broken') return failure(reply.error, reply.detail);
  const { status, body } = reply;
  return status === 202 || status === 200 || status === 204 ? { ok: true } : refused(status, body);
}

/** The revision that the server chose in its answer to `initialize`, one of those with a handshake. */
export function negotiatedVersion(result: unknown): { readonly ok: true; readonly version: string } | Failure {
  const version = isObject(result) ? result['protocolVersion'] : undefined;
  if (typeof version === 'string' && withHandshake.has(version)) return { ok: true, version };
  return failure(
    'protocol-error',
    `the server chose the revision ${shownJson(version)} of MCP, which has no handshake that sqload knows`,
    200,
  );
}

const withHandshake: ReadonlySet<string> = new Set(mcpVersions.filter((version) => !isStateless(version)));

/**
 * Whether a refusal says that the server does not know the session (any more). The specification asks for 404; servers also answer
 * 400 and say it in words: "No valid session ID provided", "Session not found", "Server not initialized", "Mcp-Session-Id header is required".
 */
export function tellsLoss(reply: WireReply): boolean {
  if (reply.kind === 'broken') return false;
  return (
    reply.status === 404 ||
    (reply.status === 400 && /session[ _-]id|session not found|not initialized/i.test(reply.body))
  );
}
