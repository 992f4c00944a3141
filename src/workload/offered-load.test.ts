import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis, perSecond } from '../core/units.ts';
import { expectedSteps } from './expected-steps.ts';
import type { LoadProfile } from './load-profile.ts';
import {
  expectedDue,
  offeredRate,
  requestsPerConversation,
  steadyCeiling,
  usersNeededFor,
  usersPresent,
} from './offered-load.ts';
import { openSchedule } from './open-schedule.ts';
import { wholeRun } from './slice.ts';
import { uniformSumExcess } from './uniform-sum.ts';

const guide = { min: millis(3000), max: millis(7000) };
const none = { min: millis(0), max: millis(0) };
const constant = { min: millis(5000), max: millis(5000) };

/** Conversations of one request; nobody holds one under closed load. */
const one = [1];

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
    const due = (start: number, end: number): number => expectedDue(hold, guide, { start, end }, one);
    expect(due(0, 10) + due(10, 55) + due(55, 100)).toBeCloseTo(due(0, 100), 6);
  });

  test('of the steady window is close to rate times time, and no request of the climb counts', () => {
    expect(steadyCeiling(hold, guide, one)).toBeCloseTo(1800, -1.5);
    expect(steadyCeiling(hold, constant, one)).toBe(1800);
  });

  test('has no limit without think time, and is 0 without a window', () => {
    expect(steadyCeiling(hold, none, one)).toBe(Number.POSITIVE_INFINITY);
    expect(steadyCeiling({ ...hold, steady: null }, none, one)).toBe(0);
  });
});

describe('uniformSumExcess()', () => {
  test.each([1, 2, 5, 12, 20, 21, 40])('of %d uniforms: each power is the integral of the one before', (n) => {
    for (const p of [0, 1] as const) {
      const [low, high] = [0.3 * n, 0.8 * n];
      const steps = 4000;
      const h = (high - low) / steps;
      let area = 0;
      for (let i = 0; i < steps; i++) area += h * uniformSumExcess(low + (i + 0.5) * h, n, p);
      const difference = uniformSumExcess(high, n, p === 0 ? 1 : 2) - uniformSumExcess(low, n, p === 0 ? 1 : 2);
      expect(Math.abs(area - difference)).toBeLessThan(1e-4 * (1 + difference));
    }
  });

  test('has known values: one uniform, none, and outside of the support', () => {
    expect(uniformSumExcess(0.5, 1, 0)).toBeCloseTo(0.5, 12);
    expect(uniformSumExcess(0.5, 1, 1)).toBeCloseTo(0.125, 12);
    expect(uniformSumExcess(0.5, 1, 2)).toBeCloseTo(1 / 48, 12);
    expect(uniformSumExcess(3, 0, 1)).toBe(3);
    expect(uniformSumExcess(3, 0, 2)).toBe(4.5);
    expect(uniformSumExcess(-1, 4, 2)).toBe(0);
  });
});

describe('expectedDue() of open load', () => {
  const stages: LoadProfile = {
    ...hold,
    points: [
      { at: millis(0), users: 0 },
      { at: millis(100_000), users: 0 },
    ],
    peak: 0,
    arrivals: {
      points: [
        { at: millis(0), rate: perSecond(2) },
        { at: millis(20_000), rate: perSecond(10) },
        { at: millis(60_000), rate: perSecond(10) },
        { at: millis(60_000), rate: perSecond(1) },
        { at: millis(100_000), rate: perSecond(1) },
      ],
      process: 'even',
      peak: perSecond(10),
      limit: 1000,
    },
    steady: { start: 20, end: 60 },
  };
  const survival = [1, 0.8, 0.5, 0.5, 0.2];

  /** Mean number of requests due in the window, of many runs played out in plain arithmetic. */
  function simulated(think: { min: number; max: number }, window: { start: number; end: number }): number {
    const random = seededRandom('open');
    let due = 0;
    const runs = 60;
    for (let run = 0; run < runs; run++)
      for (const { start } of openSchedule(stages, wholeRun, random)) {
        const chance = random.next();
        const length = survival.filter((tail) => chance < tail).length;
        let at = Number(start);
        for (let j = 0; j < length; j++) {
          if (at >= window.start * 1000 && at < window.end * 1000) due += 1;
          at += think.min + (think.max - think.min) * random.next();
        }
      }
    return due / runs;
  }

  test.each([
    [0, 100],
    [0, 3],
    [10, 30],
    [20, 60],
    [58, 75],
  ])('agrees with conversations played out, from %d to %d s', (start, end) => {
    for (const think of [guide, none, constant]) {
      const expected = expectedDue(stages, think, { start, end }, survival);
      expect(Math.abs(expected - simulated(think, { start, end }))).toBeLessThan(2 + 0.015 * expected);
    }
  });

  test('adds to the closed load, and has a limit without think time', () => {
    const mixed = { ...stages, points: hold.points, peak: hold.peak };
    expect(steadyCeiling(mixed, guide, survival)).toBeCloseTo(
      steadyCeiling(stages, guide, survival) + steadyCeiling({ ...hold, steady: stages.steady }, guide, []),
      6,
    );
    expect(expectedDue(stages, none, { start: 0, end: 60 }, survival)).toBeCloseTo(520 * 3, 6);
    expect(expectedDue(mixed, none, { start: 0, end: 60 }, survival)).toBe(Number.POSITIVE_INFINITY);
  });

  test('usersPresent() is rate times time in the system: 10/s, 3 requests, two pauses of 5 s', () => {
    expect(requestsPerConversation(survival)).toBeCloseTo(3, 12);
    expect(usersPresent(perSecond(10), survival, guide, millis(0))).toBeCloseTo(100, 9);
    expect(usersPresent(perSecond(10), survival, guide, millis(200))).toBeCloseTo(106, 9);
  });
});
