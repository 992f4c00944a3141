import fc from 'fast-check';
import { expect, test } from 'vitest';
import { twoSidedT, twoSidedTPoint, upperT, welchFreedom } from './student-t.ts';

test('twoSidedTPoint() is the tabled value', () => {
  for (const [p, df, t] of [
    [0.05, 1, 12.7062],
    [0.05, 4, 2.77645],
    [0.05, 8, 2.306],
    [0.1, 9, 1.83311],
    [0.05, 10, 2.22814],
    [0.02, 12, 2.681],
    [0.01, 30, 2.75],
    [0.05, 120, 1.97993],
    [0.01, 1000, 2.58075],
    [0.05, Number.POSITIVE_INFINITY, 1.95996],
  ] as const)
    expect(twoSidedTPoint(p, df)).toBeCloseTo(t, 4);
  expect(twoSidedTPoint(0.05, 0)).toBe(Number.POSITIVE_INFINITY);
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

test('upperT() is one tail of the tables, and its complement below 0', () => {
  expect(upperT(0, 9)).toBeCloseTo(0.5, 12);
  for (const [t, p] of [
    [1.383, 0.1],
    [1.833, 0.05],
    [2.262, 0.025],
    [2.821, 0.01],
    [4.297, 0.001],
  ] as const) {
    expect(upperT(t, 9)).toBeCloseTo(p, 4);
    expect(upperT(-t, 9)).toBeCloseTo(1 - p, 4);
  }
  expect(upperT(Number.POSITIVE_INFINITY, 9)).toBe(0);
  expect(upperT(Number.NEGATIVE_INFINITY, 9)).toBe(1);
});

test('welchFreedom() lies between the lesser freedom and the sum of both', () => {
  expect(welchFreedom({ variance: 1, df: 10 }, { variance: 1, df: 10 })).toBeCloseTo(20, 9);
  expect(welchFreedom({ variance: 1, df: 10 }, { variance: 0, df: 3 })).toBeCloseTo(10, 9);
});
