import { batchRatio, type RatioPart } from '../../statistics/batch-means.ts';
import { upperT } from '../../statistics/student-t.ts';

/** A ratio with the chances of being wrong when it is said to be below a limit, or above it. */
export interface RatioTest {
  readonly ratio: number;
  /** One-sided P values: small ones show that the ratio is below the limit, or above it. */
  readonly below: number;
  readonly above: number;
}

/** Batches, of which each is as long as it can be: requests that queue behind each other fall into one of them. */
export const batches = 10;

/**
 * Holds the ratio of two sums over consecutive seconds against a limit by the method of batch means: ten batches tell its error, however
 * the seconds within one depend on each other, by Student's t with 9 degrees of freedom. null for fewer than ten seconds, or when there
 * is nothing to divide by.
 */
export function testRatio(seconds: readonly RatioPart[], limit: number): RatioTest | null {
  const found = batchRatio(seconds, batches);
  if (found === null) return null;
  const { mean: ratio, error, freedom } = found;
  const t = error === 0 ? Math.sign(ratio - limit) * Number.POSITIVE_INFINITY : (ratio - limit) / error;
  if (Number.isNaN(t)) return { ratio, below: 0.5, above: 0.5 };
  return { ratio, below: upperT(-t, freedom), above: upperT(t, freedom) };
}
