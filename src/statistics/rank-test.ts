import { doubledRanks } from './ranks.ts';
import { twoSidedT } from './student-t.ts';

/** Above this many values the normal approximation stands in for the exact distribution; it is good to three digits by then. */
const exactUpTo = 80;

/**
 * Two-sided p of the rank test of Mann and Whitney (1947): could the values of one side as well be of the other? Exact by counting
 * all ways of dividing the values, ties by their mean ranks; twice the smaller tail, at most 1. 1 when a side is empty.
 */
export function rankTest(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const doubled = doubledRanks([...a, ...b]);
  return rankLaw(doubled, a.length)(doubled.slice(0, a.length).reduce((total, rank) => total + rank, 0));
}

/** The same p for any `size` of the doubled ranks, by their sum: the law is worked out once for all ways of dividing the values. */
export function rankLaw(doubled: readonly number[], size: number): (sum: number) => number {
  if (doubled.length > exactUpTo) return (sum) => normalP(doubled, size, sum);
  const ways = rankSums(doubled, size);
  const upTo = ways.slice();
  for (let s = 1; s < upTo.length; s++) upTo[s] = (upTo[s] ?? 0) + (upTo[s - 1] ?? 0);
  const all = upTo.at(-1) ?? 1;
  return (sum) => {
    const below = upTo[sum] ?? all;
    const above = all - below + (ways[sum] ?? 0);
    return Math.min(1, (2 * Math.min(below, above)) / all);
  };
}

/** The least two-sided p that the rank test can give for so many values a side: 0.10 for 3 and 3, 0.029 for 4 and 4. */
export function leastRankP(n: number, m: number): number {
  let ways = 1;
  for (let i = 1; i <= n; i++) ways = (ways * (m + i)) / i;
  return Math.min(1, 2 / ways);
}

/**
 * The interval of how much higher b lies than a (the shift of Hodges and Lehmann, 1963) which goes with the exact rank test at level `risk`
 * (Lehmann, 1963): between the k-th smallest and the k-th greatest difference. null: so few values allow none at this level.
 */
export function shiftInterval(
  a: readonly number[],
  b: readonly number[],
  risk: number,
): { readonly low: number; readonly high: number } | null {
  if (leastRankP(a.length, b.length) > risk) return null;
  const sorted = differences(a, b);
  const k = criticalCount(a.length, b.length, risk);
  const [low, high] = [sorted[k], sorted[sorted.length - 1 - k]];
  return low === undefined || high === undefined ? null : { low, high };
}

const differences = (a: readonly number[], b: readonly number[]): number[] =>
  b.flatMap((y) => a.map((x) => (x === y ? 0 : y - x))).sort((x, y) => x - y);

/** The most differences that may lie on the wrong side of 0 while p stays at or below the level. */
function criticalCount(n: number, m: number, risk: number): number {
  const ranks = Array.from({ length: n + m }, (_, i) => 2 * (i + 1));
  const least = n * (n + 1);
  if (n + m > exactUpTo) {
    const sd = Math.sqrt((n * m * (n + m + 1)) / 12);
    let k = 0;
    while (twoSidedT((n * m) / 2 - (k + 1) - 0.5 <= 0 ? 0 : ((n * m) / 2 - (k + 1) - 0.5) / sd, 1e8) <= risk) k += 1;
    return k;
  }
  const ways = rankSums(ranks, n);
  const all = ways.reduce((total, count) => total + count, 0);
  let below = 0;
  for (let k = 0; ; k++) {
    below += ways[least + 2 * k] ?? 0;
    if ((2 * below) / all > risk) return k - 1;
  }
}

/** In how many ways `size` of the ranks add up to each sum. */
function rankSums(ranks: readonly number[], size: number): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(total + 1));
  const none = ways[0];
  if (none) none[0] = 1;
  let reach = 0;
  for (const rank of ranks) {
    reach += rank;
    for (let chosen = size; chosen >= 1; chosen--) {
      const [to, from] = [ways[chosen], ways[chosen - 1]];
      if (!to || !from) continue;
      for (let sum = reach; sum >= rank; sum--) to[sum] = (to[sum] ?? 0) + (from[sum - rank] ?? 0);
    }
  }
  return ways[size] ?? new Float64Array(1);
}

/** With the correction for ties and for continuity. */
function normalP(doubled: readonly number[], n: number, doubledSum: number): number {
  const all = doubled.length;
  const mean = doubled.reduce((sum, rank) => sum + rank, 0) / all;
  const spread = doubled.reduce((sum, rank) => sum + (rank - mean) ** 2, 0);
  const variance = (n * (all - n) * spread) / (all * (all - 1));
  const off = Math.max(0, Math.abs(doubledSum - n * mean) - 1);
  return variance === 0 ? 1 : twoSidedT(off / Math.sqrt(variance), 1e8);
}
