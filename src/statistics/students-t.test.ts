import { expect, test } from 'vitest';
import { studentsT } from './students-t.ts';

test.each([
  [0.975, 1, 12.7062],
  [0.975, 4, 2.7764],
  [0.95, 9, 1.8331],
  [0.99, 12, 2.681],
  [0.975, 120, 1.9799],
  [0.025, 4, -2.7764],
])('studentsT(%d, %d) is that of the tables', (confidence, freedom, expected) => {
  expect(studentsT(confidence, freedom)).toBeCloseTo(expected, 3);
});

test('studentsT() knows nothing with no degree of freedom', () => {
  expect(studentsT(0.975, 0)).toBe(Number.POSITIVE_INFINITY);
});
