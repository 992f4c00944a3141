import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis, perSecond } from '../core/units.ts';
import { expectedSteps } from './expected-steps.ts';
import type { LoadProfile } from './load-profile.ts';
import { expectedDue, offeredRate, steadyCeiling, usersNeededFor } from './offered-load.ts';

const guide = { min: millis(3000), max: millis(7000) };
const none = { min: millis(0), max: millis(0) };
const constant = { min: millis(5000), max: millis(5000) };

const hold: LoadProfile = {
  phases: [
    { name: 'climb', start: 0, end: 10, steady: false },
    { name: 'hold', start: 10, end: 100, steady: true },
  ],
  points: [
    { at: millis(0), users: 0 },
    { at: millis(10_000), users: 100 },
    { at: millis(100_000), users: 100 },
  ],
  peak: 100,
  arrivals: null,
  seconds: 100,
  steady: { start: 10, end: 100 },
};

test('offeredRate() is users over pause and reply: 100 users of the guide offer at most 20/s', () => {
  expect(offeredRate(100, guide, millis(0))).toBe(20);
  expect(offeredRate(100, guide, millis(200))).toBeCloseTo(19.23, 2);
  expect(offeredRate(100, none, millis(0))).toBe(Number.POSITIVE_INFINITY);
  expect(offeredRate(0, none, millis(0))).toBe(0);
});

test('usersNeededFor() is the inverse: the 100 requests/s of the guide take 500 users', () => {
  expect(usersNeededFor(perSecond(100), guide)).toBe(500);
});

describe('expectedSteps()', () => {
  /** Mean number of steps of 40 000 simulated lives. */
  const simulated = (life: number, think: { min: number; max: number }): number => {
    const random = seededRandom(`${life}`);
    let steps = 0;
    for (let n = 0; n < 40_000; n++)
      for (let at = 0; at < life; at += think.min + (think.max - think.min) * random.next()) steps += 1;
    return steps / 40_000;
  };

  test.each([
    [2, 3, 7],
    [3.5, 3, 7],
    [10, 3, 7],
    [33, 3, 7],
    [60, 3, 7],
    [100, 3, 7],
    [400, 3, 7],
    [4, 0, 1],
    [50, 0, 5],
    [60, 4.9, 5.1],
    [200, 4.5, 5.5],
  ])('agrees with simulated lives of %d s at pauses of %d s to %d s', (life, min, max) => {
    const think = { min: millis(min * 1000), max: millis(max * 1000) };
    const expected = expectedSteps(millis(life * 1000), think);
    expect(Math.abs(expected - simulated(life * 1000, think))).toBeLessThan(0.02 + expected * 0.001);
  });

  test('is exact for constant pauses and for lives of one step', () => {
    expect(expectedSteps(millis(10_000), constant)).toBe(2);
    expect(expectedSteps(millis(10_001), constant)).toBe(3);
    expect(expectedSteps(millis(1), guide)).toBe(1);
    expect(expectedSteps(millis(0), guide)).toBe(0);
    expect(expectedSteps(millis(1), none)).toBe(Number.POSITIVE_INFINITY);
  });

  test('never falls as the life grows, also where the sum gives way to the limit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 300_000, noNaN: true }), (life) => {
        expect(expectedSteps(millis(life + 50), guide)).toBeGreaterThanOrEqual(
          expectedSteps(millis(life), guide) - 1e-4,
        );
      }),
    );
  });
});

describe('expectedDue()', () => {
  test('adds up over windows to the whole run', () => {
    const due = (start: number, end: number): number => expectedDue(hold, guide, { start, end });
    expect(due(0, 10) + due(10, 55) + due(55, 100)).toBeCloseTo(due(0, 100), 6);
  });

  test('of the steady window is close to rate times time, and no request of the climb counts', () => {
    expect(steadyCeiling(hold, guide)).toBeCloseTo(1800, -1.5);
    expect(steadyCeiling(hold, constant)).toBe(1800);
  });

  test('has no limit without think time, and is 0 without a window', () => {
    expect(steadyCeiling(hold, none)).toBe(Number.POSITIVE_INFINITY);
    expect(steadyCeiling({ ...hold, steady: null }, none)).toBe(0);
  });
});
