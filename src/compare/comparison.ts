import type { ExitCode } from '../core/errors.ts';

/** What the candidate is against the baseline: pure function of the runs. */
export interface Comparison {
  /**
   * `regression`: something is worse; `no-regression`: nothing is, and each primary metric could be decided; `undecided`: too little data to
   * tell. With limits of one's own (`--fail-on`) only what they name counts.
   */
  readonly outcome: 'regression' | 'no-regression' | 'undecided';
  /** 1, 0 and 3. */
  readonly exitCode: ExitCode;
  /** One sentence for the last line of a report: "Worse: p95 287 ms → 331 ms (+15 %, 95 % interval +11 % to +20 %)." */
  readonly sentence: string;
  /** How certainty was come by. */
  readonly method: CompareMethod;
  /** What was compared with. */
  readonly baseline: ComparedSide;
  /** What was compared. */
  readonly candidate: ComparedSide;
  /** Aggregated first, then the rows that both sides have, then the monitors that both have. */
  readonly groups: readonly ComparedGroup[];
  /** In what the runs differ that makes their difference mean something else. */
  readonly differences: readonly Incomparable[];
  /** Further sentences worth a reader's time, most important first: how certain this is, what could not be compared. */
  readonly notes: readonly string[];
}

/**
 * How certainty was come by. `blocks`: one run a side, blocks of time resampled; `counts`: one run a side of which only figures are known,
 * so that nothing but the error rate can be told, as if each request failed by itself; `ranks`: several runs a side, exact rank test;
 * `prediction`: one run against at least four; `none`: too few runs, so that no difference can be shown.
 */
export type CompareMethod = 'blocks' | 'counts' | 'ranks' | 'prediction' | 'none';

/** The runs of one side. */
export interface ComparedSide {
  /** Each by name and place. */
  readonly runs: readonly { readonly label: string; readonly path: string }[];
  /** What the figures are taken over; of several runs, of the first. Seconds of the run, `end` excluded; null: the figures came without it. */
  readonly window: { readonly start: number; readonly end: number } | null;
  /** Requests that the figures rest on, all runs together; null: not known. */
  readonly requests: number | null;
}

/** All rows together, one row of the mix, or one monitor of the server. */
export interface ComparedGroup {
  /** Of what: everything, one row, or one monitor. */
  readonly kind: 'all' | 'row' | 'monitor';
  /** `all`, the id of the row, the name of the monitor. */
  readonly id: string;
  /** `Aggregated`, the name of the row, the name of the monitor. */
  readonly name: string;
  /** In the order of `compareMetrics`. */
  readonly metrics: readonly ComparedMetric[];
}

/**
 * In the order of reports. Percentiles are adjusted: a failed request is slower than any success. `connect` is the median time
 * to open a connection. `cpu_per_request` is mean CPU ÷ ended requests per second.
 */
export const compareMetrics = [
  'p50',
  'p95',
  'p99',
  'error_rate',
  'throughput',
  'connect',
  'cpu',
  'memory',
  'cpu_per_request',
] as const;
export type CompareMetric = (typeof compareMetrics)[number];

/**
 * What values, differences and intervals are in: milliseconds, a share (0 to 1), successes per second, cores, bytes,
 * CPU milliseconds per request, or the share of all CPU that one request per second takes.
 */
export type CompareUnit = 'ms' | 'share' | '1/s' | 'cores' | 'bytes' | 'cpu-ms' | 'cpu-share';

/** `better`, `worse`: certain, and at least as large as `limit`. */
export type CompareVerdict = 'better' | 'worse' | 'no difference shown' | 'too little data';

/** One metric of both sides, and what it says. */
export interface ComparedMetric {
  /** Which. */
  readonly metric: CompareMetric;
  /** What its numbers are in. */
  readonly unit: CompareUnit;
  /** The primary family are p95, error rate and throughput of all rows, and what `--fail-on` names; 5 % of error is held over each family. */
  readonly family: 'primary' | 'secondary';
  /**
   * Of several runs, the median of their values, or against a single one their geometric mean; of error rates, all failures ÷ all requests.
   * null: not measured. Infinity: a percentile that lies among the failures.
   */
  readonly baseline: number | null;
  /** The same of the candidate. */
  readonly candidate: number | null;
  /** candidate − baseline in the unit; null where it is no number. */
  readonly difference: number | null;
  /** Difference ÷ baseline; null where that is no number. */
  readonly relative: number | null;
  /** 95 % interval of the difference, of this metric alone, of several runs a side that of the Hodges-Lehmann shift; null: none can be given. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** The same, as a share of the baseline. */
  readonly relativeInterval: { readonly low: number; readonly high: number } | null;
  /** Two-sided p of "no difference"; null: not tested. */
  readonly p: number | null;
  /** As it counts within the family: of several runs a side by Westfall and Young, otherwise by Holm. */
  readonly adjustedP: number | null;
  /** The smallest shift that would have been shown in nine of ten such comparisons, in the unit, above 0; null: not known, or beyond tenfold. */
  readonly detectable: number | null;
  /** The same as a share of the baseline; null where that is no number. */
  readonly relativeDetectable: number | null;
  /** From which difference on it counts, in the unit, above 0; and where that comes from. */
  readonly limit: { readonly amount: number | null; readonly text: string; readonly from: 'min-effect' | 'fail-on' };
  /** What the difference is, all in all. */
  readonly verdict: CompareVerdict;
  /** Why, as a clause: "certain, and beyond the 5 % that count". */
  readonly reason: string;
}

/** One thing in which the runs differ. `refuse`: they cannot be compared unless the user insists; `warn`: they can, with care. */
export interface Incomparable {
  /** Whether the runs can be compared all the same. */
  readonly kind: 'refuse' | 'warn';
  /** What `compare` exits with when it refuses for this: 2, these runs are no pair; 3, a run has no numbers to compare; null for a warning. */
  readonly exitCode: 2 | 3 | null;
  /** What differs, in a word or two: `think time`. */
  readonly what: string;
  /** "The think time differs: 3 s to 7 s in the baseline, 1 s to 2 s in the candidate." */
  readonly sentence: string;
}

export interface CompareOptions {
  /** Share of the baseline from which on a difference counts; 0.05 by default. */
  readonly minEffect: number;
  /** One's own limits, read by `parseFailOn`; each replaces the least effect of its metric. */
  readonly failOn: readonly FailOn[];
  /** Of the resampling: the same seed gives the same intervals. */
  readonly seed: string;
}

/** A limit of one's own: `p95:10%`, `error_rate:0.5pp`, `follow-up.p95:20%`, `db.cpu:15%`. */
export interface FailOn {
  /** As written. */
  readonly text: string;
  /** Row id or name of a monitor; null: all rows, or of cpu, memory and cpu_per_request every monitor. */
  readonly row: string | null;
  readonly metric: CompareMetric;
  /** How much worse is too much: a share of the baseline, or the difference itself in the metric's unit (error rate: a share). */
  readonly kind: 'relative' | 'absolute';
  readonly amount: number;
}
