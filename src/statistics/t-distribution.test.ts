import { describe, expect, test } from 'vitest';
import { tQuantile, tTwoSided } from './t-distribution.ts';

describe("Student's t", () => {
  // Tables: two-sided 95 % and 99 % points.
  test.each([
    [1, 12.706, 63.657],
    [2, 4.303, 9.925],
    [5, 2.571, 4.032],
    [8, 2.306, 3.355],
    [9, 2.262, 3.25],
    [30, 2.042, 2.75],
    [1000, 1.962, 2.581],
  ])('of %i degrees of freedom has the points of the tables', (degrees, at95, at99) => {
    expect(tQuantile(0.05, degrees)).toBeCloseTo(at95, 2);
    expect(tQuantile(0.01, degrees)).toBeCloseTo(at99, 2);
    expect(tTwoSided(at95, degrees)).toBeCloseTo(0.05, 3);
  });

  test('is certain at 0 and impossible beyond everything', () => {
    expect(tTwoSided(0, 8)).toBe(1);
    expect(tTwoSided(Number.POSITIVE_INFINITY, 8)).toBe(0);
    expect(tTwoSided(-2.306, 8)).toBeCloseTo(0.05, 3);
  });
});
