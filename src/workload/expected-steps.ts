import type { Millis } from '../core/units.ts';
import { meanThink, type ThinkTime } from './think-time.ts';

/**
 * Expected number of steps that a user begins within `life` when replies take no time: one at once, then one after each
 * pause X, uniform between a and b with mean µ and variance σ². This is a renewal process (Feller, An Introduction to
 * Probability Theory, vol. 2, ch. XI): the count is `1 + Σ P(X₁ + … + Xₙ < life)`, which approaches
 * `life/µ + (σ² + µ²)/(2µ²)` once the users have lost step with each other. The sum is used until then.
 */
export function expectedSteps(life: Millis, think: ThinkTime): number {
  if (life <= 0) return 0;
  const mean = meanThink(think);
  if (mean === 0) return Number.POSITIVE_INFINITY;
  const width = think.max - think.min;
  if (width === 0) return Math.ceil(life / mean);
  const variance = width ** 2 / 12;
  // The wave left in the rate after n pauses is about exp(−2π²nσ²/µ²), the characteristic function at one cycle per µ.
  const settledAfter = (15 * mean ** 2) / (2 * Math.PI ** 2 * variance);
  if (life / mean > settledAfter) return life / mean + (variance + mean ** 2) / (2 * mean ** 2);
  const certain = Math.ceil(life / think.max) - 1;
  let steps = 1 + certain;
  for (let n = certain + 1; n * think.min < life; n++) {
    const probability = uniformSumBelow((life - n * think.min) / width, n);
    steps += probability;
    if (probability < 1e-12) break;
  }
  return steps;
}

/** P(U₁ + … + Uₙ < x) for uniforms on [0, 1]: Irwin and Hall (1927) while it is exact, then the normal law. */
function uniformSumBelow(x: number, n: number): number {
  if (x <= 0) return 0;
  if (x >= n) return 1;
  // The alternating sum keeps its digits in the lower half; the law is symmetric.
  if (x > n / 2) return 1 - uniformSumBelow(n - x, n);
  if (n > 20) return normalBelow((x - n / 2) / Math.sqrt(n / 12));
  let sum = 0;
  let term = 1;
  for (let k = 0; k < x; k++) {
    let power = term;
    for (let i = 1; i <= n; i++) power *= (x - k) / i;
    sum += power;
    term *= -(n - k) / (k + 1);
  }
  return sum;
}

/** The normal distribution function by the error function of Abramowitz and Stegun 7.1.26, within 1.5e-7. */
function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x);
  return z < 0 ? tail / 2 : 1 - tail / 2;
}
