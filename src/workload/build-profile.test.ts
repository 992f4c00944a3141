import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SqloadError } from '../core/errors.ts';
import { millis, perSecond } from '../core/units.ts';
import { buildProfile } from './build-profile.ts';
import { type LoadProfile, rateAt, usersAt, usersBefore } from './load-profile.ts';
import { parseScenario } from './parse-scenario.ts';
import type { LoadOverrides } from './scale-scenario.ts';

const preset = (name: string) =>
  parseScenario(readFileSync(new URL(`../../scenarios/${name}.yaml`, import.meta.url), 'utf8'), `${name}.yaml`);
const profileOf = (name: string, overrides: LoadOverrides = {}) => buildProfile(preset(name), overrides);
const scenario = (yaml: string) => parseScenario(yaml, 'test.yaml');

/** `name start-end`, with a star for a steady phase. */
const outline = ({ phases }: LoadProfile): string =>
  phases.map(({ name, start, end, steady }) => `${name} ${start}-${end}${steady ? '*' : ''}`).join(', ');
const corners = ({ points }: LoadProfile): string => points.map(({ at, users }) => `${at / 1000}s:${users}`).join(' ');

describe('buildProfile()', () => {
  test.each([
    ['ramp', 'climb 0-30, hold 30-600*', '0s:0 30s:300 600s:300'],
    ['sustained', 'climb 0-5, hold 5-1800*', '0s:0 5s:100 1800s:100'],
    [
      'spike',
      'baseline 0-60, surge 60-65, hold 65-180*, recovery 180-300',
      '0s:0 0.5s:50 60s:50 64.5s:500 180s:500 180s:50 300s:50',
    ],
  ])('gives the preset %s the numbers of the guide', (name, phases, points) => {
    expect(outline(profileOf(name))).toBe(phases);
    expect(corners(profileOf(name))).toBe(points);
  });

  test('scales users and run time in proportion, and leaves the spawn rate', () => {
    const short = profileOf('spike', { users: 200, runTime: millis(60_000) });
    expect(outline(short)).toBe('baseline 0-12, surge 12-14, hold 14-36*, recovery 36-60');
    expect(corners(short)).toBe('0s:0 0.2s:20 12s:20 13.8s:200 36s:200 36s:20 60s:20');
    expect(short).toMatchObject({ peak: 200, seconds: 60, steady: { start: 14, end: 36 } });
  });

  test('leaves the phases at a baseline of 0 out and stretches the others', () => {
    for (const baseline of [
      { kind: 'users', users: 0 },
      { kind: 'share', share: 0 },
    ] as const)
      expect(outline(profileOf('spike', { baseline }))).toBe('surge 0-5, hold 5-300*');
  });

  test('takes a baseline as a count or as a share, of at least one user', () => {
    expect(corners(profileOf('spike', { baseline: { kind: 'users', users: 100 } }))).toContain('60s:100');
    expect(corners(profileOf('spike', { users: 4 }))).toContain('60s:1 ');
  });

  test('takes another spawn rate, or the time that a climb to the target takes', () => {
    expect(outline(profileOf('ramp', { spawnRate: perSecond(1) }))).toBe('climb 0-300, hold 300-600*');
    expect(outline(profileOf('ramp', { climb: millis(480_000) }))).toBe('climb 0-480, hold 480-600*');
    const slow = scenario('{ users: 10, climb: 20s, run_time: 60s }');
    expect(outline(buildProfile(slow, { runTime: millis(120_000) }))).toBe('climb 0-40, hold 40-120*');
    expect(outline(buildProfile(slow, { spawnRate: perSecond(1) }))).toBe('climb 0-10, hold 10-60*');
  });

  test('says what is reached when the target is out of reach', () => {
    const profile = profileOf('ramp', { runTime: millis(20_000) });
    expect(profile).toMatchObject({ peak: 300, steady: null });
    expect(outline(profile)).toBe('climb 0-20');
    expect(corners(profile)).toBe('0s:0 20s:200');
  });

  test('has no steady window when the target is reached within the last second', () => {
    const profile = scenario('{ users: 19, spawn_rate: 10/s, run_time: 2s }');
    expect(buildProfile(profile)).toMatchObject({ steady: null, phases: [{ name: 'climb', start: 0, end: 2 }] });
  });

  test('leaves the shortest phases out of a run with fewer seconds than phases, and never the target', () => {
    expect(outline(profileOf('spike', { users: 10, runTime: millis(3000) }))).toBe(
      'baseline 0-1, hold 1-2, recovery 2-3',
    );
    expect(outline(profileOf('spike', { users: 10, runTime: millis(1000) }))).toBe('hold 0-1');
  });

  test('cuts an unnamed climb off, so that the steady window consists of whole phases', () => {
    const steps = scenario(`
users: 100
spawn_rate: 10/s
run_time: 100s
phases:
  - { name: half, users: 50%, for: 30% }
  - { name: full, users: 100%, for: 30% }
  - { name: more, users: 100%, for: 10% }
  - { name: fade, users: 20%, for: 20%, over: 10s }
  - { name: again, users: 100%, for: 5%, over: 0s }
  - { name: last, users: 100%, for: 5% }
`);
    const profile = buildProfile(steps);
    expect(outline(profile)).toBe(
      'half 0-30, full climb 30-35, full 35-60*, more 60-70*, fade 70-90, again 90-95, last 95-100',
    );
    expect(profile.steady).toEqual({ start: 35, end: 70 });
    expect(corners(profile)).toBe('0s:0 5s:50 30s:50 35s:100 60s:100 70s:100 80s:20 90s:20 90s:100 95s:100 100s:100');
  });

  test('starts the steady window with a phase that jumps to the target', () => {
    const jump = scenario('{ users: 5, spawn_rate: 1, phases: [{ name: all, users: 100%, for: 10s, over: 0s }] }');
    expect(outline(buildProfile(jump))).toBe('all 0-10*');
  });

  test.each([
    [{ runTime: millis(1500) }, 'The run time must be a whole number of seconds'],
    [{ runTime: millis(0) }, 'at least 1s'],
    [{ spawnRate: perSecond(1), climb: millis(1000) }, 'exclude each other'],
    [{ baseline: { kind: 'users', users: 5 } }, 'has no phase at a baseline'],
  ] as const)('refuses %j', (overrides, message) => {
    expect(() => profileOf('ramp', overrides)).toThrow(message);
  });

  test('refuses a baseline above the target', () => {
    expect(() => profileOf('spike', { users: 10, baseline: { kind: 'users', users: 11 } })).toThrow(
      'A baseline of 11 users is above the target of 10.',
    );
  });

  test('cuts the run into whole seconds without gaps, and the steady window is where the users stand at the target', () => {
    const overrides = fc.record({
      users: fc.integer({ min: 1, max: 2000 }),
      runTime: fc.integer({ min: 1, max: 900 }).map((s) => millis(s * 1000)),
      spawnRate: fc.double({ min: 0.1, max: 500, noNaN: true }).map(perSecond),
    });
    fc.assert(
      fc.property(fc.constantFrom('ramp', 'sustained', 'spike'), overrides, (name, given) => {
        const profile = profileOf(name, given);
        let edge = 0;
        for (const { start, end } of profile.phases) {
          expect(start).toBe(edge);
          expect(end).toBeGreaterThan(start);
          edge = end;
        }
        expect(edge).toBe(profile.seconds);
        const { steady } = profile;
        for (const phase of profile.phases)
          expect(phase.steady).toBe(steady !== null && phase.start >= steady.start && phase.end <= steady.end);
        if (!steady) return;
        for (const second of [steady.start, steady.end - 0.001])
          expect(usersAt(profile, millis(second * 1000))).toBe(profile.peak);
        if (steady.start > 0) expect(usersBefore(profile, millis((steady.start - 1) * 1000))).not.toBe(profile.peak);
        if (steady.end < profile.seconds && given.users > 1)
          expect(usersAt(profile, millis(steady.end * 1000))).toBeLessThan(profile.peak);
      }),
    );
  });
});

describe('buildProfile() of open load', () => {
  const rates = ({ arrivals }: LoadProfile): string =>
    (arrivals?.points ?? []).map(({ at, rate }) => `${at / 1000}s:${rate}`).join(' ');

  test('follows the stages of the example', () => {
    const profile = profileOf('open');
    expect(outline(profile)).toBe('climb 0-120, hold 120-420*, evening 420-540');
    expect(rates(profile)).toBe('0s:0 120s:20 420s:20 480s:5 540s:5');
    expect(corners(profile)).toBe('0s:0 120s:0 420s:0 540s:0');
    expect(profile).toMatchObject({ peak: 0, arrivals: { peak: 20, process: 'poisson', limit: 2000 } });
  });

  test('has no users in a phase of arrivals and no arrivals in a phase of users; the first to stand is steady', () => {
    const profile = profileOf('mixed');
    expect(outline(profile)).toBe('office climb 0-5, office 5-180*, opening 180-210, rush 210-390, quiet 390-480');
    expect(corners(profile)).toBe('0s:0 5s:50 180s:50 180s:0 210s:0 390s:0 480s:0');
    expect(rates(profile)).toBe('0s:0 180s:0 210s:8 390s:8 390s:2 480s:2');
  });

  test('turns a closed scenario into open load of the same shape: its climb takes the time that the users took', () => {
    const spike = profileOf('spike', { rate: perSecond(20) });
    expect(outline(spike)).toBe(outline(profileOf('spike')));
    expect(rates(spike)).toBe('0s:0 0.5s:2 60s:2 64.5s:20 180s:20 180s:2 300s:2');
    expect(spike).toMatchObject({ peak: 0, arrivals: { peak: 20, process: 'even', limit: 1000 } });
    expect(rates(profileOf('ramp', { rate: perSecond(5), runTime: millis(60_000) }))).toBe('0s:0 30s:5 60s:5');
    expect(rates(profileOf('ramp', { rate: perSecond(5), climb: millis(480_000) }))).toBe('0s:0 480s:5 600s:5');
    const counts = scenario(
      '{ users: 20, spawn_rate: 20, baseline: 5, phases: [{ name: a, users: baseline, for: 9s }, { name: b, users: 20, for: 9s }] }',
    );
    expect(rates(buildProfile(counts, { rate: perSecond(2) }))).toBe('0s:0 0.25s:0.5 9s:0.5 9.75s:2 18s:2');
  });

  test('scales the rate and the durations of an open scenario, and takes arrivals and the bound as they are said', () => {
    const profile = profileOf('open', {
      rate: perSecond(4),
      runTime: millis(54_000),
      arrivals: 'even',
      maxUsers: 9,
    });
    expect(rates(profile)).toBe('0s:0 12s:4 42s:4 48s:1 54s:1');
    expect(profile.arrivals).toMatchObject({ process: 'even', limit: 9 });
  });

  test('takes users and a rate for a mixed scenario', () => {
    const both = profileOf('mixed', { users: 10, rate: perSecond(2) });
    expect([both.peak, both.arrivals?.peak]).toEqual([10, 2]);
  });

  test.each([
    ['spike', { rate: perSecond(5), users: 3 }, 'A rate and a number of users exclude each other'],
    ['spike', { rate: perSecond(5), spawnRate: perSecond(3) }, 'A rate and a spawn rate exclude each other'],
    ['spike', { rate: perSecond(5), baseline: { kind: 'users', users: 5 } }, 'A baseline of 5 users is no rate'],
    ['open', { rate: perSecond(5), users: 3 }, 'A rate and a number of users exclude each other'],
    ['open', { users: 3 }, 'The users of scenario "open" arrive at a rate, so there is no place for a number of users'],
    ['open', { spawnRate: perSecond(3) }, 'there is no place for a spawn rate'],
    ['ramp', { arrivals: 'poisson' }, 'no arrivals, so --arrivals says nothing about it'],
    ['ramp', { maxUsers: 5 }, 'no arrivals, so --max-users says nothing about it'],
  ] as const)('refuses for %s %j', (name, overrides, message) => {
    expect(() => profileOf(name, overrides)).toThrow(message);
    expect(() => profileOf(name, overrides)).toThrow(SqloadError);
  });

  test('keeps the shape of any preset: each level is the same share of the rate as it was of the users', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ramp', 'sustained', 'spike'),
        fc.double({ min: 0.01, max: 1000, noNaN: true }).map(perSecond),
        fc.integer({ min: 10, max: 900 }).map((s) => millis(s * 1000)),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (name, rate, runTime, part) => {
          const [closed, open] = [profileOf(name, { runTime }), profileOf(name, { rate, runTime })];
          expect(outline(open)).toBe(outline(closed));
          const at = millis(Math.floor(part * runTime) + 0.5);
          expect(rateAt(open, at) / rate).toBeCloseTo(usersAt(closed, at) / closed.peak, 6);
          expect(open.steady).toEqual(closed.steady);
        },
      ),
    );
  });
});

test('usersBefore() gives the earlier value at a jump', () => {
  const spike = profileOf('spike');
  expect(usersBefore(spike, millis(180_000))).toBe(500);
  expect(usersAt(spike, millis(180_000))).toBe(50);
  expect(usersBefore(spike, millis(62_000))).toBeCloseTo(250, 6);
});
