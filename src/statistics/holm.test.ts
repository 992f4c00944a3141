import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holm } from './holm.ts';

test('holm() steps down: the least times all, the next times one fewer, never less than before', () => {
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  expect(holm([0.9, 0.02])).toEqual([0.9, 0.04]);
  expect(holm([])).toEqual([]);
});

test('holm() keeps the order of its p values, and lies between each and Bonferroni', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }), (p) => {
      const adjusted = holm(p);
      p.forEach((value, i) => {
        expect(adjusted[i]).toBeGreaterThanOrEqual(value);
        expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, value * p.length) + 1e-12);
        p.forEach((other, j) => {
          if (value < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? 0);
        });
      });
    }),
  );
});
