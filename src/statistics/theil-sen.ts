import { medianOf } from './median.ts';

/** A value at a place in time, of whatever units. */
export interface TimedValue {
  readonly at: number;
  readonly value: number;
}

/**
 * The median of the slopes between all pairs (Theil 1950, Sen 1968): the wildest quarter of the values cannot bend it.
 * Costs the square of the number of values. NaN for fewer than two places.
 */
export function theilSenSlope(values: readonly TimedValue[]): number {
  const slopes: number[] = [];
  values.forEach((a, i) => {
    for (const b of values.slice(i + 1)) if (b.at !== a.at) slopes.push((b.value - a.value) / (b.at - a.at));
  });
  return medianOf(slopes);
}
