import { nearestRank } from '../metrics/histogram.ts';
import type { RunSeries, Span } from '../record/series.ts';
import { eachDue } from './due-counts.ts';

/** What was *due* in one second, whenever it ended. */
export interface DueSecond {
  /** Response times of successes, ms, in no order. */
  readonly times: readonly number[];
  readonly failed: number;
}

/**
 * The requests of all rows by the second in which they were due: the second in which they ended, less their response time. Right to
 * half a second either way, since a record has no finer end. A request that was due before the run counts to its first second.
 */
export function dueSeconds(series: RunSeries): readonly DueSecond[] {
  const due = series.seconds.map(() => ({ times: [] as number[], failed: 0 }));
  eachDue(series, ({ second, ms, ok, count }) => {
    const place = due[second];
    if (!place) return;
    if (ok) for (let n = 0; n < count; n++) place.times.push(ms);
    else place.failed += count;
  });
  return due;
}

/** The requests due in a span. */
export interface DueRequests {
  /** Of successes, ascending, ms. */
  readonly times: readonly number[];
  readonly failed: number;
  readonly count: number;
}

export function dueIn(seconds: readonly DueSecond[], { start, end }: Span): DueRequests {
  const inside = seconds.slice(Math.max(0, start), Math.max(0, end));
  const times = inside.flatMap((second) => second.times).sort((a, b) => a - b);
  const failed = inside.reduce((sum, second) => sum + second.failed, 0);
  return { times, failed, count: times.length + failed };
}

/** p95 in ms by nearest rank, a failed request slower than any success: Infinity where it falls among these; NaN for none. */
export function adjustedP95({ times, count }: DueRequests): number {
  return count === 0 ? Number.NaN : (times[nearestRank(0.95, count) - 1] ?? Number.POSITIVE_INFINITY);
}

/** p95 of the successes in ms; NaN for none. */
export const p95OfSuccesses = ({ times }: DueRequests): number =>
  times.length === 0 ? Number.NaN : (times[nearestRank(0.95, times.length) - 1] ?? Number.NaN);

/** Failed ÷ all; 0 for none. */
export const failedShare = ({ failed, count }: DueRequests): number => (count === 0 ? 0 : failed / count);
