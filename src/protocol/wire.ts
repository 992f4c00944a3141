import type { FailureKind } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

/** One request as the transport sends it. Headers are flat (name, value, name, value) and shared between requests. */
export interface WireRequest {
  readonly method: Method;
  /** Path with query, from the root of the server. */
  readonly path: string;
  readonly headers: readonly string[];
  /** Text, sent as UTF-8. */
  readonly body: string | null;
  /** Where the answer is when the server streams events; absent: the whole body of the reply is the answer. */
  readonly events?: EventAnswer;
}

/** One server-sent event (HTML standard, section 9.2.6). */
export interface ServerEvent {
  /** `message` when the server named none. */
  readonly type: string;
  readonly data: string;
}

/**
 * Finds an answer among server-sent events. The clock stops at the event that is the answer, not at the end of the stream.
 * - `reply`: the server may answer with a stream of events (`text/event-stream`), of which one is the answer; a reply of any
 *   other type is the answer itself. What follows the answer is read to its end, so that the connection can be used again.
 * - `opened-stream`: the reply is a stream that stays open after its first answer. The user holds it from then on.
 * - `held-stream`: a reply of status 2xx says only that the request was taken; the answer comes on the stream that the user holds.
 */
export interface EventAnswer {
  readonly on: 'reply' | 'opened-stream' | 'held-stream';
  /** Never throws. */
  isAnswer(event: ServerEvent): boolean;
}

/** When things happened on the wire, on the run's clock. */
export interface WireTiming {
  /** The request was written, after any connect. Equals the hand-over when nothing could be written. */
  readonly sent: Millis;
  /** First byte of the answer; NaN when none came. */
  readonly firstByte: Millis;
  /** First event with data of an answer that is a stream of events; NaN when there was none. */
  readonly firstEvent: Millis;
  /** Last byte of the answer (the event that is the answer, in a stream of events), or when it was given up. */
  readonly ended: Millis;
  /**
   * When the user can send again: `ended`, or later where a stream of events went on after its answer, since its connection
   * carries nothing else until then.
   */
  readonly freed: Millis;
  /** How long opening the connection took, TLS included; 0 on a reused one. */
  readonly connect: Millis;
  /** The part of `connect` that the TLS handshake took; 0 without TLS. */
  readonly tls: Millis;
  /** The TLS handshake resumed an earlier session. */
  readonly resumed: boolean;
  /** A connection was opened for this request. */
  readonly opened: boolean;
  /** A close that crossed the request on a reused connection made a second attempt on a fresh one necessary. */
  readonly retried: boolean;
  /** Of the whole request, head and body; 0 when nothing could be written. */
  readonly bytesSent: number;
  /**
   * Of the body of the answer, after its transfer encoding was taken off: what Locust calls content size. Of a stream of events
   * that is all of it as far as it was read; of one that was held, what came while the request was in flight, with the body of its reply.
   */
  readonly bytesReceived: number;
}

/**
 * A whole HTTP answer, or why there is none. Of a stream of events, `body` is the data of the event that is the answer, and
 * empty when the stream ended without it.
 */
export type WireReply = WireTiming &
  (
    | {
        readonly kind: 'answered';
        readonly status: number;
        readonly contentType: string;
        /** Value of the header `Mcp-Session-Id`; empty without one. */
        readonly session: string;
        readonly body: string;
      }
    | { readonly kind: 'broken'; readonly error: FailureKind; readonly detail: string }
  );
