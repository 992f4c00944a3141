import { describe, expect, test } from 'vitest';
import { SqloadError } from '../core/errors.ts';
import { millis } from '../core/units.ts';
import { foldRecord } from '../record/fold.ts';
import type { ThresholdText } from '../record/record.ts';
import type { EndReason } from '../record/run-event.ts';
import {
  mcpSessionRows,
  type Planted,
  type PlantedRun,
  plantHeader,
  plantRecord,
  plantSetUp,
  tenSeconds,
} from '../testing/record-builder.ts';
import { judge } from './judge.ts';
import { defaultThresholds } from './threshold.ts';

const plenty = { ...plantHeader().load, steadyCeiling: 400 };
const defaults = defaultThresholds.map((text): ThresholdText => ({ text, source: 'default' }));
const own = (...texts: string[]) => texts.map((text): ThresholdText => ({ text, source: 'option' }));

function judged(thresholds: readonly ThresholdText[], run: Partial<PlantedRun>) {
  return judge(foldRecord(plantRecord({ requests: [], ...run, header: { load: plenty, thresholds, ...run.header } })));
}

/** `count` requests of the window from 2 s to 10 s, the first `failed` of them failures. */
function window(count: number, failed = 0, ms = 100): Planted[] {
  return Array.from({ length: count }, (_, i): Planted => {
    const at = 2 + (7.5 * i) / count;
    return i < failed ? { row: 1, at, ms: 1, failed: ['http-5xx', 503] } : { row: 1, at, ms };
  });
}

const ended = (reason: EndReason, started: number, at = 10_000) =>
  ({ kind: 'end', reason, at: millis(at), started }) as const;

describe('judge()', () => {
  test('passes a run within its limits, although some defaults cannot be graded', () => {
    const verdict = judged(defaults, { requests: window(320) });
    expect(verdict).toMatchObject({ outcome: 'passed', exitCode: 0 });
    expect(verdict.thresholds.map(({ grade }) => grade)).toEqual([
      'passed',
      'not-graded',
      'passed',
      'not-graded',
      'not-graded',
    ]);
    expect(verdict.sentence).toBe(
      'Passed: p95 100 ms (limit 500 ms), errors 0 % (limit 1 %); 320 requests in the steady window, 2s to 10s.',
    );
  });

  test('fails with each broken threshold, its measured value and its limit', () => {
    const thresholds = own('p95<500ms', 'initial.p50<=80ms', 'error_rate<1%', 'rps>40');
    const verdict = judged(thresholds, { requests: window(320, 32) });
    expect(verdict).toMatchObject({ outcome: 'failed', exitCode: 1 });
    expect(verdict.sentence).toBe(
      'Failed: p95 falls among the failed requests (limit 500 ms), initial p50 100 ms (limit 80 ms), errors 10 % (limit 1 %), rps 36/s (more than 40/s); 320 requests in the steady window, 2s to 10s.',
    );
  });

  test.each([
    ['rps>40', 'rps 40/s (more than 40/s)'],
    ['rps>=41', 'rps 40/s (at least 41/s)'],
    ['p95<100ms', 'p95 100 ms (less than 100 ms)'],
    ['p95<90ms', 'p95 100 ms (limit 90 ms)'],
    ['p95<=90ms', 'p95 100 ms (limit 90 ms)'],
  ])('names the limit of %s so that it does not contradict the value', (threshold, said) => {
    expect(judged(own(threshold), { requests: window(320) }).sentence).toContain(`Failed: ${said}`);
  });

  test('does not round a measured value onto the limit that it breaks', () => {
    expect(judged(own('avg<500ms'), { requests: window(60, 0, 500.4) }).sentence).toContain(
      'avg 500.4 ms (limit 500 ms)',
    );
  });

  test('fails when every request failed, with the kinds, whatever was asked for', () => {
    const verdict = judged([], { requests: window(5, 5) });
    expect(verdict).toMatchObject({ outcome: 'failed', exitCode: 1 });
    expect(verdict.sentence).toBe('Failed: none of 5 requests succeeded (5 http-5xx with status 503).');
    expect(judged([], { requests: window(1, 1) }).sentence).toContain('the only request failed');
    expect(judged([], { requests: window(5, 5), end: null, seconds: 10 }).exitCode).toBe(1);
  });

  test.each([
    ['nothing-succeeded', 'Failed: the run stopped after 9s of 10s, since nothing succeeded any more.'],
    ['threshold-failed', 'Failed: the run stopped after 9s of 10s, since a threshold was broken.'],
  ] as const)('fails when it stopped itself: %s', (reason, sentence) => {
    const requests = window(60);
    const verdict = judged(own('p95<500ms'), { requests, end: ended(reason, 60, 9000) });
    expect(verdict).toMatchObject({ outcome: 'failed', exitCode: 1, sentence });
  });

  test.each([
    ['interrupted', 130, 'Interrupted after 6s of 10s: 3 requests, 33 % failed.'],
    ['terminated', 143, 'Terminated after 6s of 10s: 3 requests, 33 % failed.'],
  ] as const)('is interrupted before it is anything else: %s', (reason, exitCode, sentence) => {
    const requests = window(24, 1).slice(0, 3);
    const verdict = judged(own('error_rate<40%'), { requests, seconds: 6, end: ended(reason, 3, 5500) });
    expect(verdict).toMatchObject({ outcome: 'interrupted', exitCode, sentence });
    expect(verdict.notes).toEqual(['The run ended within its steady window: thresholds are graded over 4s of 8s.']);
  });

  test('tells what is known of an interrupted run', () => {
    const run = { requests: window(60), end: ended('interrupted', 60, 9900) };
    expect(judged(own('p95<50ms'), run)).toMatchObject({
      exitCode: 130,
      sentence: 'Interrupted after 10s: 60 requests, none failed; so far p95 100 ms (limit 50 ms).',
    });
    expect(judged(defaults, { end: ended('interrupted', 0, 300), seconds: 1 }).sentence).toBe(
      'Interrupted: no request had ended.',
    );
  });

  test('is inconclusive when nothing was started', () => {
    expect(judged([], {})).toMatchObject({
      outcome: 'inconclusive',
      exitCode: 3,
      sentence: 'Inconclusive: no request was started.',
    });
  });

  test('is inconclusive when a threshold is, and says why', () => {
    const verdict = judged(own('p99<1s', 'p95<500ms'), { requests: window(80) });
    expect(verdict).toMatchObject({ outcome: 'inconclusive', exitCode: 3 });
    expect(verdict.sentence).toBe(
      'Inconclusive: p99<1s: 80 requests in the steady window, 299 are needed; within limits: p95 100 ms (limit 500 ms); 80 requests in the steady window, 2s to 10s.',
    );
  });

  test('is inconclusive when nothing that was asked for could be graded', () => {
    const load = { ...plenty, steadyCeiling: 20 };
    const verdict = judged(
      [
        { text: 'cpu<70%', source: 'default' },
        { text: 'memory<70%', source: 'default' },
      ],
      {
        requests: window(18),
        header: { load },
      },
    );
    expect(verdict).toMatchObject({ outcome: 'inconclusive', exitCode: 3 });
    expect(verdict.sentence).toBe(
      'Inconclusive: no threshold could be graded (cpu<70%: no monitor is configured that measures cpu).',
    );
  });

  test('passes without thresholds when none were asked for', () => {
    expect(judged([], { requests: window(4, 1) })).toMatchObject({
      outcome: 'passed',
      exitCode: 0,
      sentence: 'Passed: 4 requests, 25 % failed; no thresholds were asked for.',
    });
  });

  test('is inconclusive when the record was cut short, but failed when a threshold is broken in it', () => {
    const requests = window(160).filter(({ at }) => at < 6);
    const cut = { requests, seconds: 7, end: null };
    const verdict = judged(own('p95<500ms'), cut);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', exitCode: 3 });
    expect(verdict.sentence).toBe(
      'Inconclusive: the record breaks off after 7s of 10s; within limits: p95 100 ms (limit 500 ms); 86 requests in the steady window, 2s to 7s.',
    );
    expect(verdict.notes).toEqual([
      'The record was cut short: it ends after 7s of 10s, and everything is counted up to there.',
    ]);
    expect(judged(own('p95<50ms'), cut).exitCode).toBe(1);
  });

  test('a slice that breaks off, or begins late, leaves limits on the whole load undecided', () => {
    const startedAt = '2026-03-01T12:00:00.000Z';
    const parts = [
      { index: 0, startedAt },
      { index: 1, startedAt, cutAfter: 3 },
    ];
    const run = { requests: window(160), end: null, header: { slices: { count: 2, parts } } };
    const cut = judged(own('rps>25', 'count>200', 'p95<50ms'), run);
    expect(cut).toMatchObject({ outcome: 'inconclusive', exitCode: 3 });
    expect(cut.sentence).toMatch(/^Inconclusive: slice 2\/2 breaks off after 3s; rps>25: measured under a part/);
    expect(cut.sentence).not.toContain('the record breaks off');
    expect(cut.thresholds.map(({ grade }) => grade)).toEqual(['inconclusive', 'inconclusive', 'failed']);
    expect(cut.notes).toEqual(['Slice 2/2 breaks off after 3s: nothing is counted of it from there on.']);

    const late = [...parts.slice(0, 1), { index: 1, startedAt: '2026-03-01T12:00:09.100Z' }];
    const staggered = judged(own('rps>25'), { requests: window(160), header: { slices: { count: 2, parts: late } } });
    expect(staggered).toMatchObject({ outcome: 'inconclusive', exitCode: 3 });
    expect(staggered.sentence).toContain(
      'slice 2/2 began 9s100ms after slice 1/2: the whole load never stood at its target',
    );
  });

  test('fails when no session could be set up, before anything else is said of it', () => {
    const refused = (n: number, status = 401) =>
      Array.from({ length: n }, (_, i) => plantSetUp(i / 10, 5, ['http-4xx', status])).flat();
    const header = { sessionRows: mcpSessionRows };
    const none = { sessions: [...refused(40), ...plantSetUp(3, 900, ['timeout', 0])], header };
    for (const thresholds of [[], defaults])
      expect(judged(thresholds, none)).toMatchObject({
        outcome: 'failed',
        exitCode: 1,
        sentence: 'Failed: no session could be set up in 41 attempts (40 http-4xx with status 401, 1 timeout).',
      });
    expect(judged([], { ...none, end: ended('interrupted', 0, 300), seconds: 1 })).toMatchObject({
      exitCode: 130,
      sentence: 'Interrupted: no session could be set up in 10 attempts (10 http-4xx with status 401).',
    });
    const stopped = judged([], { ...none, end: ended('nothing-succeeded', 0, 9000) });
    expect(stopped.sentence).toContain('no session could be set up in 41 attempts');
    expect(judged([], { header }).sentence).toBe('Inconclusive: no request was started.');
  });

  test('fails when too many set-ups of sessions failed, although every request went well', () => {
    const setUps = Array.from({ length: 40 }, (_, i) =>
      plantSetUp(i / 20, 20, i < 8 ? ['http-5xx', 503] : undefined),
    ).flat();
    const run = { requests: window(320), sessions: setUps, header: { sessionRows: mcpSessionRows } };
    const verdict = judged(defaults, run);
    expect(verdict).toMatchObject({ outcome: 'failed', exitCode: 1 });
    expect(verdict.thresholds[3]).toMatchObject({
      text: 'session.error_rate<1%',
      source: 'default',
      row: 'session',
      grade: 'failed',
      measured: 20,
      samples: 40,
      reason: '8 of only 40 session set-ups failed, too many for chance',
    });
    expect(verdict.sentence).toBe('Failed: session errors 20 % (limit 1 %); 40 session set-ups.');
    const loose = judged([...defaults, ...own('session.error_rate<50%')], run);
    expect(loose.outcome).toBe('passed');
    expect(loose.sentence).toContain(
      'session errors 20 % (limit 50 %); 320 requests in the steady window, 2s to 10s, and 40',
    );
  });

  test('does not leave a run open because it sets up few sessions', () => {
    const sessions = plantSetUp(0, 20);
    const header = { sessionRows: mcpSessionRows };
    const verdict = judged(defaults, { requests: window(320), sessions, header });
    expect(verdict.outcome).toBe('passed');
    expect(verdict.thresholds[3]).toMatchObject({
      grade: 'not-graded',
      reason: 'needs 299 session set-ups, about 4 are expected: use more users',
    });
    const many = {
      ...tenSeconds,
      peak: 400,
      points: [
        { at: millis(0), users: 0 },
        { at: millis(2000), users: 400 },
      ],
    };
    const planned = judged(defaults, { requests: window(320), sessions, header: { ...header, profile: many } });
    expect(planned).toMatchObject({ outcome: 'passed' });
    expect(planned.thresholds[3]).toMatchObject({
      grade: 'not-graded',
      reason: '1 session set-up in the whole run, 299 are needed',
    });
    const asked = judged(own('session.error_rate<1%'), { requests: window(320), sessions, header });
    expect(asked.sentence).toContain('Inconclusive: session.error_rate<1%: needs 299 session set-ups, about 4 are');
  });

  test('notes sessions that were lost', () => {
    const lost = (count: number) =>
      judged([], { requests: window(60), sessionsLost: (second) => (second === 4 ? count : 0) }).notes;
    expect(lost(0)).toEqual([]);
    expect(lost(1)).toEqual(['1 session was lost and set up again; the requests that found it out count as failed.']);
    expect(lost(12)).toEqual([
      '12 sessions were lost and set up again; the requests that found it out count as failed.',
    ]);
  });

  test('takes a whole record that does not count every started request for a bug', () => {
    const wrong = () => judged([], { requests: window(3), end: ended('completed', 4) });
    expect(wrong).toThrow(SqloadError);
    expect(wrong).toThrow(/4 requests were started, but its seconds tell of 3 started and 3 ended/);
  });

  test('notes what a reader should know beside the thresholds', () => {
    const requests: Planted[] = [
      ...window(60),
      { row: 2, at: 9.6, ms: 900, failed: ['unfinished', 0] },
      { row: 2, at: 9.7, ms: 10, failed: ['generator-error', 0] },
    ];
    const target = { address: 'http://127.0.0.1:1', builtIn: 'built-in reference server' };
    const { notes } = judged(own('p50<1s'), { requests, retried: 2, header: { target } });
    expect(notes).toEqual([
      'A generator-error is a fault of sqload: please report it.',
      '1 request was still without a reply when the run ended: it counts as failed.',
      '2 requests were sent twice, since the server closed the reused connection just as the first attempt left.',
      expect.stringMatching(/^Replies of the built-in reference server say nothing/),
    ]);
  });

  test('grades the same after the window as the phases of the header say', () => {
    expect(tenSeconds.steady).toEqual({ start: 2, end: 10 });
    const slowClimb: Planted[] = [...window(60), { row: 1, at: 0.5, ms: 9000 }];
    expect(judged(own('max<1s'), { requests: slowClimb }).outcome).toBe('passed');
  });
});
