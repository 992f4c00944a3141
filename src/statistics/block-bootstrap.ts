import type { Random } from '../core/random.ts';

/**
 * How far a statistic of a series spreads when the series is played again: moving blocks (Künsch, 1989), circular so that its ends count
 * as often as its middle (Politis and Romano, 1992). `statistic` is given how often each unit of time occurs in a resample.
 */
export interface BlockBootstrap {
  readonly length: number;
  readonly blockLength: number;
  readonly resamples: number;
  readonly random: Random;
}

/** The statistic of each resample; what is NaN or infinite stays so. */
export function resample(plan: BlockBootstrap, statistic: (weights: Float64Array) => number): Float64Array {
  const weights = new Float64Array(plan.length);
  const values = new Float64Array(plan.resamples);
  for (let i = 0; i < plan.resamples; i++) {
    drawBlocks(plan, weights);
    values[i] = statistic(weights);
  }
  return values;
}

/** Fills `weights` with how often each unit occurs when blocks from anywhere are laid end to end, the last one cut. */
function drawBlocks({ length, blockLength, random }: BlockBootstrap, weights: Float64Array): void {
  weights.fill(0);
  for (let laid = 0; laid < length; laid += blockLength) {
    const start = Math.floor(random.next() * length);
    const take = Math.min(blockLength, length - laid);
    for (let i = 0; i < take; i++) {
      const at = (start + i) % length;
      weights[at] = (weights[at] ?? 0) + 1;
    }
  }
}

/** The standard deviation of values, `n − 1` in its denominator. */
export function deviationOf(values: Float64Array): number {
  const n = values.length;
  let mean = 0;
  for (const value of values) mean += value / n;
  let square = 0;
  for (const value of values) square += (value - mean) ** 2;
  return Math.sqrt(square / Math.max(1, n - 1));
}
