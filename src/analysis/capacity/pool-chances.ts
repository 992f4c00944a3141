import { normalTail } from '../../statistics/mills-ratio.ts';

/** What one trial says, as a one-sided P value, and how much it counts: the number of requests that it rests on. */
export interface Chance {
  readonly p: number;
  readonly weight: number;
}

/** P values further out than this rest on more than chance can tell. */
const least = 1e-6;

/**
 * One P value for several trials of the same thing: Stouffer's sum of normal scores, weighted by the square roots of the sample sizes
 * (Liptak, 1958). 1 for no trial.
 */
export function poolChances(chances: readonly Chance[]): number {
  let [sum, squares] = [0, 0];
  for (const { p, weight } of chances) {
    sum += Math.sqrt(weight) * normalScore(Math.min(1 - least, Math.max(least, p)));
    squares += weight;
  }
  return squares === 0 ? 1 : normalTail(sum / Math.sqrt(squares));
}

/** The z with P(Z > z) = p, by bisection. */
function normalScore(p: number): number {
  let [low, high] = [-6, 6];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
