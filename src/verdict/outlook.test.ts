import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import type { RecordHeader } from '../record/record.ts';
import { mcpSessionRows, plantHeader } from '../testing/record-builder.ts';
import { buildProfile } from '../workload/build-profile.ts';
import { steadyCeiling } from '../workload/offered-load.ts';
import { parseScenario } from '../workload/parse-scenario.ts';
import { outlook } from './outlook.ts';
import { defaultThresholds } from './threshold.ts';

const think = { min: millis(3000), max: millis(7000) };

/** A run of `users` at 20/s for `seconds`, with the think time of the guide. */
function headerOf(users: number, seconds: number, thresholds: readonly string[]): RecordHeader {
  const scenario = parseScenario(
    `name: steady\nusers: ${users}\nspawn_rate: 20/s\nrun_time: ${seconds}s\n`,
    'steady.yaml',
  );
  const profile = buildProfile(scenario, {});
  const load = { ...plantHeader().load, steadyCeiling: steadyCeiling(profile, think, []) };
  return plantHeader({ profile, load, thresholds: thresholds.map((text) => ({ text, source: 'option' })) });
}

const reasons = (header: RecordHeader): string[] => outlook(header).map(({ reason }) => reason);

describe('outlook()', () => {
  test('leaves nothing but rps, cpu and memory of the defaults open for the sustained load of the guide', () => {
    expect(outlook(headerOf(100, 1800, defaultThresholds)).map(({ text, decidable }) => [text, decidable])).toEqual([
      ['p95<500ms', true],
      ['rps>100', false],
      ['error_rate<1%', true],
      ['cpu<70%', false],
      ['memory<70%', false],
    ]);
  });

  test('names the ceiling of a closed load and the users that another rate needs', () => {
    const out =
      'the most that this load can offer is 20 requests/s: more than 500 users would be needed, even if replies took no time';
    expect(reasons(headerOf(100, 1800, ['rps>100', 'rps>10', 'rps<100']))).toEqual([out, '', '']);
  });

  test('counts only the share of a row into its ceiling', () => {
    expect(reasons(headerOf(100, 1800, ['health.rps>=10', 'follow-up.rps>=10']))).toEqual([
      'the most that this load can offer is 2.22 health requests/s: more than 450 users would be needed, even if replies took no time',
      '',
    ]);
  });

  test('names the requests that a threshold needs, and a run time that has them', () => {
    const [p95 = '', errors = ''] = reasons(headerOf(10, 20, ['p95<500ms', 'error_rate<1%']));
    expect(p95).toMatch(
      /^needs 59 requests in the steady window, at most about \d+ are expected: run for 40s or use more users$/,
    );
    expect(errors).toMatch(/^needs 299 requests .* run for 3m20s or use more users$/);
    expect(reasons(headerOf(10, 40, ['p95<500ms']))).toEqual(['']);
    expect(reasons(headerOf(10, 200, ['error_rate<1%']))).toEqual(['']);
  });

  test('weighs a count against what the load can offer', () => {
    const [short = '', ...others] = reasons(
      headerOf(10, 20, ['health.count>=50', 'health.count<50', 'count>10', 'initial.count>=5']),
    );
    expect(short).toMatch(/^asks for 50 health requests in the steady window, at most about 3 are expected: run for/);
    expect(others).toEqual(['', '', '']);
  });

  test('decides as soon as the expected requests are as many as are needed', () => {
    const planted = (steadyCeiling: number) =>
      plantHeader({
        load: { ...plantHeader().load, steadyCeiling },
        thresholds: [{ text: 'p95<500ms', source: 'default' }],
      });
    expect(reasons(planted(59))).toEqual(['']);
    expect(reasons(planted(58.9))).not.toEqual(['']);
    expect(reasons(planted(0.4))[0]).toContain('less than one is expected');
    expect(reasons(planted(1.4))[0]).toContain('at most about 1 is expected');
    expect(reasons(planted(0))[0]).toMatch(/: use more users$/);
    expect(reasons(planted(Number.POSITIVE_INFINITY))).toEqual(['']);
  });

  test('says that without a steady window nothing can be graded', () => {
    const header = headerOf(300, 10, ['p95<500ms', 'rps>1', 'count>=1', 'max<1s']);
    expect(header.profile.steady).toBeNull();
    for (const reason of reasons(header)) expect(reason).toContain('there is no steady window to grade over');
  });

  test('says that a row of no weight is never measured', () => {
    const header = plantHeader({
      load: { ...plantHeader().load, expectedShare: [0, 1, 0], steadyCeiling: Number.POSITIVE_INFINITY },
      thresholds: [{ text: 'health.p95<1s', source: 'scenario' }],
    });
    expect(reasons(header)).toEqual(['the mix has no health']);
  });
});

describe('outlook() of open load', () => {
  const openHeader = (thresholds: readonly string[], yaml = 'rate: 10/s\nrun_time: 60s\n'): RecordHeader => {
    const profile = buildProfile(parseScenario(yaml, 'x.yaml'));
    const load = { ...plantHeader().load, steadyCeiling: steadyCeiling(profile, think, [1, 1]) };
    return plantHeader({ profile, load, thresholds: thresholds.map((text) => ({ text, source: 'option' })) });
  };

  test('asks for a higher rate, and never for users', () => {
    // 10/s over 60 s: each first request, and each second one 5 s later on average.
    const [rps, p99, count, low] = reasons(openHeader(['rps>100', 'p99.9<1s', 'count>=5000', 'rps>15']));
    expect(rps).toBe(
      'the most that this load can offer is 19.2 requests/s: more than 52.2 conversations/s would be needed (--rate), even if replies took no time',
    );
    expect(p99).toMatch(/^needs 2 995 requests in the steady window, .* run for 3m10s or give a higher --rate$/);
    expect(count).toMatch(/or give a higher --rate$/);
    expect(low).toBe('');
  });

  test('has another remedy for a rate that is never held', () => {
    const [reason] = reasons(openHeader(['p95<1s'], 'rate: 10/s\nclimb: 2m\nrun_time: 60s\n'));
    expect(reason).toContain('use a longer run time or a shorter climb');
  });

  test('of a mixed scenario speaks of the load of the steady window', () => {
    const phases = ['name: a, users: 5, for: 30s', 'name: b, rate: 10/s, for: 30s'];
    const yaml = (list: readonly string[]): string =>
      `spawn_rate: 5\nphases:\n${list.map((phase) => `  - { ${phase} }\n`).join('')}`;
    expect(reasons(openHeader(['rps>100'], yaml(phases)))[0]).toContain('users would be needed');
    expect(reasons(openHeader(['rps>100'], yaml([...phases].reverse())))[0]).toContain(
      'conversations/s would be needed',
    );
  });

  test('counts a set-up for each user of closed load, and for each conversation of open load', () => {
    const own = ['session.error_rate<1%', 'session.p95<1s', 'session.count>150', 'session.count<10'];
    const withSessions = (header: RecordHeader) => reasons({ ...header, sessionRows: mcpSessionRows });
    expect(withSessions(headerOf(100, 1800, own))).toEqual([
      'needs 299 session set-ups, about 100 are expected: use more users',
      '',
      'asks for more than 150 session set-ups, about 100 are expected: use more users',
      '',
    ]);
    expect(withSessions(headerOf(300, 1800, own))).toEqual(['', '', '', '']);
    const open = buildProfile(parseScenario('name: o\nrate: 2/s\nrun_time: 20s\n', 'o.yaml'), {});
    expect(withSessions({ ...headerOf(1, 20, own), profile: open })[1]).toBe(
      'needs 59 session set-ups, about 40 are expected: give a higher --rate or a longer run time',
    );
    expect(reasons(headerOf(300, 1800, own))[0]).toBe('there are no sessions to set up: leave the threshold out');
  });
});
