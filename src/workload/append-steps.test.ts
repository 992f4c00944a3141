import { describe, expect, test } from 'vitest';
import { SqloadError } from '../core/errors.ts';
import { millis } from '../core/units.ts';
import { profileOf } from '../testing/virtual-run.ts';
import { appendSteps } from './append-steps.ts';
import { closedSchedule } from './closed-schedule.ts';
import { ownPart, usersAt } from './load-profile.ts';
import { wholeRun } from './slice.ts';

const plan = { levels: [12, 14], climb: 5, settle: 8, judged: (users: number) => users };

describe('appendSteps()', () => {
  const profile = profileOf('{ users: 10, spawn_rate: 5/s, run_time: 20s }');
  const climbing = appendSteps(profile, plan);

  test('puts a phase for each step behind the scenario, whose own part stays as it is', () => {
    expect(climbing.phases.slice(0, 2)).toEqual(profile.phases);
    expect(climbing.steady).toEqual(profile.steady);
    expect(climbing.phases.slice(2)).toEqual([
      { name: 'step 1', start: 20, end: 45, steady: false },
      { name: 'step 2', start: 45, end: 72, steady: false },
    ]);
    expect(climbing.steps).toEqual([
      { phase: 2, users: 12, judgedFrom: 33 },
      { phase: 3, users: 14, judgedFrom: 58 },
    ]);
    expect(climbing).toMatchObject({ peak: 14, seconds: 72 });
    expect(ownPart(climbing)).toEqual({ seconds: 20, peak: 10 });
    expect(ownPart(profile)).toEqual({ seconds: 20, peak: 10 });
  });

  test('climbs within the time for it and stands then', () => {
    const users = [19, 20, 22.5, 25, 44, 50, 71].map((second) => usersAt(climbing, millis(second * 1000)));
    expect(users).toEqual([10, 10, 11, 12, 12, 14, 14]);
    const lives = [...closedSchedule(climbing, wholeRun)];
    expect(lives).toHaveLength(14);
    expect(lives.every(({ stop }) => stop === 72_000)).toBe(true);
  });

  test('refuses load that arrives at a rate', () => {
    expect(() => appendSteps(profileOf('{ rate: 5/s, run_time: 20s }'), plan)).toThrow(SqloadError);
  });
});
