import type { FailureKind } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';
import type { EncodedHistogram } from '../metrics/encoded-histogram.ts';
import type { EncodedTally } from '../metrics/tally.ts';
import type { CountedEvent } from './counted-event.ts';
import type { FailuresEvent, HooksEvent } from './hooks-event.ts';
import type { MonitorEvent } from './monitor.ts';

/** What is told of a run, in order. The lines of a record after its header are run events, all but `failures`. */
export type RunEvent = SecondEvent | ExampleEvent | MonitorEvent | CountedEvent | HooksEvent | FailuresEvent | EndEvent;

/** One second of the run: what *ended* in it, keyed by row and by the phase in which it was due. */
export interface SecondEvent {
  readonly kind: 'second';
  /** 0 is the first second of the run. Seconds come in order; after the end of the load they go on while requests drain. */
  readonly second: number;
  /** Virtual users active at the end of the second. */
  readonly users: number;
  /** Requests that virtual users started in the second. */
  readonly started: number;
  /** Arrivals of open load that found every place for a user taken, and were not started. */
  readonly dropped: number;
  readonly cells: readonly Cell[];
  /** Set-ups and ends of sessions, which are in no other count but that of connections; rows are the header's `sessionRows`. */
  readonly sessions: readonly Cell[];
  /** Sessions that turned out to be lost, so that they had to be set up again. */
  readonly sessionsLost: number;
  /** hand-over − intended start of the requests that ended, µs: the generator's own delay. */
  readonly lateness: EncodedHistogram;
  readonly connections: ConnectionCounts;
  /** How long connections took to open, TLS included, µs. */
  readonly connect: EncodedHistogram;
  /** The part of `connect` that the TLS handshake took, µs; empty without TLS. */
  readonly tls: EncodedHistogram;
  /** How each load thread fared; none where nobody measured, as in virtual time. */
  readonly threads: readonly ThreadSecond[];
  /** What each process of the generator used; none where nobody measured. */
  readonly processes: readonly ProcessSecond[];
}

/** One load thread in one second. */
export interface ThreadSecond {
  /** The slice of the run that the thread plays. */
  readonly slice: number;
  /** How late the event loop came back to a timer that watches it, µs: what it could not do meanwhile. */
  readonly delay: EncodedHistogram;
  /** Share of the time in which the event loop was busy, 0 to 1. */
  readonly utilisation: number;
  /** Time in garbage collection, ms. */
  readonly collecting: Millis;
}

/** One process of the generator in one second. */
export interface ProcessSecond {
  /** CPU time used, all threads, in seconds per second: 1 is one core. */
  readonly cpu: number;
  /** Resident memory at the end of the second, bytes. */
  readonly memory: number;
}

export interface Cell {
  /** Index into the header's rows, or its `sessionRows`. */
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
  /** Of the connections opened, those whose TLS handshake resumed an earlier session. */
  readonly resumed: number;
}

/** What one failure looked like: redacted, cut to a line, a few of each kind. Kept for display, outside of all counts. */
export interface ExampleEvent {
  readonly kind: 'example';
  readonly second: number;
  /** Whether the request was one of those that set up or end a session. */
  readonly session: boolean;
  /** Index into the header's rows, or for a session into its `sessionRows`. */
  readonly row: number;
  readonly failure: FailureKind;
  readonly status: number;
  readonly text: string;
}

/** Why a run ended. `broke`: it climbed until a threshold broke, as it was meant to. */
export const endReasons = [
  'completed',
  'interrupted',
  'terminated',
  'nothing-succeeded',
  'threshold-failed',
  'broke',
  'thread-died',
] as const;
export type EndReason = (typeof endReasons)[number];

/** The last line of a whole record. */
export interface EndEvent {
  readonly kind: 'end';
  readonly reason: EndReason;
  /** When the last request had ended, counted from the start of the run. */
  readonly at: Millis;
  /** Requests started; the cells of the whole run add up to the same number. */
  readonly started: number;
  /** Where a climb past the scenario broke; only with the reason `broke`. */
  readonly broke?: BrokeAt | undefined;
}

/** What broke a climb past the scenario. */
export interface BrokeAt {
  /** Counted from 1; 0: the load of the scenario itself. */
  readonly step: number;
  /** The limits that broke, as they were written. */
  readonly limits: readonly string[];
}
