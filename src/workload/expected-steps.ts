import type { Millis } from '../core/units.ts';
import { meanThink, type ThinkTime } from './think-time.ts';
import { uniformSumExcess } from './uniform-sum.ts';

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
    const probability = uniformSumExcess((life - n * think.min) / width, n, 0);
    steps += probability;
    if (probability < 1e-12) break;
  }
  return steps;
}
