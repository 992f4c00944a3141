import type { Span } from '../record/series.ts';

/** What a run means, in one answer: to a question that its scenario asks, or to what its numbers show. */
export interface Finding {
  /** The question, for machines: `breaking-point`, `latency-drift`, `server-cpu-saturated`. */
  readonly id: string;
  /** Which analysis found it. */
  readonly kind: 'breaking-point' | 'drift' | 'recovery' | 'diagnosis';
  /**
   * `shown`: something that bends, changes or breaks was shown; `not-shown`: it was looked for with enough data and not found;
   * `undecided`: there is too little data to say. Only `shown` is a claim, and may be wrong in one run of twenty.
   */
  readonly outcome: 'shown' | 'not-shown' | 'undecided';
  /** One sentence or two that an engineer reads, with the numbers, their units and intervals in it. */
  readonly sentence: string;
  /** What probably lies behind it, as a sentence; null where there is nothing to say. */
  readonly cause: string | null;
  /** What to do, as a sentence; null where there is nothing to say. */
  readonly remedy: string | null;
  /** The numbers of the sentence. */
  readonly numbers: readonly FindingNumber[];
  /** The seconds of the run that it rests on, ascending. */
  readonly seconds: readonly Span[];
}

/** A number with its 95 % interval. */
export interface FindingNumber {
  /** `users_held`, `p95_slope`: unique within the finding. */
  readonly name: string;
  /** `users`, `ms`, `requests/s`, `bytes/min`; `1` is a share. */
  readonly unit: string;
  /** null: there is none, such as a time that was not reached. */
  readonly value: number | null;
  /** null: open on that side. Both null: a number without an interval, such as a count. */
  readonly low: number | null;
  /** As `low`. */
  readonly high: number | null;
}
