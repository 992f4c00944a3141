import type { Histogram } from '../metrics/histogram.ts';
import type { Tally } from '../metrics/tally.ts';
import { holds, isUpper } from './holds.ts';
import { percentileSurelyAbove, rateSurelyAbove } from './interval.ts';
import type { Threshold } from './threshold.ts';

/**
 * Whether the requests of a tally, however few, show with one-sided confidence of 1 − `risk` (95 %) that a limit on a percentile or an error
 * rate is broken. False for metrics without such a bound.
 */
export function surelyBroken(threshold: Threshold, tally: Tally, risk?: number): boolean {
  const { metric, limit } = threshold;
  const n = tally.requests;
  if (n === 0) return false;
  switch (metric.kind) {
    case 'percentile': {
      const q = isUpper(threshold) ? metric.quantile : 1 - metric.quantile;
      return percentileSurelyAbove(breaches(threshold, tally), n, q, risk);
    }
    case 'error_rate':
      return isUpper(threshold)
        ? rateSurelyAbove(tally.failed.count, n, limit, risk)
        : rateSurelyAbove(tally.ok.count, n, 1 - limit, risk);
    default:
      return false;
  }
}

/** How many requests break a limit on response times; a failed one is slower than any success. */
export function breaches(threshold: Threshold, { ok, failed }: Tally): number {
  const within = (rank: number): boolean => holds(ok.valueAtRank(rank) / 1000, threshold);
  if (isUpper(threshold)) return failed.count + ok.count - lowRanks(ok, within);
  return lowRanks(ok, (rank) => !within(rank));
}

/** How many ranks from the lowest on satisfy a condition that fails for good once it fails. */
function lowRanks(histogram: Histogram, satisfies: (rank: number) => boolean): number {
  let known = 0;
  let beyond = histogram.count + 1;
  while (beyond - known > 1) {
    const middle = Math.floor((known + beyond) / 2);
    if (satisfies(middle)) known = middle;
    else beyond = middle;
  }
  return known;
}
