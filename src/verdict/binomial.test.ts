import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binomialTail } from './binomial.ts';

/** Adds up the terms one by one, each from the one before. */
function summed(k: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let tail = k <= 0 ? term : 0;
  for (let hits = 1; hits <= n; hits++) {
    term *= ((n - hits + 1) / hits) * (p / (1 - p));
    if (hits >= k) tail += term;
  }
  return tail;
}

describe('binomialTail()', () => {
  test.each([
    [1, 2, 0.5, 0.75],
    [2, 2, 0.5, 0.25],
    [1, 59, 0.05, 1 - 0.95 ** 59],
    [20, 20, 0.01, 0.01 ** 20],
    [0, 10, 0.3, 1],
    [11, 10, 0.3, 0],
    [1, 10, 0, 0],
    [10, 10, 1, 1],
    [0, 0, 0.5, 1],
  ])('of %d or more out of %d at %d is %d', (k, n, p, expected) => {
    expect(binomialTail(k, n, p)).toBeCloseTo(expected, 13);
  });

  test('agrees with the sum of its terms', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(201), fc.integer({ min: 10, max: 90 }), (n, k, percent) => {
        expect(binomialTail(k, n, percent / 100)).toBeCloseTo(summed(k, n, percent / 100), 10);
      }),
    );
  });

  test('keeps its precision over a million tries', () => {
    const [n, p] = [1_000_001, 0.5];
    // By symmetry exactly one half lies at or above the middle of an odd number of tries.
    expect(binomialTail((n + 1) / 2, n, p)).toBeCloseTo(0.5, 8);
    // From a sum in 60 digits.
    expect(binomialTail(10_300, 1_000_000, 0.01)).toBeCloseTo(0.00136311504, 10);
  });
});
