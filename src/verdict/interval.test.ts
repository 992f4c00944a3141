import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { binomialTail } from './binomial.ts';
import {
  percentileRanks,
  percentileSurelyAbove,
  poissonInterval,
  proportionInterval,
  rateSurelyAbove,
  samplesForErrorRate,
  samplesForPercentile,
} from './interval.ts';

describe('samplesForPercentile()', () => {
  test.each([
    [0.5, 5],
    [0.9, 29],
    [0.95, 59],
    [0.99, 299],
    [0.999, 2995],
    [0.05, 1],
    [0.01, 1],
    [1, Number.POSITIVE_INFINITY],
  ])('of %d is %d', (q, least) => {
    expect(samplesForPercentile(q)).toBe(least);
  });

  test('is the first number of values of which the largest is above the quantile at 95 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 9999 }), (q) => {
        const n = samplesForPercentile(q / 10_000);
        expect((q / 10_000) ** n).toBeLessThanOrEqual(0.05);
        if (n > 1) expect((q / 10_000) ** (n - 1)).toBeGreaterThan(0.05);
      }),
    );
  });
});

test.each([
  [0.01, 299],
  [0.05, 59],
  [0.001, 2995],
  [0.5, 5],
  [0.95, 1],
  [1, 1],
  [0, 1],
])('samplesForErrorRate() of %d is %d', (limit, least) => {
  expect(samplesForErrorRate(limit)).toBe(least);
});

describe('percentileRanks()', () => {
  test.each([
    // From sums of exact fractions.
    [0.5, 10, { low: 2, high: 9 }],
    [0.5, 5, { low: null, high: null }],
    [0.5, 100, { low: 40, high: 61 }],
    [0.95, 59, { low: 52, high: null }],
    [0.95, 0, { low: null, high: null }],
  ])('of the %d-quantile of %d values are %j', (q, n, ranks) => {
    expect(percentileRanks(q, n)).toEqual(ranks);
  });

  test('are the narrowest that leave at most 2.5 % on each side', () => {
    const side = 0.025;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 999 }), (n, permille) => {
        const q = permille / 1000;
        const { low, high } = percentileRanks(q, n);
        // The value of rank r lies above the quantile when at most r − 1 values lie below it.
        const above = (r: number): number => 1 - binomialTail(r, n, q);
        expect(above(low ?? 0)).toBeLessThanOrEqual(side);
        expect(above((low ?? 0) + 1)).toBeGreaterThan(side);
        expect(above(high ?? n + 1)).toBeGreaterThanOrEqual(1 - side);
        expect(above((high ?? n + 1) - 1)).toBeLessThan(1 - side);
      }),
    );
  });

  test('hold the true quantile in at least 95 % of samples of a known law', () => {
    const random = seededRandom('order statistics');
    const { low, high } = percentileRanks(0.9, 200);
    let held = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const values = Array.from({ length: 200 }, () => random.next()).sort((a, b) => a - b);
      if ((values[(low ?? 0) - 1] ?? 0) <= 0.9 && 0.9 <= (values[(high ?? 0) - 1] ?? 1)) held += 1;
    }
    // Exact confidence is 95 to 97 %; four standard errors are 2 %.
    expect(held / 2000).toBeGreaterThan(0.94);
    expect(held / 2000).toBeLessThan(0.985);
  });
});

describe('proportionInterval()', () => {
  test.each([
    [0, 100, 0, 0.0362],
    [1, 10, 0.0025, 0.445],
    [5, 100, 0.0164, 0.1128],
    [10, 10, 0.6915, 1],
    [0, 0, 0, 1],
  ])('after %d of %d is %d to %d', (failures, n, low, high) => {
    expect(proportionInterval(failures, n).low).toBeCloseTo(low, 4);
    expect(proportionInterval(failures, n).high).toBeCloseTo(high, 4);
  });

  test('has what was measured inside, and mirrors when failures become successes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(5000), (n, some) => {
        const failures = some % (n + 1);
        const { low, high } = proportionInterval(failures, n);
        expect(low).toBeLessThanOrEqual(failures / n);
        expect(high).toBeGreaterThanOrEqual(failures / n);
        expect(1 - proportionInterval(n - failures, n).low).toBeCloseTo(high, 9);
      }),
    );
  });
});

describe('percentileSurelyAbove()', () => {
  test.each([
    [0, 10, 0.95, false],
    [1, 1, 0.99, true],
    [1, 2, 0.95, false],
    [2, 2, 0.95, true],
    // Of 50 tries at 5 %, at least 5 hit with 10.4 %, at least 6 with 3.8 %.
    [5, 50, 0.95, false],
    [6, 50, 0.95, true],
  ])('with %d of %d above the limit of the %d-quantile is %s', (above, n, q, sure) => {
    expect(percentileSurelyAbove(above, n, q)).toBe(sure);
  });
});

describe('rateSurelyAbove()', () => {
  test.each([
    [20, 20, 0.01, true],
    [1, 5, 0.01, true],
    [1, 6, 0.01, false],
    [0, 20, 0.01, false],
    [0, 0, 0.01, false],
    [1, 1000, 0, true],
    [5, 5, 1, false],
  ])('after %d of %d with a limit of %d is %s', (failures, n, limit, sure) => {
    expect(rateSurelyAbove(failures, n, limit)).toBe(sure);
  });

  test('is never sure while the point estimate keeps the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 50 }), (n, percent) => {
        expect(rateSurelyAbove(Math.floor((n * percent) / 100), n, percent / 100)).toBe(false);
      }),
    );
  });
});

describe('poissonInterval()', () => {
  test.each([
    // The exact intervals of Garwood's table.
    [10, 4.795, 18.39],
    [100, 81.36, 121.63],
    [1000, 938.97, 1063.95],
  ])('of %d is %d to %d', (count, low, high) => {
    expect(poissonInterval(count).low / low).toBeCloseTo(1, 2);
    expect(poissonInterval(count).high / high).toBeCloseTo(1, 2);
  });

  test('of 0 begins at 0 and ends near 3.7', () => {
    expect(poissonInterval(0)).toEqual({ low: 0, high: expect.closeTo(3.67, 2) });
  });
});
