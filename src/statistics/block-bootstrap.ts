import type { Random } from '../core/random.ts';
import type { Stretches } from './stretches.ts';

/**
 * How far a statistic of a series spreads when the series is played again: moving blocks (Künsch, 1989), circular so that its ends count
 * as often as its middle (Politis and Romano, 1992).
 */
export interface BlockBootstrap {
  /** Units in the series, and in a block. */
  readonly length: number;
  readonly blockLength: number;
  readonly resamples: number;
  readonly random: Random;
}

/** The statistic of each resample, which is given as the stretches of the series that it is made of; what is NaN or infinite stays so. */
export function resample(plan: BlockBootstrap, statistic: (drawn: Stretches) => number): Float64Array {
  return Float64Array.from({ length: plan.resamples }, () => statistic(drawBlocks(plan)));
}

/** Blocks from anywhere until the series is full, the last one cut; one that reaches over the end goes on at the start. */
function drawBlocks({ length, blockLength, random }: BlockBootstrap): Stretches {
  const drawn: number[] = [];
  for (let laid = 0; laid < length; laid += blockLength) {
    const from = Math.floor(random.next() * length);
    const to = from + Math.min(blockLength, length - laid);
    if (to <= length) drawn.push(from, to);
    else drawn.push(from, length, 0, to - length);
  }
  return drawn;
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
