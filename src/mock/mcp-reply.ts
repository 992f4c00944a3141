import { eventText, type LineEnd, primingText } from './event-text.ts';
import type { ReplyCarrier } from './exchange.ts';
import type { FaultKind } from './fault.ts';
import { eventsReply, type HttpReply, textReply } from './http-reply.ts';
import { type Era, type McpTask, notificationsFor } from './mcp-task.ts';
import { codes, type RpcMessage, type RpcOutcome, rpcText } from './rpc-message.ts';

/** How one request over Streamable HTTP is replied to. */
export interface RpcReplyStyle {
  readonly request: Extract<RpcMessage, { kind: 'request' }>;
  readonly era: Era;
  readonly replies: 'json' | 'events';
  readonly session: string | null;
}

/** The reply with the outcome of a request, with what the fault does to its form. */
export function writeOutcome(outcome: RpcOutcome, style: RpcReplyStyle, fault: FaultKind | null = null): HttpReply {
  const { request, era, replies, session } = style;
  const text = rpcText(request.id, outcome);
  const headers: Record<string, string> = session === null ? {} : { 'mcp-session-id': session };
  if (era === 'stateless' && 'error' in outcome && outcome.error.code === codes.methodNotFound)
    return textReply(404, 'application/json', text);
  const asEvents = replies === 'events' || fault === 'priming' || fault === 'cut-events' || fault === 'crlf';
  if (!asEvents) return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body: text };
  const end: LineEnd = fault === 'crlf' ? '\r\n' : '\n';
  const message = (data: string) => eventText('message', data, end);
  const early = fault === 'priming' || fault === 'cut-events' ? notificationsFor(request).map(message).join('') : '';
  return eventsReply(
    (fault === 'priming' ? primingText(`${request.id}-0`, end) : '') +
      early +
      (fault === 'cut-events' ? '' : message(text)),
    headers,
  );
}

/** Carries the answer to a question, or to a ping, in the reply to the request. */
export const replyCarrier = (
  task: Extract<McpTask, { kind: 'row' }>,
  style: RpcReplyStyle,
  lose: (() => HttpReply) | null,
): ReplyCarrier => ({
  channel: 'streamable-http',
  endpoint: task.endpoint,
  lose,
  reply: (answer, fault) => writeOutcome(task.outcome(answer, fault), style, fault),
});
