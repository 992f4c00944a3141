import { doubledRanks } from './ranks.ts';

/**
 * How many standard errors the values of `a` rank above those of `b` (Mann and Whitney, 1947; variance corrected for ties).
 * About standard normal when both come from one law, whatever it is; 0 when either is empty.
 */
export function rankSum(a: readonly number[], b: readonly number[]): number {
  const [m, n] = [a.length, b.length];
  if (m === 0 || n === 0) return 0;
  const doubled = doubledRanks([...a, ...b]);
  const total = m + n;
  const above = doubled.slice(0, m).reduce((sum, rank) => sum + rank - (total + 1), 0) / 2;
  // The spread of the ranks is that of 1 to m + n, less what ties take away.
  const spread = doubled.reduce((sum, rank) => sum + (rank - (total + 1)) ** 2, 0) / 4;
  const variance = (m * n * spread) / (total * (total - 1));
  return variance <= 0 ? 0 : above / Math.sqrt(variance);
}
