import type { Millis } from '../core/units.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import type { RecordMonitor } from './monitor.ts';
import type { RunEvent } from './run-event.ts';

/** One run, kept: the only thing that every later step reads. */
export interface RunRecord {
  /** What was known before the load. */
  readonly header: RecordHeader;
  /** The run's events in order; may be read more than once. A record that was cut short has no `end` event. */
  events(): Iterable<RunEvent>;
}

/** The first line of a record: everything about a run that was known before the load began. Holds no secret. */
export interface RecordHeader {
  readonly kind: 'header';
  readonly format: 'sqload-record';
  readonly version: 3;
  /** Version of sqload. */
  readonly sqload: string;
  /** Version of Node, without the `v`. */
  readonly node: string;
  /** ISO 8601, UTC: the start of the slice that began first. */
  readonly startedAt: string;
  /** Name of the scenario. */
  readonly scenario: string;
  /** The server. */
  readonly target: RecordTarget;
  /** What pauses and conversations were drawn from. */
  readonly seed: string;
  /** The kinds of requests, as tables show them: id, name, method. */
  readonly rows: readonly RecordRow[];
  /** What opening and closing a session takes: row 0 is a whole set-up. Empty where there are no sessions. */
  readonly sessionRows: readonly SessionRow[];
  /** What watched the server; none where nobody did. */
  readonly monitors: readonly RecordMonitor[];
  /** Users and arrivals over time, the phases, and the steady window. */
  readonly profile: LoadProfile;
  /** Pauses, time limits, and what the load can offer at most. */
  readonly load: RecordLoad;
  /** What the run is held against. */
  readonly thresholds: readonly ThresholdText[];
  /** Each setting as text, and where it came from; secrets only as `set`. */
  readonly settings: Readonly<Record<string, { readonly value: string; readonly from: string }>>;
  /** Requests of the preflight; in no table. */
  readonly preflight: { readonly requests: number };
  /** Which part of the run this is. */
  readonly slices: RecordSlices;
  /** Load threads in each process. */
  readonly workers: number;
  /** What does not make this run invalid although it would another, since the user said so. */
  readonly allowed: { readonly saturated: boolean; readonly dropped: boolean };
}

/** How the run was divided among processes, and which parts of it the record tells of: all `count` of them in a whole run. */
export interface RecordSlices {
  readonly count: number;
  /** Ascending by index. */
  readonly parts: readonly RecordPart[];
}

export interface RecordPart {
  readonly index: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Known after a merge: the record of the slice was cut short, and told of that many seconds. */
  readonly cutAfter?: number | undefined;
}

export interface RecordTarget {
  /** Origin and base path, without user-info. */
  readonly address: string;
  /** The built-in reference server, described; null for a server given by address. */
  readonly builtIn: string | null;
}

export interface RecordRow {
  readonly id: string;
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
}

export interface SessionRow {
  readonly id: string;
  readonly name: string;
}

export interface RecordLoad {
  readonly thinkMin: Millis;
  readonly thinkMax: Millis;
  readonly timeout: Millis;
  readonly stopTimeout: Millis;
  /** Expected share of each row among the requests, in the order of `rows`; adds up to 1. */
  readonly expectedShare: readonly number[];
  /** Expected number of requests due in the steady window, for replies that take no time: the most there can be. */
  readonly steadyCeiling: number;
}

/** A threshold as it was written, and by whom. */
export interface ThresholdText {
  readonly text: string;
  /** `default` is sqload's own; the others are the user's. */
  readonly source: 'default' | 'scenario' | 'option';
}
