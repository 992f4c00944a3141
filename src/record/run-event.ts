import type { FailureKind } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';
import type { EncodedHistogram } from '../metrics/encoded-histogram.ts';
import type { EncodedTally } from '../metrics/tally.ts';

/** What a running slice tells, in order. The lines of a record after its header are run events. */
export type RunEvent = SecondEvent | ExampleEvent | EndEvent;

/** One second of the run: what *ended* in it, keyed by row and by the phase in which it was due. */
export interface SecondEvent {
  readonly kind: 'second';
  /** 0 is the first second of the run. Seconds come in order; after the end of the load they go on while requests drain. */
  readonly second: number;
  /** Virtual users active at the end of the second. */
  readonly users: number;
  /** Requests that virtual users started in the second. */
  readonly started: number;
  readonly cells: readonly Cell[];
  /** hand-over − intended start of the requests that ended, µs: the generator's own delay. */
  readonly lateness: EncodedHistogram;
  readonly connections: ConnectionCounts;
  /** How long connections took to open, µs. */
  readonly connect: EncodedHistogram;
}

export interface Cell {
  /** Index into the header's rows. */
  readonly row: number;
  /** Index into the header's phases. */
  readonly phase: number;
  readonly tally: EncodedTally;
}

export interface ConnectionCounts {
  /** Requests for which a connection was opened. */
  readonly opened: number;
  /** Requests sent over a connection that had carried one before. */
  readonly reused: number;
  /** Requests sent twice, since the server closed the reused connection just as the first attempt left. */
  readonly retried: number;
}

/** What one failure looked like: redacted, cut to a line, a few of each kind. Kept for display, outside of all counts. */
export interface ExampleEvent {
  readonly kind: 'example';
  readonly second: number;
  readonly row: number;
  readonly failure: FailureKind;
  readonly status: number;
  readonly text: string;
}

/** Why a run ended. */
export const endReasons = ['completed', 'interrupted', 'terminated', 'nothing-succeeded', 'threshold-failed'] as const;
export type EndReason = (typeof endReasons)[number];

/** The last line of a whole record. */
export interface EndEvent {
  readonly kind: 'end';
  readonly reason: EndReason;
  /** When the last request had ended, counted from the start of the run. */
  readonly at: Millis;
  /** Requests started; the cells of the whole run add up to the same number. */
  readonly started: number;
}
