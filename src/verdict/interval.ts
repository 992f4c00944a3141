import { z975 } from '../statistics/normal-quantiles.ts';
import { binomialTail } from './binomial.ts';

/** The chance of being wrong that a one-sided statement may have. */
const doubt = 0.05;

/**
 * The least number of values that decide a percentile: ⌈ln 0.05 / ln q⌉, from which on the largest of them lies above the
 * q-quantile with 95 % confidence. 59 for p95, 299 for p99. Infinity for q = 1.
 */
export const samplesForPercentile = (q: number): number => tries(Math.log(q));

/**
 * The least number of requests that decide an error rate: ⌈ln 0.05 / ln(1 − limit)⌉, from which on a rate at the limit
 * shows at least one failure with 95 % confidence. 299 for 1 %. A limit of 0 speaks of the requests of this run and not of
 * a rate behind them, so that one request decides it.
 */
export const samplesForErrorRate = (limit: number): number => (limit <= 0 ? 1 : tries(Math.log1p(-limit)));

/** The least n with (e^logMiss)ⁿ ≤ 5 %, with the binary rounding of the quotient taken out: 0.05 needs 1 and not 2. */
function tries(logMiss: number): number {
  if (logMiss >= 0) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.ceil(Number((Math.log(doubt) / logMiss).toPrecision(12))));
}

/**
 * The ranks (1 is the smallest value of `n`) between which the q-quantile lies with at least this confidence: exact order
 * statistics, that is binomial tails, half of the doubt on each side. null: no value is low or high enough to be a bound.
 */
export function percentileRanks(q: number, n: number, confidence = 0.95): { low: number | null; high: number | null } {
  const side = (1 - confidence) / 2;
  // The value of rank r lies above the quantile when fewer than r values lie below it: P(X < r) for X ~ Binomial(n, q).
  const firstUnlikelyLow = leastRank(n, (r) => 1 - binomialTail(r, n, q) > side);
  const high = leastRank(n, (r) => binomialTail(r, n, q) <= side);
  return { low: firstUnlikelyLow === 1 ? null : firstUnlikelyLow - 1, high: high > n ? null : high };
}

/** The least rank of 1 to `n` for which `holds`, which holds for all ranks after it; n + 1 when for none. */
function leastRank(n: number, holds: (rank: number) => boolean): number {
  let from = 1;
  let to = n + 1;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** The 95 % interval of a proportion after `failures` of `n`, exact (Clopper and Pearson, 1934). 0 to 1 for n = 0. */
export function proportionInterval(failures: number, n: number): { low: number; high: number } {
  const side = doubt / 2;
  return {
    low: failures <= 0 ? 0 : crossing((p) => binomialTail(failures, n, p) < side),
    high: failures >= n ? 1 : crossing((p) => 1 - binomialTail(failures + 1, n, p) > side),
  };
}

/** Where `below`, true from 0 on, turns false within 0 to 1: bisection down to the last bit that matters. */
function crossing(below: (p: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (below(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Whether the q-quantile lies above a limit with one-sided 95 % confidence, when `above` of `n` values do:
 * P(Binomial(n, 1 − q) ≥ above) < 5 %. For "below a limit" give the number below it and 1 − q.
 */
export const percentileSurelyAbove = (above: number, n: number, q: number, risk = doubt): boolean =>
  rateSurelyAbove(above, n, 1 - q, risk);

/** Whether a rate lies above `limit` with one-sided confidence of 1 − `risk` (95 %) after `failures` of `n`. */
export const rateSurelyAbove = (failures: number, n: number, limit: number, risk = doubt): boolean =>
  binomialTail(failures, n, limit) < risk;

/**
 * The 95 % interval of the expected value behind a count of independent events: Byar's approximation of the exact Poisson
 * interval (Breslow and Day, 1987), within 1 % of it from a count of 10 on.
 */
export function poissonInterval(count: number): { low: number; high: number } {
  const bound = (k: number, sign: 1 | -1): number =>
    k * Math.max(0, 1 - 1 / (9 * k) + (sign * z975) / (3 * Math.sqrt(k))) ** 3;
  return { low: count === 0 ? 0 : bound(count, -1), high: bound(count + 1, 1) };
}
