import { describe, expect, test } from 'vitest';
import { batchMean, batchRatio, boundsOf } from './batch-means.ts';

describe('batchMean()', () => {
  test('takes the spread of whole batches', () => {
    // Batches 1, 3, 5: their deviation is 2, that of their mean 2/√3.
    const { mean, error, freedom } = batchMean([0, 2, 2, 4, 4, 6], 2);
    expect([mean, error, freedom]).toEqual([3, expect.closeTo(2 / Math.sqrt(3), 9), 2]);
  });

  test('knows no error of fewer than two batches', () => {
    expect(batchMean([1, 2, 3], 2).error).toBe(Number.POSITIVE_INFINITY);
  });
});

test('batchRatio() is the mean of batches where each unit weighs the same, and their ratio where not', () => {
  const values = [0, 2, 2, 4, 4, 6];
  const alike = batchRatio(
    values.map((part) => ({ part, whole: 1 })),
    3,
  );
  expect(alike?.error).toBeCloseTo(batchMean(values, 2).error, 12);
  // Residuals of the batches against 8 ÷ 10: 1 − 0.8 · 2 and 7 − 0.8 · 8.
  const weighted = batchRatio(
    [
      { part: 1, whole: 2 },
      { part: 7, whole: 8 },
    ],
    2,
  );
  expect(weighted).toEqual({ mean: 0.8, error: expect.closeTo((0.6 * 2) / 10, 12), freedom: 1 });
  expect(batchRatio([{ part: 1, whole: 2 }], 2)).toBeNull();
  expect(
    batchRatio(
      [
        { part: 0, whole: 0 },
        { part: 0, whole: 0 },
      ],
      2,
    ),
  ).toBeNull();
});

test('boundsOf() opens with the confidence', () => {
  const { low, high } = boundsOf({ mean: 10, error: 1, freedom: 4 }, 0.975);
  expect([low, high]).toEqual([expect.closeTo(7.2236, 3), expect.closeTo(12.7764, 3)]);
  expect(boundsOf({ mean: 10, error: 0, freedom: 0 }, 0.975)).toEqual({ low: 10, high: 10 });
});
