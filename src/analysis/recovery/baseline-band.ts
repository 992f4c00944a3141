import { percentileRanks, proportionInterval } from '../../verdict/interval.ts';
import { type DueRequests, type DueSecond, p95OfSuccesses } from '../due-seconds.ts';

/** Where response times and errors lie before the surge, and how far they may stray to be where they were. */
export interface BaselineBand {
  /** p95 of successes, ms, and its 95 % interval; high is the greatest value where so few bound it by none. */
  readonly p95: number;
  readonly low: number;
  readonly high: number;
  /** Slower than this (ms), or failed, is astray. */
  readonly edge: number;
  /** The share of requests that may be astray; 0.05 says that p95 lies within the edge. */
  readonly astray: number;
  /** The share that may fail. */
  readonly failed: number;
}

/** A p95 that is higher than that of the baseline may be by less than this part is no disturbance. */
const tolerated = 0.2;

/** The band of a baseline of at least 59 requests of which at least one succeeded. */
export function bandOf(baseline: DueRequests): BaselineBand {
  const { times, failed, count } = baseline;
  const p95 = p95OfSuccesses(baseline);
  const ranks = percentileRanks(0.95, times.length);
  const low = times[(ranks.low ?? 1) - 1] ?? p95;
  const high = times[(ranks.high ?? times.length) - 1] ?? p95;
  const edge = high * (1 + tolerated);
  const slow = times.filter((ms) => ms > edge).length;
  return {
    ...{ p95, low, high, edge },
    astray: Math.max(0.05, failed === 0 ? 0 : proportionInterval(slow + failed, count).high),
    failed: Math.max(0.01, proportionInterval(failed, count).high),
  };
}

/** How many requests were due in a second, how many of them failed, and how many failed or took longer than the edge. */
export interface Strays {
  readonly count: number;
  readonly astray: number;
  readonly failed: number;
}

export const straysOf = ({ times, failed }: DueSecond, { edge }: BaselineBand): Strays => ({
  count: times.length + failed,
  astray: times.filter((ms) => ms > edge).length + failed,
  failed,
});

export function addUp(strays: readonly Strays[], start: number, end: number): Strays {
  const sum = { count: 0, astray: 0, failed: 0 };
  for (const each of strays.slice(Math.max(0, start), Math.max(0, end))) {
    sum.count += each.count;
    sum.astray += each.astray;
    sum.failed += each.failed;
  }
  return sum;
}
