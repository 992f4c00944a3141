import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leastRankP, rankTest, shiftInterval } from './rank-test.ts';

/** Few distinct values, so that there are ties. */
const side = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });

/** By dividing the values in every way and counting those whose U lies as far out. */
function byCounting(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const u = (chosen: readonly number[]): number => {
    const others = all.filter((_, i) => !chosen.includes(i));
    return chosen.reduce(
      (sum, i) => sum + others.reduce((s, y) => s + ((all[i] ?? 0) > y ? 1 : (all[i] ?? 0) === y ? 0.5 : 0), 0),
      0,
    );
  };
  const subsets = (from: number, size: number): number[][] =>
    size === 0 ? [[]] : all.flatMap((_, i) => (i < from ? [] : subsets(i + 1, size - 1).map((rest) => [i, ...rest])));
  const values = subsets(0, a.length).map(u);
  const seen = u(a.map((_, i) => i));
  const below = values.filter((value) => value <= seen).length;
  const above = values.filter((value) => value >= seen).length;
  return Math.min(1, (2 * Math.min(below, above)) / values.length);
}

describe('rankTest()', () => {
  test('is what counting every division of the values gives, ties included', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        expect(rankTest(a, b)).toBeCloseTo(byCounting(a, b), 12);
      }),
      { numRuns: 200 },
    );
  });

  test('knows known values', () => {
    expect(rankTest([1, 2, 3], [4, 5, 6])).toBeCloseTo(0.1, 12);
    expect(rankTest([1, 2, 3, 4], [5, 6, 7, 8])).toBeCloseTo(2 / 70, 12);
    expect(rankTest([1, 2], [1, 2])).toBe(1);
    expect(rankTest([3, 4], [1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBeLessThanOrEqual(1);
  });

  test('takes the normal approximation for many values, close to the exact one', () => {
    const a = Array.from({ length: 41 }, (_, i) => i * 2);
    const b = a.map((value) => value + 17.5);
    const exact = rankTest(a.slice(0, 40), b.slice(0, 40));
    expect(Math.abs(rankTest(a, b) - exact)).toBeLessThan(0.01);
  });
});

test('leastRankP() is the p of complete separation', () => {
  for (const [n, m] of [
    [3, 3],
    [4, 4],
    [2, 5],
    [1, 9],
  ] as const) {
    const a = Array.from({ length: n }, (_, i) => i);
    const b = Array.from({ length: m }, (_, i) => 100 + i);
    expect(leastRankP(n, m)).toBeCloseTo(rankTest(a, b), 12);
  }
});

const distinct = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 8, maxLength: 14 });

describe('shiftInterval()', () => {
  test('moves with the values', () => {
    fc.assert(
      fc.property(distinct, fc.integer({ min: -50, max: 50 }), (values, by) => {
        const [a, b] = [values.slice(0, 4), values.slice(4)];
        const moved = b.map((value) => value + by);
        const [before, after] = [shiftInterval(a, b, 0.05), shiftInterval(a, moved, 0.05)];
        expect(after?.low).toBeCloseTo((before?.low ?? 0) + by, 9);
      }),
    );
  });

  test('leaves out 0 just where the rank test says that the sides differ', () => {
    fc.assert(
      fc.property(distinct, (values) => {
        const [a, b] = [values.slice(0, 4), values.slice(4)];
        const interval = shiftInterval(a, b, 0.05);
        expect(interval !== null && (interval.low > 0 || interval.high < 0)).toBe(rankTest(a, b) <= 0.05);
      }),
      { numRuns: 300 },
    );
  });

  test('has none where so few values allow none', () => {
    expect(shiftInterval([1, 2, 3], [4, 5, 6], 0.05)).toBeNull();
    expect(shiftInterval([1, 2, 3, 4], [5, 6, 7, 8], 0.05)).toEqual({ low: 1, high: 7 });
  });
});
