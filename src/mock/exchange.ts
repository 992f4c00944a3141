import type { Random } from '../core/random.ts';
import type { Millis } from '../core/units.ts';
import type { EventStream } from './event-stream.ts';
import type { FaultKind } from './fault.ts';
import type { HttpReply } from './http-reply.ts';
import type { Asked, QuestionAnswer } from './question-server.ts';
import type { UpstreamEndpoint } from './upstream-requests.ts';

/** What is to happen on the wire. */
export type MockAnswer =
  /** `after`, if there is something to do, once the reply was written. */
  | { readonly kind: 'reply'; readonly reply: HttpReply; readonly after?: () => Promise<void> }
  /** Half of the body, then the connection is closed. */
  | { readonly kind: 'truncated'; readonly reply: HttpReply }
  /** The reply stays open: its body is only the beginning, the rest comes from the stream. */
  | { readonly kind: 'stream'; readonly reply: HttpReply; readonly stream: EventStream }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' };

/** What happens when an answer is due: chance and time of one request. */
export interface Moment {
  readonly random: Random;
  readonly now: Millis;
}

/** A request as its dialect has understood it. */
export type Exchange =
  /** No handler takes it: an HTTP status from 400 to 422, or an error of JSON-RPC. */
  | { readonly kind: 'refused'; answer(): MockAnswer }
  /** Outside of the rows: set-up and end of sessions, lists of tools, metrics. */
  | { readonly kind: 'set-up'; answer(moment: Moment): MockAnswer }
  | { readonly kind: 'row'; readonly asked: Asked; readonly carrier: Carrier };

/** How the answer to a question or a health check gets to the client, and what can go wrong with it. */
export type Carrier = ReplyCarrier | StreamCarrier;

interface AnyCarrier {
  /** Forgets the session of the request; the reply is that of a server which does not know it. Null: there is no session. */
  readonly lose: (() => HttpReply) | null;
  /** Counted by the metrics of the upstream as a call of this endpoint. */
  readonly endpoint: UpstreamEndpoint | null;
}

/** The answer is the reply to the request. */
export interface ReplyCarrier extends AnyCarrier {
  readonly channel: 'http' | 'streamable-http';
  /** With what the fault does to the contents. */
  reply(answer: QuestionAnswer, fault: FaultKind | null): HttpReply;
}

/** The reply only says that the request was taken; the answer comes as an event on a stream that the client holds. */
export interface StreamCarrier extends AnyCarrier {
  readonly channel: 'http+sse';
  readonly accepted: HttpReply;
  readonly stream: EventStream;
  /** With what the fault does to contents and stream. */
  push(answer: QuestionAnswer, fault: FaultKind | null): void;
}

export const refused = (reply: HttpReply): Exchange => ({ kind: 'refused', answer: () => ({ kind: 'reply', reply }) });
