/** A value at a place in time, of whatever units. */
export interface TimedValue {
  readonly at: number;
  readonly value: number;
}

/** The middle value; the mean of the two in the middle of an even number. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
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
  return median(slopes);
}
