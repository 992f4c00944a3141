import type { ExitCode } from '../core/errors.ts';

/** How one threshold came out. `not-graded`: a default of sqload that a run cannot decide, or one that needs all slices. */
export type Grade = 'passed' | 'failed' | 'inconclusive' | 'not-graded';

/** A threshold held against a run. Limits and values are in the unit shown. */
export interface GradedThreshold {
  /** As written: `follow-up.p99<=2s`. */
  readonly text: string;
  /** Who asked for it: `default` is sqload. */
  readonly source: 'default' | 'scenario' | 'option';
  /** Row id, or null for all rows; of CPU and memory the name of a monitor, or null for the worst. */
  readonly row: string | null;
  /** Like `p95`, `error_rate`, `cpu`. */
  readonly metric: string;
  /** How the measured value must lie to the limit. */
  readonly op: '<' | '<=' | '>' | '>=';
  /** Of limit, measured value and interval. */
  readonly unit: 'ms' | '%' | '1/s' | 'count';
  /** In the unit shown, so 500 for `p95<500ms`. */
  readonly limit: number;
  /** null: nothing was measured, or the percentile lies beyond every success (`beyondFailures`). */
  readonly measured: number | null;
  /** The percentile falls among the failed requests: there is no finite value to show. */
  readonly beyondFailures: boolean;
  /** 95 % interval of the measured value; null bounds are open. null: none is given for this metric. */
  readonly interval: { readonly low: number | null; readonly high: number | null } | null;
  /** Requests that it rests on; of CPU and memory, seconds that were measured. */
  readonly samples: number;
  /** The least of them that decide it. */
  readonly samplesNeeded: number;
  /** How it came out. */
  readonly grade: Grade;
  /** One clause that says why: "measured 412 ms over 1 024 requests", "the most this load can offer is 20 requests/s". */
  readonly reason: string;
}

/** How a run came out. `invalid`: sqload itself was the limit. */
export type RunOutcome = 'passed' | 'failed' | 'inconclusive' | 'invalid' | 'interrupted';

/** What a run means: pure function of its record. */
export interface Verdict {
  /** In one word. */
  readonly outcome: RunOutcome;
  /** What the command line leaves with. */
  readonly exitCode: ExitCode;
  /** One sentence for the last line of the report: "Passed: p95 290 ms (limit 500 ms), …". */
  readonly sentence: string;
  /** Each threshold, in the order of the reports. */
  readonly thresholds: readonly GradedThreshold[];
  /** Further sentences worth a reader's time, most important first. */
  readonly notes: readonly string[];
}
