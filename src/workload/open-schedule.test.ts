import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis, perSecond } from '../core/units.ts';
import { closedSchedule, closedUsers } from './closed-schedule.ts';
import { type ArrivalProcess, type LoadProfile, rateAt, rateBefore } from './load-profile.ts';
import { type Arrival, expectedArrivals, openSchedule } from './open-schedule.ts';
import { wholeRun } from './slice.ts';

type Corner = readonly [number, number];

/** A profile whose rate goes through these corners, [second, rate], beside a closed load of `users`. */
const curve = (corners: readonly Corner[], process: ArrivalProcess = 'even', users = 0): LoadProfile => {
  const seconds = corners.at(-1)?.[0] ?? 0;
  return {
    phases: [{ name: 'all', start: 0, end: seconds, steady: false }],
    points: [
      { at: millis(0), users: 0 },
      { at: millis(0), users },
      { at: millis(seconds * 1000), users },
    ],
    peak: users,
    arrivals: {
      points: corners.map(([second, rate]) => ({ at: millis(second * 1000), rate: perSecond(rate) })),
      process,
      peak: perSecond(Math.max(...corners.map(([, rate]) => rate))),
      limit: 1000,
    },
    seconds,
    steady: null,
  };
};
const arrivals = (profile: LoadProfile, slice = wholeRun, seed = 'x'): Arrival[] => [
  ...openSchedule(profile, slice, seededRandom(seed)),
];
const starts = (...corners: Corner[]): number[] => arrivals(curve(corners)).map(({ start }) => start);

const anyCorners = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 40 })), { minLength: 1, maxLength: 8 })
  .map((legs) => {
    let second = 0;
    const corners: Corner[] = [[0, 0]];
    for (const [length, rate] of legs) {
      second += length;
      corners.push([second, rate]);
    }
    return [...corners, [second + 5, legs.at(-1)?.[1] ?? 0] as const];
  });

/** The integral of the rate up to `to` seconds, by the trapezoid rule on pieces that are linear. */
function area(corners: readonly Corner[], to: number): number {
  let sum = 0;
  corners.forEach(([end, r1], i) => {
    const [start, r0] = corners[i - 1] ?? [0, 0];
    const length = Math.min(end, to) - start;
    if (length <= 0) return;
    sum += length * (r0 + ((r1 - r0) * length) / (2 * (end - start)));
  });
  return sum;
}

describe('openSchedule() of even arrivals', () => {
  test('comes at equal distances while the rate stands, the first at once', () => {
    expect(starts([0, 5], [2, 5])).toEqual([0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800]);
  });

  test('comes where the area under a slope reaches 0, 1, 2 …: from 0 to 2/s within 4 s at √(4n)', () => {
    expect(starts([0, 0], [4, 2])).toEqual([
      0,
      2000,
      expect.closeTo(2000 * Math.SQRT2, 6),
      expect.closeTo(3464.1016, 3),
    ]);
    expect(starts([0, 2], [4, 0])).toEqual([0, expect.closeTo(535.8984, 3), expect.closeTo(1171.5729, 3), 2000]);
  });

  test('carries what is left of an arrival over a change of the rate, and waits while there is none', () => {
    expect(starts([0, 1], [1.5, 1], [1.5, 0], [10, 0], [10, 2], [11, 2])).toEqual([0, 1000, 10_250, 10_750]);
    expect(starts([0, 0], [3, 0], [3, 1], [5, 1])).toEqual([3000, 4000]);
    expect(starts([0, 1], [2, 1], [2, 0], [4, 0], [4, 1], [5, 1])).toEqual([0, 1000, 4000]);
  });

  test('has no arrival more through binary noise at the end', () => {
    expect(starts([0, 0.1], [30, 0.1])).toEqual([0, 10_000, 20_000]);
    expect(starts([0, 0.7], [10, 0.7], [20, 0.7])).toHaveLength(14);
  });

  test('brings as many within any time as the integral of the rate says, within one', () => {
    fc.assert(
      fc.property(
        anyCorners,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (corners, a, b) => {
          const seconds = corners.at(-1)?.[0] ?? 0;
          const [from, to] = [Math.min(a, b) * seconds, Math.max(a, b) * seconds];
          const count = starts(...corners).filter((at) => at >= from * 1000 && at < to * 1000).length;
          expect(Math.abs(count - (area(corners, to) - area(corners, from)))).toBeLessThanOrEqual(1 + 1e-6);
        },
      ),
    );
  });
});

describe('openSchedule()', () => {
  test('numbers arrivals on from the closed users, ascending, and the slices add up to the whole', () => {
    fc.assert(
      fc.property(
        anyCorners,
        fc.constantFrom<ArrivalProcess>('even', 'poisson'),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 7 }),
        (corners, process, users, count) => {
          const profile = curve(corners, process, users);
          const whole = arrivals(profile);
          expect(whole.map(({ user }) => user)).toEqual(whole.map((_, i) => users + i));
          const last = profile.seconds * 1000;
          expect(whole.every(({ start }, i) => start >= (whole[i - 1]?.start ?? 0) && start <= last)).toBe(true);
          const slices = Array.from({ length: count }, (_, index) => arrivals(profile, { index, count }));
          slices.forEach((slice, index) => {
            expect(slice.every(({ user }) => user % count === index)).toBe(true);
          });
          expect(slices.flat().sort((a, b) => a.user - b.user)).toEqual(whole);
        },
      ),
    );
  });

  test('is lazy, brings nobody without open load or at a rate of 0, and repeats itself for one seed', () => {
    const profile = curve(
      [
        [0, 1e12],
        [1e6, 1e12],
      ],
      'poisson',
    );
    expect(openSchedule(profile, wholeRun, seededRandom('x')).next().done).toBe(false);
    expect(arrivals({ ...profile, arrivals: null })).toEqual([]);
    expect(starts([0, 0], [60, 0])).toEqual([]);
    const minute = curve(
      [
        [0, 3],
        [60, 3],
      ],
      'poisson',
    );
    expect(arrivals(minute)).toEqual(arrivals(minute));
    expect(arrivals(minute)).not.toEqual(arrivals(minute, wholeRun, 'y'));
  });

  test('counts the users before it as closedSchedule() starts them', () => {
    fc.assert(
      fc.property(anyCorners, (corners) => {
        const points = corners.map(([second, users]) => ({ at: millis(second * 1000), users }));
        const profile = { ...curve(corners), points };
        expect(closedUsers(profile)).toBe([...closedSchedule(profile, wholeRun)].length);
      }),
    );
  });
});

describe('openSchedule() of Poisson arrivals', () => {
  const corners: readonly Corner[] = [
    [0, 0],
    [10, 8],
    [30, 8],
    [30, 2],
    [50, 2],
  ];
  const runs = Array.from({ length: 400 }, (_, i) => arrivals(curve(corners, 'poisson'), wholeRun, `seed ${i}`));

  test.each([
    [0, 5],
    [5, 10],
    [10, 30],
    [29, 31],
    [30, 50],
  ])('counts between %d and %d s have the mean of the integral and a variance like it', (from, to) => {
    const counts = runs.map((run) => run.filter(({ start }) => start >= from * 1000 && start < to * 1000).length);
    const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
    const variance = counts.reduce((a, b) => a + (b - mean) ** 2, 0) / (counts.length - 1);
    const expected = area(corners, to) - area(corners, from);
    // Four standard errors of the mean; the dispersion index of 400 Poisson counts has a standard error of √(2/399) = 0.07.
    expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(expected / runs.length));
    expect(Math.abs(variance / mean - 1)).toBeLessThan(0.28);
  });

  test('distances at a standing rate are exponential (Kolmogorov and Smirnov)', () => {
    const minute = arrivals(
      curve(
        [
          [0, 20],
          [200, 20],
        ],
        'poisson',
      ),
    );
    const gaps = minute.map(({ start }, i) => (start - (minute[i - 1]?.start ?? 0)) / 1000).sort((a, b) => a - b);
    const n = gaps.length;
    const distance = Math.max(...gaps.map((gap, i) => Math.abs(1 - Math.exp(-20 * gap) - (i + 0.5) / n) + 0.5 / n));
    expect(n).toBeGreaterThan(3600);
    // The 0.1 % point.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(n));
  });
});

test('rateAt() and rateBefore() read the curve, with the later and the earlier value at a jump', () => {
  const profile = curve([
    [0, 0],
    [10, 8],
    [30, 8],
    [30, 2],
    [50, 2],
  ]);
  expect([5, 10, 30, 50].map((second) => rateAt(profile, millis(second * 1000)))).toEqual([4, 8, 2, 2]);
  expect([5, 10, 30, 50].map((second) => rateBefore(profile, millis(second * 1000)))).toEqual([4, 8, 8, 2]);
  expect(rateAt({ ...profile, arrivals: null }, millis(0))).toBe(0);
});

test('expectedArrivals() is the integral of the rate', () => {
  expect(
    expectedArrivals(
      curve([
        [0, 0],
        [120, 50],
        [600, 50],
      ]),
    ),
  ).toBe(27_000);
});
