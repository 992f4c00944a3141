import type { FailureKind } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';

/** One request as the transport sends it. Headers are flat (name, value, name, value) and shared between requests. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  /** Path with query, from the root of the server. */
  readonly path: string;
  readonly headers: readonly string[];
  /** Text, sent as UTF-8. */
  readonly body: string | null;
}

/** When things happened on the wire, on the run's clock. */
export interface WireTiming {
  /** The request was written, after any connect. Equals the hand-over when nothing could be written. */
  readonly sent: Millis;
  /** First byte of the answer; NaN when none came. */
  readonly firstByte: Millis;
  /** Last byte of the answer, or when it was given up. */
  readonly ended: Millis;
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
  /** Of the body of the answer, after its transfer encoding was taken off: what Locust calls content size. */
  readonly bytesReceived: number;
}

/** A whole HTTP answer, or why there is none. */
export type WireReply = WireTiming &
  (
    | { readonly kind: 'answered'; readonly status: number; readonly contentType: string; readonly body: string }
    | { readonly kind: 'broken'; readonly error: FailureKind; readonly detail: string }
  );
