import { describe, expect, test } from 'vitest';
import { batchMean, boundsOf } from './batch-means.ts';

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

test('boundsOf() opens with the confidence', () => {
  const { low, high } = boundsOf({ mean: 10, error: 1, freedom: 4 }, 0.975);
  expect([low, high]).toEqual([expect.closeTo(7.2236, 3), expect.closeTo(12.7764, 3)]);
  expect(boundsOf({ mean: 10, error: 0, freedom: 0 }, 0.975)).toEqual({ low: 10, high: 10 });
});
