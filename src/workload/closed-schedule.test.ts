import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { closedSchedule, type UserLife } from './closed-schedule.ts';
import { type LoadProfile, usersAt } from './load-profile.ts';
import { wholeRun } from './slice.ts';

/** A profile through these corners, [second, users]; only the curve matters here. */
const curve = (...corners: readonly (readonly [number, number])[]): LoadProfile => {
  const seconds = corners.at(-1)?.[0] ?? 0;
  return {
    phases: [{ name: 'all', start: 0, end: seconds, steady: false }],
    points: corners.map(([second, users]) => ({ at: millis(second * 1000), users })),
    peak: Math.max(...corners.map(([, users]) => users)),
    arrivals: null,
    seconds,
    steady: null,
  };
};
const lives = (profile: LoadProfile, slice = wholeRun): UserLife[] => [...closedSchedule(profile, slice)];

const anyCurve = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 60 })), { minLength: 1, maxLength: 12 })
  .map((legs) => {
    let second = 0;
    return curve(
      [0, 0],
      ...legs.map(([length, users]) => {
        second += length;
        return [second, users] as const;
      }),
      [second + 5, legs.at(-1)?.[1] ?? 0],
    );
  });

describe('closedSchedule()', () => {
  test('starts users evenly: 300 at 10/s come every 100 ms, the first at once, the last at 29.9 s', () => {
    const users = lives(curve([0, 0], [30, 300], [600, 300]));
    expect(users.map(({ start }) => start)).toEqual(Array.from({ length: 300 }, (_, k) => k * 100));
    expect(users.map(({ user }) => user)).toEqual(Array.from({ length: 300 }, (_, k) => k));
    expect(new Set(users.map(({ stop }) => stop))).toEqual(new Set([600_000]));
  });

  test('lets the newest users go at a drop, and those of the baseline stay to the end', () => {
    const users = lives(curve([0, 0], [0.5, 5], [60, 5], [64.5, 50], [180, 50], [180, 5], [300, 5]));
    expect(users).toHaveLength(50);
    expect(users.slice(0, 5).every(({ stop }) => stop === 300_000)).toBe(true);
    expect(users.slice(5).every(({ stop }) => stop === 180_000)).toBe(true);
    expect(users[5]).toEqual({ user: 5, start: 60_000, stop: 180_000 });
    expect(users[49]?.start).toBe(64_400);
  });

  test('lets users go one by one along a slope, the newest first', () => {
    const users = lives(curve([0, 0], [0, 4], [10, 4], [14, 0], [20, 0]));
    expect(users.map(({ stop }) => stop)).toEqual([14_000, 13_000, 12_000, 11_000]);
  });

  test('gives new numbers to the users of a second climb', () => {
    const users = lives(curve([0, 0], [2, 4], [10, 4], [10, 1], [13, 4], [20, 4]));
    expect(users.map(({ user, start, stop }) => [user, start, stop])).toEqual([
      [0, 0, 20_000],
      [1, 500, 10_000],
      [2, 1000, 10_000],
      [3, 1500, 10_000],
      [4, 10_000, 20_000],
      [5, 11_000, 20_000],
      [6, 12_000, 20_000],
    ]);
  });

  test('resumes a climb that a phase edge interrupted, without a user twice', () => {
    const users = lives(curve([0, 0], [1.05, 10.5], [5, 10.5], [5.5, 15], [9, 15]));
    expect(users).toHaveLength(15);
    expect(users[10]?.start).toBe(1000);
    expect(users[11]?.start).toBeCloseTo(5000 + (0.5 * 500) / 4.5, 9);
  });

  test('has as many users at any time as the curve asks for, rounded up', () => {
    fc.assert(
      fc.property(anyCurve, fc.double({ min: 0, max: 1, noNaN: true }), (profile, part) => {
        // Off the corners, where both sides of a jump are right.
        const at = millis(Math.floor(part * (profile.seconds * 1000 - 1)) + 0.5);
        const there = lives(profile).filter(({ start, stop }) => start < at && at < stop).length;
        expect(Math.abs(there - Math.ceil(usersAt(profile, at)))).toBeLessThanOrEqual(
          Number.isInteger(Number(usersAt(profile, at).toFixed(9))) ? 1 : 0,
        );
      }),
      { numRuns: 500 },
    );
  });

  test('numbers users in the order of start, and the slices add up to the whole run', () => {
    fc.assert(
      fc.property(anyCurve, fc.integer({ min: 1, max: 7 }), (profile, count) => {
        const whole = lives(profile);
        expect(whole.map(({ user }) => user)).toEqual(whole.map((_, i) => i));
        for (const [i, { start, stop }] of whole.entries()) {
          expect(start).toBeGreaterThanOrEqual(whole[i - 1]?.start ?? 0);
          expect(stop).toBeGreaterThanOrEqual(start);
        }
        const slices = Array.from({ length: count }, (_, index) => lives(profile, { index, count }));
        slices.forEach((slice, index) => {
          expect(slice.every(({ user }) => user % count === index)).toBe(true);
        });
        expect(slices.flat().sort((a, b) => a.user - b.user)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  test('is lazy: the first user of a million costs no more than itself', () => {
    const [first] = closedSchedule(curve([0, 0], [10, 1e15], [20, 1e15]), wholeRun);
    expect(first).toEqual({ user: 0, start: 0, stop: 20_000 });
  });
});
