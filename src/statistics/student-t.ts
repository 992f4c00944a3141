import { regularizedBeta } from './regularized-beta.ts';

/** The chance that |T| is at least |t| for Student's t with `df` degrees of freedom, which may have a fraction; Infinity is the normal one. */
export function twoSidedT(t: number, df: number): number {
  if (Number.isNaN(t) || df <= 0) return Number.NaN;
  const square = t * t;
  if (square === 0) return 1;
  if (!Number.isFinite(square)) return 0;
  // Beyond a hundred million nothing is left of the difference, and the beta function has no digits left.
  const freedom = Math.min(df, 1e8);
  // P(|T| ≥ t) = I_{df/(df + t²)}(df/2, 1/2) (NIST DLMF 8.17.E2 with the substitution of Student's t).
  return regularizedBeta(freedom / (freedom + square), freedom / 2, 0.5);
}

/** P(T > t), for a t of either sign. */
export function upperT(t: number, df: number): number {
  const half = twoSidedT(t, df) / 2;
  return t < 0 ? 1 - half : half;
}

/** The t that |T| exceeds with chance `p`, 0 < p < 1: 2.228 for 0.05 and 10 degrees of freedom; Infinity without any degree. */
export function twoSidedTPoint(p: number, df: number): number {
  if (df <= 0) return Number.POSITIVE_INFINITY;
  let low = 0;
  let high = 1;
  while (twoSidedT(high, df) > p && high < 1e12) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (twoSidedT(middle, df) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The degrees of freedom of a sum of two independent variances that are each known with some freedom (Welch 1947, Satterthwaite 1946). */
export function welchFreedom(
  a: { readonly variance: number; readonly df: number },
  b: { readonly variance: number; readonly df: number },
): number {
  const sum = a.variance + b.variance;
  if (sum === 0) return Math.min(a.df, b.df);
  return (sum * sum) / ((a.variance * a.variance) / a.df + (b.variance * b.variance) / b.df);
}
