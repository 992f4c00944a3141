import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankSum } from './rank-sum.ts';

const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 40 });

describe('rankSum()', () => {
  test('is the normal deviate of Mann and Whitney', () => {
    // U = 23 of 25, mean 12.5, variance 25 · 11 / 12.
    expect(rankSum([3, 6, 7, 8, 9], [1, 2, 4, 5, 2.5])).toBeCloseTo((23 - 12.5) / Math.sqrt((25 * 11) / 12), 12);
    expect(rankSum([1, 1, 1], [1, 1])).toBe(0);
    expect(rankSum([], [1, 2])).toBe(0);
  });

  test('turns its sign when the sides are exchanged, and knows nothing but the order', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(rankSum(a, b)).toBeCloseTo(-rankSum(b, a), 9);
        const stretched = (each: number) => Math.exp(each / 10);
        expect(rankSum(a.map(stretched), b.map(stretched))).toBeCloseTo(rankSum(a, b), 9);
      }),
    );
  });
});
