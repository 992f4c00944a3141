import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { foldRecord } from '../record/fold.ts';
import {
  mcpSessionRows,
  type Planted,
  type PlantedRun,
  plantHeader,
  plantRecord,
  plantSetUp,
  steadyRequests,
  tenSeconds,
} from '../testing/record-builder.ts';
import { appendSteps } from '../workload/append-steps.ts';
import { gradeThreshold } from './grade.ts';
import { parseThreshold, sessionRow, type Threshold } from './threshold.ts';

/** Plenty is planned, so that only the requests of the run decide. */
const plenty = { ...plantHeader().load, steadyCeiling: 100_000 };

function grade(text: string, run: Partial<PlantedRun>, source: Threshold['source'] = 'option') {
  const record = plantRecord({ requests: [], ...run, header: { load: plenty, ...run.header } });
  return gradeThreshold(parseThreshold(text, source, record.header.rows), foldRecord(record));
}

/** `count` requests due and ended in the steady window of 2 s to 10 s; the first `failed` of them fail within 1 ms. */
function window(count: number, failed: number, ms: (i: number) => number = () => 100, row = 1): Planted[] {
  return Array.from({ length: count }, (_, i): Planted => {
    const at = 2 + (7.5 * i) / count;
    return i < failed ? { row, at, ms: 1, failed: ['http-5xx', 500] } : { row, at, ms: ms(i) };
  });
}

describe('gradeThreshold() of a percentile', () => {
  test('lets the measured value decide from the least number of requests on', () => {
    const slow = (count: number) => ({ requests: window(count, 0, (i) => (i < 4 ? 900 : 100)) });
    expect(grade('p95<500ms', slow(58))).toMatchObject({ grade: 'inconclusive', samples: 58, samplesNeeded: 59 });
    expect(grade('p95<500ms', slow(59))).toMatchObject({ grade: 'failed', samples: 59, unit: 'ms', limit: 500 });
    expect(grade('p95<500ms', slow(80)).grade).toBe('passed');
  });

  test('says how many requests are missing', () => {
    expect(grade('p95<500ms', { requests: window(31, 0) })).toMatchObject({
      grade: 'inconclusive',
      measured: expect.closeTo(100, 0),
      reason: '31 requests in the steady window, 59 are needed',
    });
  });

  test('shows the interval of order statistics, open where no value is high enough', () => {
    const graded = grade('p95<500ms', { requests: window(59, 0, (i) => 10 * (i + 1)) });
    expect(graded.interval?.low).toBeCloseTo(520, 0);
    expect(graded.interval?.high).toBeNull();
    expect(grade('p50<500ms', { requests: window(100, 0, (i) => i + 1) }).interval).toEqual({
      low: expect.closeTo(40, 1),
      high: expect.closeTo(61, 1),
    });
  });

  test('is not improved by fast errors, and has no value among them', () => {
    expect(grade('p95<500ms', { requests: window(100, 5) }).grade).toBe('passed');
    expect(grade('p95<500ms', { requests: window(100, 6) })).toMatchObject({
      grade: 'failed',
      measured: null,
      beyondFailures: true,
      reason: '6 % of the requests failed, so that the p95 falls among the failed ones',
    });
  });

  test('fails on few requests when chance cannot explain them', () => {
    // P(Binomial(10, 5 %) ≥ 2) is 8.6 %, ≥ 3 is 1.2 %.
    expect(grade('p95<500ms', { requests: window(10, 2) }).grade).toBe('inconclusive');
    expect(grade('p95<500ms', { requests: window(10, 3) })).toMatchObject({
      grade: 'failed',
      reason: '3 of only 10 requests are above the limit or failed, too many for chance',
    });
    expect(grade('p95<500ms', { requests: window(10, 0, (i) => (i < 3 ? 700 : 90)) }).grade).toBe('failed');
  });

  test.each([
    ['p50<100ms', 'failed'],
    ['p50<=100ms', 'passed'],
    ['p50>100ms', 'failed'],
    ['p50>=100ms', 'passed'],
  ])('compares %s with 100 ms as written', (text, expected) => {
    expect(grade(text, { requests: window(60, 0) }).grade).toBe(expected);
  });

  test('looks at the requests of its row, due in the steady window, whenever they end', () => {
    const requests = [
      ...steadyRequests(1, [0, 2], 0.02, () => 5000),
      ...window(60, 0, () => 9000, 2),
      ...window(70, 0, () => 100, 1),
    ];
    expect(grade('initial.p95<500ms', { requests })).toMatchObject({ grade: 'passed', samples: 70, row: 'initial' });
    expect(grade('follow-up.p95<500ms', { requests })).toMatchObject({ grade: 'failed', samples: 60 });
  });
});

describe('gradeThreshold() of the mean and the greatest', () => {
  test('takes the mean of the successes', () => {
    const requests = window(10, 2, (i) => i * 100);
    expect(grade('avg<600ms', { requests })).toMatchObject({
      grade: 'passed',
      measured: 550,
      samples: 8,
      interval: null,
      reason: 'measured 550 ms over 8 successes',
    });
    expect(grade('avg<500ms', { requests }).grade).toBe('failed');
    expect(grade('avg<500ms', { requests: window(3, 3) })).toMatchObject({ grade: 'failed', beyondFailures: true });
  });

  test('takes a failed request for slower than any success', () => {
    expect(grade('max<=100ms', { requests: window(3, 0) })).toMatchObject({ grade: 'passed', measured: 100 });
    expect(grade('max<=100ms', { requests: window(300, 1) })).toMatchObject({ grade: 'failed', measured: null });
  });
});

describe('gradeThreshold() of the error rate', () => {
  test.each([
    [298, 0, 'inconclusive'],
    [299, 0, 'passed'],
    [299, 2, 'passed'],
    [299, 3, 'failed'],
    [298, 3, 'inconclusive'],
    [298, 7, 'failed'],
    [20, 20, 'failed'],
    [20, 1, 'inconclusive'],
  ])('of %d requests of which %d failed is %3$s', (count, failed, expected) => {
    expect(grade('error_rate<1%', { requests: window(count, failed) }).grade).toBe(expected);
  });

  test('shows per cent and the exact interval', () => {
    expect(grade('error_rate<7%', { requests: window(100, 5) })).toMatchObject({
      grade: 'passed',
      unit: '%',
      limit: 7,
      measured: 5,
      interval: { low: expect.closeTo(1.64, 2), high: expect.closeTo(11.28, 2) },
      reason: '5 of 100 requests failed',
    });
  });

  test('fails on 20 of 20 failed, whatever was planned and whoever asked', () => {
    const header = { load: { ...plenty, steadyCeiling: 20 } };
    expect(grade('error_rate<1%', { requests: window(20, 20), header }, 'default')).toMatchObject({
      grade: 'failed',
      reason: '20 of only 20 requests failed, too many for chance',
    });
  });
});

describe('gradeThreshold() of the throughput', () => {
  const header = { load: { ...plenty, steadyCeiling: 160 } };

  test('counts successes that ended in the window, whenever they were due', () => {
    const requests = [...steadyRequests(0, [1, 2], 0.1, () => 1500), ...window(70, 6), { row: 0, at: 9.9, ms: 500 }];
    const graded = grade('rps>9', { requests, header });
    expect(graded).toMatchObject({ grade: 'passed', measured: 9.25, samples: 74, unit: '1/s' });
    expect(graded.interval?.low).toBeCloseTo(58.1 / 8, 1);
    expect(grade('rps>9.5', { requests, header }).grade).toBe('failed');
    expect(grade('rps<9.5', { requests, header }).grade).toBe('passed');
  });

  test('is never held against a server when the load could not offer it', () => {
    const reason = expect.stringContaining('the most that this load can offer is 20 requests/s: more than 500 users');
    const run = { requests: window(60, 0), header };
    expect(grade('rps>100', run, 'default')).toMatchObject({ grade: 'not-graded', measured: 7.5, reason });
    expect(grade('rps>100', run, 'option')).toMatchObject({ grade: 'inconclusive', measured: 7.5, reason });
  });

  test('fails on a server that answers nothing', () => {
    expect(grade('rps>5', { requests: window(60, 60), header })).toMatchObject({ grade: 'failed', measured: 0 });
  });

  test('is open when the run was stopped within the window, and graded when the record breaks off', () => {
    const requests = window(60, 0).filter(({ at }) => at < 5);
    const stopped = { kind: 'end', reason: 'interrupted', at: millis(6000), started: requests.length } as const;
    expect(grade('rps>10', { requests, header, seconds: 6, end: stopped }).grade).toBe('inconclusive');
    expect(grade('rps>2', { requests, header, seconds: 6, end: stopped }).grade).toBe('passed');
    expect(grade('rps>10', { requests, header, seconds: 6, end: null })).toMatchObject({
      grade: 'failed',
      measured: 6,
    });
  });
});

describe('gradeThreshold() of a count', () => {
  test('counts the requests due in the steady window', () => {
    const requests = [...steadyRequests(1, [0, 2], 0.5, () => 10), ...window(50, 3)];
    expect(grade('initial.count>=50', { requests })).toMatchObject({ grade: 'passed', measured: 50, unit: 'count' });
    expect(grade('initial.count>50', { requests }).grade).toBe('failed');
    expect(grade('health.count>=1', { requests })).toMatchObject({ grade: 'failed', measured: 0 });
  });

  test('is open when what is missing could have come later, or was never planned', () => {
    const requests = window(20, 0).filter(({ at }) => at < 5);
    const cut = { requests, seconds: 6, end: null };
    expect(grade('count>=50', cut).grade).toBe('inconclusive');
    expect(grade('count<=50', cut).grade).toBe('inconclusive');
    expect(grade('count>=5', cut).grade).toBe('passed');
    expect(grade('count<5', cut).grade).toBe('failed');
    const header = { load: { ...plenty, steadyCeiling: 30 } };
    expect(grade('count>=50', { requests, header })).toMatchObject({
      grade: 'inconclusive',
      reason: expect.stringMatching(/^asks for 50 requests/),
    });
  });
});

describe('gradeThreshold() of what a run cannot decide', () => {
  const small = { load: { ...plenty, steadyCeiling: 40 } };

  test('leaves a default ungraded that the plan could not decide, with the reason of the plan', () => {
    const run = { requests: window(38, 0), header: small };
    const reason = expect.stringMatching(
      /^needs 59 requests in the steady window, at most about 40 are expected: run for/,
    );
    expect(grade('p95<500ms', run, 'default')).toMatchObject({ grade: 'not-graded', reason });
    expect(grade('p95<500ms', run, 'scenario')).toMatchObject({ grade: 'inconclusive', reason });
  });

  test('takes a default for inconclusive when the plan could decide it and the run has too few requests', () => {
    expect(grade('p95<500ms', { requests: window(38, 0) }, 'default').grade).toBe('inconclusive');
  });

  test.each(['cpu<70%', 'memory<70%'])('leaves %s ungraded, since nothing measures it', (text) => {
    expect(grade(text, { requests: window(400, 0) }, 'default')).toMatchObject({
      grade: 'not-graded',
      measured: null,
      unit: '%',
      limit: 70,
      reason: expect.stringContaining('no monitor'),
    });
  });

  test('grades nothing without a steady window, and nothing before it begins', () => {
    const profile = { ...plantHeader().profile, steady: null };
    const unsteady = { ...profile, phases: profile.phases.map((phase) => ({ ...phase, steady: false })) };
    const requests = window(400, 400);
    for (const text of ['p95<500ms', 'rps>1', 'error_rate<1%', 'count>=1', 'max<1s', 'avg<1s']) {
      expect(grade(text, { requests, header: { profile: unsteady } }, 'default').grade).toBe('not-graded');
      expect(grade(text, { requests, header: { profile: unsteady } }).grade).toBe('inconclusive');
      const early = grade(text, { requests: [{ row: 0, at: 0, ms: 5 }], seconds: 2, end: null }, 'default');
      expect(early).toMatchObject({ grade: 'inconclusive', reason: 'the run ended before its steady window began' });
    }
  });

  test('says so when no request was due in the window', () => {
    const requests = [{ row: 1, at: 1, ms: 50 }];
    expect(grade('p95<500ms', { requests })).toMatchObject({
      grade: 'inconclusive',
      samples: 0,
      reason: 'no request was due in the steady window',
    });
  });
});

describe('gradeThreshold() of sessions', () => {
  const header = { sessionRows: mcpSessionRows, load: plenty };
  const ofSessions = (text: string, run: Partial<PlantedRun>, source: Threshold['source'] = 'option') => {
    const record = plantRecord({ requests: window(400, 200), ...run, header: { ...header, ...run.header } });
    return gradeThreshold(parseThreshold(text, source, [sessionRow]), foldRecord(record));
  };
  /** Most of them before the steady window, and each twice as long in all as its requests. */
  const setUps = (count: number, failed: number): Planted[] =>
    Array.from({ length: count }, (_, i) =>
      plantSetUp((3 * i) / count, 50, i < failed ? ['http-5xx', 503] : undefined),
    ).flat();

  test('rests on whole set-ups of the whole run, and on no request of any kind', () => {
    expect(ofSessions('session.error_rate<5%', { sessions: setUps(100, 4) })).toMatchObject({
      grade: 'passed',
      row: 'session',
      measured: 4,
      samples: 100,
      samplesNeeded: 59,
      reason: '4 of 100 session set-ups failed',
    });
    expect(ofSessions('session.p95<80ms', { sessions: setUps(100, 0) })).toMatchObject({
      grade: 'failed',
      measured: expect.closeTo(100, 0),
      reason: 'measured 100 ms over 100 session set-ups',
    });
    expect(ofSessions('session.p95<80ms', { sessions: setUps(100, 30) }).reason).toBe(
      '30 % of the session set-ups failed, so that the p95 falls among the failed ones',
    );
    expect(ofSessions('session.count>=100', { sessions: setUps(100, 30) })).toMatchObject({
      grade: 'passed',
      reason: '100 session set-ups',
    });
  });

  test('is open when there are too few, or none', () => {
    expect(ofSessions('session.error_rate<5%', { sessions: setUps(40, 1) })).toMatchObject({ grade: 'inconclusive' });
    expect(ofSessions('session.max<5s', {})).toMatchObject({ grade: 'inconclusive', reason: 'no session was set up' });
    expect(ofSessions('session.p95<5s', { header: { sessionRows: [] } })).toMatchObject({
      grade: 'inconclusive',
      reason: 'there are no sessions to set up: leave the threshold out',
    });
  });

  test('does not need a steady window', () => {
    const profile = { ...plantHeader().profile, steady: null };
    expect(ofSessions('session.error_rate<5%', { sessions: setUps(100, 0), header: { profile } }).grade).toBe('passed');
  });

  test('a count may still come when the run ended early', () => {
    const end = { kind: 'end', reason: 'interrupted', at: millis(9950), started: 400 } as const;
    expect(ofSessions('session.count>200', { sessions: setUps(100, 0), end })).toMatchObject({
      grade: 'inconclusive',
      reason: 'asks for more than 200 session set-ups, about 4 are expected: use more users',
    });
    expect(ofSessions('session.count<200', { sessions: setUps(100, 0), end })).toMatchObject({
      grade: 'inconclusive',
      reason: '100 session set-ups, but the run ended early',
    });
  });

  test('leaves out who comes in a climb past the scenario', () => {
    // The steps begin at 10 s.
    const profile = appendSteps(tenSeconds, { levels: [5, 6], climb: 2, settle: 3, judged: () => 20 });
    const climbed = {
      header: { ...header, profile },
      sessions: [...setUps(100, 0), ...plantSetUp(12, 5, ['http-5xx', 503]), ...plantSetUp(40, 5, ['http-5xx', 503])],
      timed: (second: number) => ({ lookup: [second < 10 ? 20 : 90] }),
    };
    expect(ofSessions('session.error_rate<1%', climbed)).toMatchObject({ grade: 'inconclusive', samples: 100 });
    expect(ofSessions('session.max<5s', climbed)).toMatchObject({ grade: 'passed', samples: 100 });
    expect(ofSessions('custom.lookup.max<50ms', climbed)).toMatchObject({ grade: 'passed', measured: 20, samples: 10 });
    expect(ofSessions('session.count>=101', climbed)).toMatchObject({ grade: 'inconclusive' });
  });
});
