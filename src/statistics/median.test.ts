import { expect, test } from 'vitest';
import { medianOf } from './median.ts';

test('medianOf() is the middle value, or the mean of the two in the middle', () => {
  expect(medianOf([3, 1, 2])).toBe(2);
  expect(medianOf([4, 1, 2, 3])).toBe(2.5);
  expect(medianOf([])).toBeNaN();
});
