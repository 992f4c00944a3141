import { describe, expect, test } from 'vitest';
import { SqloadError } from '../core/errors.ts';
import { buildProfile } from './build-profile.ts';
import type { LoadProfile } from './load-profile.ts';
import { parseScenario } from './parse-scenario.ts';
import type { PhaseShape } from './scenario.ts';

/** The lines of the error, without the heading. */
function problemsOf(text: string): string[] {
  try {
    parseScenario(text, 'x.yaml');
  } catch (error) {
    if (!(error instanceof SqloadError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  throw new Error('the scenario was accepted');
}

const phasesOf = (...phases: string[]): string => `phases:\n${phases.map((phase) => `  - { ${phase} }\n`).join('')}`;
const shape = (...phases: string[]): readonly PhaseShape[] =>
  parseScenario(`rate: 50/s\n${phasesOf(...phases)}`, 'x.yaml').phases;
const rates = ({ arrivals }: LoadProfile): string =>
  (arrivals?.points ?? []).map(({ at, rate }) => `${at / 1000}s:${rate}`).join(' ');

describe('a scenario of open load', () => {
  test('needs a rate and a run time, and is there at once', () => {
    const scenario = parseScenario('rate: 50/s\nrun_time: 10m\n', 'x.yaml');
    expect(scenario).toMatchObject({
      users: 0,
      rate: 50,
      spawnRate: null,
      climb: null,
      arrivals: null,
      maxUsers: null,
    });
    expect(buildProfile(scenario)).toEqual({
      phases: [{ name: 'hold', start: 0, end: 600, steady: true }],
      points: [
        { at: 0, users: 0 },
        { at: 600_000, users: 0 },
      ],
      peak: 0,
      arrivals: {
        points: [
          { at: 0, rate: 0 },
          { at: 0, rate: 50 },
          { at: 600_000, rate: 50 },
        ],
        process: 'even',
        peak: 50,
        limit: 1000,
      },
      seconds: 600,
      steady: { start: 0, end: 600 },
    });
  });

  test('climbs to its rate in the time that climb says', () => {
    const profile = buildProfile(
      parseScenario('rate: 5\nclimb: 1m\nrun_time: 10m\narrivals: poisson\nmax_users: 7\n', 'x.yaml'),
    );
    expect(rates(profile)).toBe('0s:0 60s:5 600s:5');
    expect(profile.arrivals).toMatchObject({ process: 'poisson', limit: 7 });
    expect(profile.steady).toEqual({ start: 60, end: 600 });
  });

  test('reads a phase as a share, a rate, a way, or a baseline', () => {
    expect(
      parseScenario(
        `rate: 50/s\nbaseline: 10%\n${phasesOf(
          'name: a, rate: 50%, for: 10s',
          'name: b, rate: 20/s, for: 10s',
          'name: c, rate: 20/s → 50/s over 5s, for: 10s',
          'name: d, rate: 50/s -> 0 over 1m30s',
          'name: e, rate: 0 → 100%, for: 10s',
          'name: f, rate: 25% over 2s, for: 10s',
          'name: g, rate: baseline, for: 10s',
        )}`,
        'x.yaml',
      ).phases.map(({ load, level, length, over }) => [
        load,
        level.kind === 'share' ? level.share : level.kind,
        length.kind === 'span' ? length.span : length,
        over,
      ]),
    ).toEqual([
      ['open', 0.5, 10_000, null],
      ['open', 0.4, 10_000, null],
      ['open', 1, 10_000, 5000],
      ['open', 0, 90_000, 'phase'],
      ['open', 1, 10_000, 'phase'],
      ['open', 0.25, 10_000, 2000],
      ['open', 'baseline', 10_000, null],
    ]);
  });

  test('takes the highest rate or number of users that its phases name, where the file names none', () => {
    const text = `spawn_rate: 10/s\n${phasesOf(
      'name: a, rate: 0 → 20/s over 10s',
      'name: b, rate: 5/s, for: 10s',
      'name: c, users: 30, for: 10s',
      'name: d, users: 50%, for: 10s',
    )}`;
    expect(parseScenario(text, 'x.yaml')).toMatchObject({ users: 30, rate: 20 });
  });

  test('fills a phase whose length is a share with a way that has no time of its own, whatever it is rounded to', () => {
    const scenario = parseScenario(
      `rate: 9/s\nrun_time: 100s\n${phasesOf('name: a, rate: 0 → 9/s, for: 33.4%', 'name: b, rate: 9/s, for: 66.6%')}`,
      'x.yaml',
    );
    expect(rates(buildProfile(scenario))).toBe('0s:0 33s:9 100s:9');
  });

  test.each([
    [
      'rate: 0/s',
      'x.yaml:1:7 rate: must be a number of conversations per second like 50/s, above 0 and at most 100000/s, got "0/s"',
    ],
    ['rate: fast', /^x\.yaml:1:7 rate: must be a number of conversations per second/],
    [
      'rate: 5\nspawn_rate: 5',
      'x.yaml:2:1 spawn_rate: is about users that stay; a rate climbs with climb: 1m, or with over: 1m in a phase',
    ],
    ['rate: 5\narrivals: random', 'x.yaml:2:11 arrivals: must be even or poisson, got "random"'],
    ['rate: 5\nmax_users: 0', 'x.yaml:2:12 max_users: must be a whole number from 1 to 100000, got 0'],
    [
      'users: 5\nrate: 5\nspawn_rate: 1',
      'x.yaml:2:1 rate: stands beside users, so there must be phases that say when each of them holds',
    ],
    [
      'users: 5\nspawn_rate: 1\narrivals: even',
      'x.yaml:3:1 arrivals: is about open load, which there is with rate: 50/s',
    ],
    [
      'users: 5\nspawn_rate: 1\nmax_users: 5',
      'x.yaml:3:1 max_users: is about open load, which there is with rate: 50/s, or about until_broken: true',
    ],
  ])('refuses %j', (text, expected) => {
    const [problem, ...more] = problemsOf(`${text}\nrun_time: 60s\n`);
    expect(more).toEqual([]);
    if (typeof expected === 'string') expect(problem).toBe(expected);
    else expect(problem).toMatch(expected);
  });

  const hold = 'name: z, rate: 100%, for: 10s';
  test.each([
    [
      ['name: a, rate: 0 → fast, for: 10s', hold],
      /^x\.yaml:3:22 phases\[0\]\.rate: must be a rate like 20\/s, .* got "0 → fast"$/,
    ],
    [
      ['name: a, rate: 60/s, for: 10s', hold],
      'x.yaml:3:22 phases[0].rate: must be at most the rate of the scenario, 50/s, got 60/s',
    ],
    [
      ['name: a, rate: 5/s → 50/s over 9s', hold],
      'x.yaml:3:22 phases[0].rate: must begin at 0/s, where the run begins, got 5/s → 50/s over 9s',
    ],
    [
      [hold, 'name: a, rate: 0 -> 50/s over 9s'],
      'x.yaml:4:22 phases[1].rate: must begin at 50/s, where the phase before ends, got 0 -> 50/s over 9s',
    ],
    [[hold, 'name: a, rate: 50/s → 5/s over 20s, for: 10s'], null],
    [['name: a, rate: 0 → 5/s over soon', hold], /^x\.yaml:3:22 phases\[0\]\.rate: must be a duration like/],
    [
      ['name: a, rate: 0 → 5/s, for: 10s, over: 2s', hold],
      'x.yaml:3:41 phases[0].over: is said by the rate already: keep one',
    ],
    [['name: a, rate: 0 → 5/s', hold], 'x.yaml:3:5 phases[0]: needs the key for'],
    [
      ['name: a, rate: baseline, for: 10s', hold],
      'x.yaml:3:22 phases[0].rate: needs the key baseline, like baseline: 10%',
    ],
    [
      ['name: a, rate: 10%, for: 10s'],
      'x.yaml:2:1 phases: must have a phase that stands at the whole rate, like rate: 100%, got none',
    ],
  ] as const)('refuses the phases %j', (phases, expected) => {
    const problems = problemsOf(`rate: 50/s\n${phasesOf(...phases)}`);
    expect(problems).toHaveLength(1);
    if (typeof expected === 'string') expect(problems[0]).toBe(expected);
    else
      expect(problems[0]).toMatch(expected ?? 'phases[1].over: must be at most the length of the phase, 10s, got 20s');
  });

  test('refuses users and a rate in one phase, and a target that no phase uses', () => {
    const both = phasesOf('name: a, users: 5, rate: 5/s, for: 10s');
    expect(problemsOf(`users: 5\nspawn_rate: 1\n${both}`)).toEqual([
      'x.yaml:4:26 phases[0].rate: excludes users: a phase has one of the two',
    ]);
    expect(problemsOf(`users: 5\nrate: 5\nspawn_rate: 1\n${phasesOf('name: a, users: 100%, for: 10s')}`)).toEqual([
      'x.yaml:2:1 rate: is used by no phase; a phase uses it with rate: 100%',
    ]);
    expect(problemsOf(`users: 5\nrate: 5\n${phasesOf(hold)}`)).toEqual([
      'x.yaml:1:1 users: is used by no phase; a phase uses it with users: 100%',
    ]);
    expect(problemsOf(`rate: 50\nbaseline: 5\n${phasesOf('name: a, rate: baseline, for: 1s', hold)}`)).toEqual([
      'x.yaml:2:11 baseline: must be a share like 10%, since the rate of a phase uses it, got 5',
    ]);
    expect(problemsOf(phasesOf('name: a, rate: 100%, for: 10s'))).toEqual([
      'x.yaml:1:1 needs the key rate, like rate: 50/s',
    ]);
  });

  test('lets a way begin at 0 after a phase of users, and nowhere else', () => {
    const text = (from: string): string =>
      `users: 5\nrate: 5/s\nspawn_rate: 5\n${phasesOf('name: a, users: 5, for: 10s', `name: b, rate: ${from} → 5/s over 5s`)}`;
    expect(parseScenario(text('0'), 'x.yaml').phases).toHaveLength(2);
    expect(problemsOf(text('5/s'))).toEqual([
      'x.yaml:6:22 phases[1].rate: must begin at 0/s, since nobody arrives in the phase before, got 5/s → 5/s over 5s',
    ]);
    expect(shape('name: a, rate: 50%, for: 5s', 'name: b, rate: 25/s → 50/s over 5s')).toHaveLength(2);
  });
});
