import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { millis, perSecond } from '../core/units.ts';
import { conversationSurvival, expectedShares } from '../protocol/expected-requests.ts';
import type { FlowPlan } from '../protocol/flow.ts';
import type { RecordHeader } from '../record/record.ts';
import { mcpSessionRows, plantHeader } from '../testing/record-builder.ts';
import type { ThresholdOutlook } from '../verdict/outlook.ts';
import { buildProfile } from '../workload/build-profile.ts';
import { steadyCeiling } from '../workload/offered-load.ts';
import { parseScenario } from '../workload/parse-scenario.ts';
import type { LoadOverrides } from '../workload/scale-scenario.ts';
import { renderPlan } from './plan-report.ts';

/** Conversations of 3 to 8 answers, as in the corpus that ships. */
const corpus = [3, 4, 5, 6, 7, 8].map((length) => ({ context: 'x', answers: new Array<string>(length).fill('y') }));
const flow: FlowPlan = { mix: { health: 1, initial: 3, 'follow-up': 5, automatic: 0 }, history: 'growing', corpus };
const survival = conversationSurvival(flow);
const guideThink = { min: millis(3000), max: millis(7000) };

const preset = (name: string) =>
  parseScenario(
    readFileSync(new URL(`../../scenarios/${name}.yaml`, import.meta.url), 'utf8'),
    `scenarios/${name}.yaml`,
  );

const headerOf = (name: string, overrides: LoadOverrides = {}, think = guideThink): RecordHeader => {
  const profile = buildProfile(preset(name), overrides);
  const shares = expectedShares(flow, profile, think);
  const { load } = plantHeader();
  return plantHeader({
    scenario: name,
    target: { address: 'http://localhost:8000', builtIn: null },
    profile,
    load: {
      ...load,
      thinkMin: think.min,
      thinkMax: think.max,
      expectedShare: [shares.health, shares.initial, shares['follow-up']],
      steadyCeiling: steadyCeiling(profile, think, survival),
    },
  });
};

const outlook: readonly ThresholdOutlook[] = [
  { text: 'p95<500ms', source: 'default', decidable: true, reason: '' },
  {
    text: 'rps>100',
    source: 'default',
    decidable: false,
    reason: 'this load offers at most 20 requests/s; more than 500 users would be needed',
  },
  { text: 'error_rate<1%', source: 'option', decidable: true, reason: '' },
  { text: 'cpu<70%', source: 'default', decidable: false, reason: 'nothing measures it' },
];

describe('renderPlan()', () => {
  test.each(['ramp', 'sustained', 'spike', 'open', 'mixed'])('lays out the scenario %s', async (name) => {
    await expect(renderPlan(headerOf(name), outlook, survival)).toMatchFileSnapshot(`golden/plan-${name}.txt`);
  });

  test('lays out the short spike of the README', async () => {
    const header = headerOf('spike', { users: 200, runTime: millis(60_000) });
    await expect(renderPlan(header, [], survival)).toMatchFileSnapshot('golden/plan-spike-short.txt');
  });

  test('tells of sessions where there are some, in lines that fit', () => {
    const plan = (header: RecordHeader) => renderPlan({ ...header, sessionRows: mcpSessionRows }, [], survival);
    const closed = plan(headerOf('sustained'));
    expect(closed).toContain(
      '\n\n  Each user sets up a session before the first request: about 100 set-ups, and more when sessions are lost.\n  They are in none of these numbers, and graded by session thresholds only.\n',
    );
    expect(plan(headerOf('sustained', { users: 1 }))).toContain('about 1 set-up, and');
    expect(plan(headerOf('sustained', { rate: perSecond(2), runTime: millis(60_000) }))).toMatch(/about 1\d\d set-ups/);
    for (const line of closed.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    expect(renderPlan(headerOf('sustained'), [], survival)).not.toContain('session');
  });

  test('says that the target is out of reach within the run time', async () => {
    const plan = renderPlan(headerOf('ramp', { runTime: millis(20_000) }), [], survival);
    expect(plan).toContain(
      'The target of 300 users needs 30s to climb, the run time is 20s: only 200 users are reached.',
    );
    expect(plan).toContain('no load threshold can be graded');
    expect(plan).not.toContain('makes it gradual');
    await expect(plan).toMatchFileSnapshot('golden/plan-unreached.txt');
  });

  test('says that a phase is too short for its climb', () => {
    const plan = renderPlan(headerOf('spike', { runTime: millis(10_000) }), [], survival);
    expect(plan).toContain('needs 5s to climb, the phase leaves 4s: only 450 users are reached.');
  });

  test('says that the target is not held for a whole second', () => {
    const plan = renderPlan(headerOf('ramp', { users: 10, runTime: millis(1000) }), [], survival);
    expect(plan).toContain('The target of 10 users is not held for a whole second.');
  });

  test('advises a gradual climb for a ramp that is a jump, and for no other scenario', () => {
    expect(renderPlan(headerOf('ramp'), [], survival)).toContain(
      'The climb takes 30s of 10m: --climb 8m makes it gradual',
    );
    expect(renderPlan(headerOf('ramp', { climb: millis(480_000) }), [], survival)).not.toContain('gradual');
    expect(renderPlan(headerOf('sustained'), [], survival)).not.toContain('gradual');
  });

  test('names no number of requests when there is no think time', () => {
    const plan = renderPlan(headerOf('sustained', {}, { min: millis(0), max: millis(0) }), [], survival);
    expect(plan).toContain('100 users offer 500 requests/s at 200ms.');
    expect(plan).toContain('Expected shares of the requests:');
    expect(plan).not.toMatch(/Infinity|NaN|∞/);
  });

  test('shows what comes of a rate: requests per second, and the users that it takes by the law of Little', () => {
    const one = { ...headerOf('sustained', { rate: perSecond(1) }, { min: millis(10_000), max: millis(10_000) }) };
    const plan = renderPlan(one, [], [1, 1, 0.5]);
    expect(plan).toContain('up to 1 conversation/s');
    expect(plan).toContain('A conversation has 2.5 requests on average, so that is up to 2.5 requests/s.');
    // 1.5 pauses of 10 s, and 2.5 replies of 0.2 s.
    expect(plan).toContain('takes 15 users at a time when replies take no time, 16 users at 200ms;');
    expect(plan).not.toContain('Users over time');
    expect(plan).not.toContain('Worth a look');
  });

  test('warns when the users that a rate takes come near the bound', () => {
    const header = headerOf('sustained', { rate: perSecond(20), maxUsers: 200 });
    expect(renderPlan(header, [], survival)).toMatch(
      /The arrivals take about 19\d users at a time with replies of 200ms, and --max-users is 200:\n.*Give --max-users 390\./,
    );
    expect(renderPlan(headerOf('sustained', { rate: perSecond(20) }), [], survival)).not.toContain('Give --max-users');
  });

  test('names every request of open load without think time, since arrivals set the limit', () => {
    const none = { min: millis(0), max: millis(0) };
    const plan = renderPlan(headerOf('sustained', { rate: perSecond(2) }, none), [], survival);
    expect(plan).toMatch(/All rows +\d/);
    expect(plan).not.toMatch(/Infinity|NaN|∞/);
  });

  test('says that a rate is out of reach within the run time, and how many are not held', () => {
    const short = renderPlan(
      headerOf('ramp', { rate: perSecond(5), climb: millis(30_000), runTime: millis(20_000) }),
      [],
      survival,
    );
    expect(short).toContain(
      'The target of 5 conversations/s needs 30s to climb, the run time is 20s: only 3.33 conversations/s are reached.',
    );
    expect(short).toContain('Give a longer --run-time or a shorter --climb.');
    expect(renderPlan(headerOf('ramp', { rate: perSecond(5) }), [], survival)).toContain('at which rate the server');
  });

  test('counts rows so that they add up to the line of all rows', () => {
    for (const users of [1, 2, 3, 7, 33]) {
      const plan = renderPlan(headerOf('spike', { users, runTime: millis(30_000) }), [], survival);
      const count = (name: string): number => Number(new RegExp(`${name} +(\\d+) `).exec(plan)?.[1]);
      expect(
        count('Health Check') + count('Initial Question Generation') + count('Follow-up Question Generation'),
      ).toBe(count('All rows'));
    }
  });

  test('never breaks the frame: every line fits 110 columns', () => {
    for (const users of [1, 5, 100_000]) {
      const plan = renderPlan(headerOf('spike', { users, runTime: millis(7000) }), [], survival);
      for (const line of plan.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    }
  });
});
