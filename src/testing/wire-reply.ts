import type { FailureKind } from '../core/failure.ts';
import { millis } from '../core/units.ts';
import type { WireReply, WireTiming } from '../protocol/wire.ts';

/** A small exchange over a reused connection at time 0, except for what `overrides` says. */
export function timingOf(overrides: Partial<WireTiming> = {}): WireTiming {
  const ended = overrides.ended ?? millis(0);
  return {
    sent: millis(0),
    firstByte: millis(0),
    firstEvent: millis(Number.NaN),
    ended,
    freed: ended,
    connect: millis(0),
    tls: millis(0),
    resumed: false,
    opened: false,
    retried: false,
    bytesSent: 0,
    bytesReceived: 0,
    ...overrides,
  };
}

/** What a server said, for whoever reads answers. */
export const answeredReply = (
  body: string,
  { status = 200, contentType = 'application/json', session = '', ...timing }: Partial<Answered> = {},
): WireReply => ({ kind: 'answered', status, contentType, session, body, ...timingOf(timing) });

type Answered = Extract<WireReply, { readonly kind: 'answered' }>;

export const brokenReply = (error: FailureKind, detail: string, timing: Partial<WireTiming> = {}): WireReply => ({
  kind: 'broken',
  error,
  detail,
  ...timingOf(timing),
});
