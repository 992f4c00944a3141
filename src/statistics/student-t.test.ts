import fc from 'fast-check';
import { expect, test } from 'vitest';
import { twoSidedT, twoSidedTPoint, welchFreedom } from './student-t.ts';

test('twoSidedTPoint() is the tabled value', () => {
  for (const [p, df, t] of [
    [0.05, 1, 12.7062],
    [0.05, 4, 2.77645],
    [0.05, 10, 2.22814],
    [0.01, 30, 2.75],
    [0.05, Number.POSITIVE_INFINITY, 1.95996],
  ] as const)
    expect(twoSidedTPoint(p, df)).toBeCloseTo(t, 4);
});

test('twoSidedT() undoes it, is 1 at 0 and symmetric', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 0.99, noNaN: true }),
      fc.double({ min: 1, max: 500, noNaN: true }),
      (p, df) => {
        const t = twoSidedTPoint(p, df);
        expect(twoSidedT(t, df)).toBeCloseTo(p, 8);
        expect(twoSidedT(-t, df)).toBeCloseTo(p, 8);
      },
    ),
  );
  expect(twoSidedT(0, 5)).toBe(1);
  expect(twoSidedT(Number.POSITIVE_INFINITY, 5)).toBe(0);
});

test('welchFreedom() lies between the lesser freedom and the sum of both', () => {
  expect(welchFreedom({ variance: 1, df: 10 }, { variance: 1, df: 10 })).toBeCloseTo(20, 9);
  expect(welchFreedom({ variance: 1, df: 10 }, { variance: 0, df: 3 })).toBeCloseTo(10, 9);
});
