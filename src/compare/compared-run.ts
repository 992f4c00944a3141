import type { RunSeries } from '../record/series.ts';
import type { RunOutcome } from '../verdict/verdict.ts';

/** One run as it is compared: second by second, or its figures only. */
export type ComparedRun = SeriesRun | FiguresRun;

/** A run whose record was read: its own spread over time tells how certain a difference is. */
export interface SeriesRun {
  readonly kind: 'series';
  /** What the user calls it, or the name of its folder. */
  readonly label: string;
  /** Where it was read, for display. */
  readonly path: string;
  readonly series: RunSeries;
  /** The verdict of the run; null: it was not judged. */
  readonly outcome: RunOutcome | null;
}

/** A run of which only figures are known: a stats.csv, or a line of history.csv. */
export interface FiguresRun {
  readonly kind: 'figures';
  /** What they were read from. */
  readonly from: 'stats.csv' | 'history.csv';
  readonly label: string;
  readonly path: string;
  readonly figures: RunFigures;
  readonly outcome: RunOutcome | null;
  /** What is known of how the run was made; a fact that is left out is not known. */
  readonly facts: Partial<RunFacts>;
  /** `identityOf` its record, where that lies beside the figures. */
  readonly identity?: string;
}

/** The figures of one run. */
export interface RunFigures {
  /** What they were taken over. `steady`: the steady window; `run`: all of the run, as in a stats.csv. */
  readonly over: 'steady' | 'run';
  /** `adjusted`: a failed request is slower than any success; `measured`: it counts at the time it took, as in Locust. */
  readonly percentiles: 'adjusted' | 'measured';
  /** All rows together. */
  readonly all: RowFigures;
  readonly rows: readonly NamedRowFigures[];
  readonly monitors: readonly MonitorFigures[];
  /** Median time to open a connection, ms; left out or null: not known, or none was opened. */
  readonly connect?: number | null;
}

/** null: not known. */
export interface RowFigures {
  readonly requests: number | null;
  readonly failures: number | null;
  /** ms; Infinity when it lies among the failures. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Failures ÷ requests, 0 to 1. */
  readonly errorRate: number | null;
  /** Successes per second. */
  readonly throughput: number | null;
}

export interface NamedRowFigures extends RowFigures {
  /** Rows of two runs are the same when their ids are: `health`, `initial`. */
  readonly id: string;
  readonly name: string;
}

/** Means over time of one monitor of the server; null: not measured. */
export interface MonitorFigures {
  readonly name: string;
  /** Cores. null also where only shares are known. */
  readonly cores: number | null;
  /** Share of all CPU, 0 to 1 or more. */
  readonly cpu: number | null;
  readonly bytes: number | null;
  /** Share of all memory. */
  readonly memory: number | null;
}

/** How a run was made, each fact as text that is equal when the runs are comparable in it. */
export interface RunFacts {
  /** Name of the scenario. */
  readonly scenario: string;
  /** Most users, or the arrival rate: `100`, `50/s`. */
  readonly users: string;
  /** The curve of users and arrivals over time, without the length of its steady part. */
  readonly shape: string;
  /** `3 s to 7 s`. */
  readonly think: string;
  /** The configured weights of the rows, as shares: `health 11.1 %, initial 33.3 %, follow-up 55.6 %`. */
  readonly mix: string;
  /** What follow-ups carry: `growing` or `static`. */
  readonly history: string;
  /** The file of the conversations. */
  readonly corpus: string;
  readonly dialect: string;
  /** Connection policy: `per-user, keep`. */
  readonly connections: string;
  readonly timeout: string;
  /** The built-in server, described, or `none`. */
  readonly builtIn: string;
  /** Address of the target; empty for the built-in server. */
  readonly address: string;
  /** Length of the run. */
  readonly runTime: string;
  readonly seed: string;
  readonly sqload: string;
  readonly node: string;
}
