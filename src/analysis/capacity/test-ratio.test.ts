import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { poolChances } from './pool-chances.ts';
import { testRatio } from './test-ratio.ts';

describe('testRatio()', () => {
  test('is wrong in one of twenty at the limit itself, for seconds that depend on each other too', () => {
    const random = seededRandom('ratio');
    const wrong = { below: 0, above: 0 };
    for (let i = 0; i < 2000; i++) {
      // Each value stays for four seconds on average; each batch is twelve long.
      let level = random.next();
      const seconds = Array.from({ length: 120 }, () => {
        if (random.next() < 0.25) level = random.next();
        return { part: level, whole: 1 };
      });
      const test = testRatio(seconds, 0.5);
      if ((test?.below ?? 1) < 0.05) wrong.below += 1;
      if ((test?.above ?? 1) < 0.05) wrong.above += 1;
    }
    for (const count of Object.values(wrong)) expect(count / 2000).toBeLessThan(0.08);
    for (const count of Object.values(wrong)) expect(count / 2000).toBeGreaterThan(0.03);
  });

  test('is sure where every second says the same', () => {
    const seconds = Array.from({ length: 20 }, () => ({ part: 0, whole: 5 }));
    expect(testRatio(seconds, 0.05)).toEqual({ ratio: 0, below: 0, above: 1 });
    expect(testRatio(seconds.slice(0, 9), 0.05)).toBeNull();
    expect(
      testRatio(
        seconds.map(() => ({ part: 0, whole: 0 })),
        0.05,
      ),
    ).toBeNull();
  });
});

test('poolChances() sums normal scores', () => {
  expect(poolChances([{ p: 0.03, weight: 7 }])).toBeCloseTo(0.03, 5);
  expect(
    poolChances([
      { p: 0.05, weight: 1 },
      { p: 0.05, weight: 1 },
    ]),
  ).toBeCloseTo(0.01, 3);
  expect(
    poolChances([
      { p: 0.01, weight: 1 },
      { p: 0.99, weight: 1 },
    ]),
  ).toBeCloseTo(0.5, 5);
  expect(
    poolChances([
      { p: 0.01, weight: 100 },
      { p: 0.9, weight: 1 },
    ]),
  ).toBeLessThan(0.03);
  expect(poolChances([])).toBe(1);
});
