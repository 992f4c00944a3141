import type { ExitCode } from '../core/errors.ts';

/** How one threshold came out. `not-graded`: a default of sqload that a run cannot decide, or one that needs all slices. */
export type Grade = 'passed' | 'failed' | 'inconclusive' | 'not-graded';

/** A threshold held against a run. Limits and values are in the unit shown. */
export interface GradedThreshold {
  /** As written: `follow-up.p99<=2s`. */
  readonly text: string;
  readonly source: 'default' | 'scenario' | 'option';
  /** Row id, or null for all rows; of CPU and memory the name of a monitor, or null for the worst. */
  readonly row: string | null;
  readonly metric: string;
  readonly op: '<' | '<=' | '>' | '>=';
  readonly unit: 'ms' | '%' | '1/s' | 'count';
  readonly limit: number;
  /** null: nothing was measured, or the percentile lies beyond every success (`beyondFailures`). */
  readonly measured: number | null;
  /** The percentile falls among the failed requests: there is no finite value to show. */
  readonly beyondFailures: boolean;
  /** 95 % interval of the measured value; null bounds are open. null: none is given for this metric. */
  readonly interval: { readonly low: number | null; readonly high: number | null } | null;
  /** Requests that it rests on, and the least that decide it; of CPU and memory, seconds that were measured. */
  readonly samples: number;
  readonly samplesNeeded: number;
  readonly grade: Grade;
  /** One clause that says why: "measured 412 ms over 1 024 requests", "the most this load can offer is 20 requests/s". */
  readonly reason: string;
}

export type RunOutcome = 'passed' | 'failed' | 'inconclusive' | 'invalid' | 'interrupted';

/** What a run means: pure function of its record. */
export interface Verdict {
  readonly outcome: RunOutcome;
  readonly exitCode: ExitCode;
  /** One sentence for the last line of the report: "Passed: p95 290 ms (limit 500 ms), …". */
  readonly sentence: string;
  readonly thresholds: readonly GradedThreshold[];
  /** Further sentences worth a reader's time, most important first. */
  readonly notes: readonly string[];
}
