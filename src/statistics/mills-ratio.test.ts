import { expect, test } from 'vitest';
import { millsRatio, normalTail } from './mills-ratio.ts';

test.each([
  [0, 1.2533141],
  [1, 0.6556795],
  [3, 0.3045902],
  [5, 0.192808],
  [10, 0.0990286],
  [-3, 225.3346],
])('millsRatio(%d) is P(X > z) ÷ density', (z, expected) => {
  expect(millsRatio(z) / expected).toBeCloseTo(1, 2);
});

test('millsRatio() is the same on both sides of where the method changes', () => {
  expect(millsRatio(4.0001) / millsRatio(3.9999)).toBeCloseTo(1, 2);
});

test('normalTail() is one tail of the tables, and its complement below 0', () => {
  expect(normalTail(0)).toBeCloseTo(0.5, 6);
  expect(normalTail(1.959964)).toBeCloseTo(0.025, 6);
  expect(normalTail(-1.644854)).toBeCloseTo(0.95, 6);
  expect(normalTail(6) / 9.8659e-10).toBeCloseTo(1, 4);
});
