import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { micros } from '../core/units.ts';
import { emptyHistogram, SparseHistogram } from './encoded-histogram.ts';
import { encodedQuantile } from './encoded-quantile.ts';

const encode = (values: readonly number[]) => {
  const histogram = new SparseHistogram();
  for (const value of values) histogram.record(micros(value));
  return histogram.encode();
};

describe('encodedQuantile()', () => {
  test('lies between the values of two ranks', () => {
    const hundred = encode(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(encodedQuantile(hundred, 0.95)).toBeCloseTo((100 + 1 / 3) * 0.95 + 1 / 3, 6);
    expect(encodedQuantile(hundred, 0.5)).toBeCloseTo(50.5, 6);
    expect(encodedQuantile(emptyHistogram, 0.5)).toBeUndefined();
    expect(encodedQuantile(encode([7]), 0.95)).toBe(7);
  });

  test('is within a thousandth of that of the exact values, and never outside them', () => {
    const values = fc.array(fc.integer({ min: 1, max: 1e8 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (given, q) => {
        const sorted = [...given].sort((a, b) => a - b);
        const place = Math.min(sorted.length, Math.max(1, (sorted.length + 1 / 3) * q + 1 / 3));
        const [low = 0, high = 0] = [sorted[Math.floor(place) - 1], sorted[Math.ceil(place) - 1]];
        const found = encodedQuantile(encode(given), q) ?? Number.NaN;
        const exact = low + (place - Math.floor(place)) * (high - low);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.001 + 1e-6);
        expect(found).toBeGreaterThanOrEqual((sorted[0] ?? 0) - 1e-6);
        expect(found).toBeLessThanOrEqual((sorted.at(-1) ?? 0) + 1e-6);
      }),
    );
  });
});
