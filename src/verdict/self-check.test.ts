import { describe, expect, test } from 'vitest';
import { millis, perSecond } from '../core/units.ts';
import { foldRecord } from '../record/fold.ts';
import type { ThresholdText } from '../record/record.ts';
import type { ThreadSecond } from '../record/run-event.ts';
import {
  mcpSessionRows,
  type Planted,
  type PlantedRun,
  plantHeader,
  plantRecord,
  plantSetUp,
  plantThread,
  steadyRequests,
  tenSeconds,
} from '../testing/record-builder.ts';
import { judge } from './judge.ts';
import { outlook } from './outlook.ts';

const load = { ...plantHeader().load, steadyCeiling: 4000 };
const own = (...texts: string[]) => texts.map((text): ThresholdText => ({ text, source: 'option' }));
const quiet = (): ThreadSecond[] => [plantThread(Array.from({ length: 50 }, (_, i) => 0.4 + (i % 7) / 10))];

function judged(thresholds: readonly string[], run: Partial<PlantedRun>) {
  const header = { load, thresholds: own(...thresholds), ...run.header };
  return judge(foldRecord(plantRecord({ requests: hundredPerSecond(), threads: quiet, ...run, header })));
}

/** Response times from 50 to 149 ms, but for 4 % of them, from 300 to 399 ms. */
const times = (i: number): number => (i % 25 === 0 ? 300 + (((i / 25) * 37) % 100) : 50 + ((i * 37) % 100));

/** 100 requests/s over the ten seconds; `change` plants what is to be found. */
function hundredPerSecond(change: (request: Planted, i: number) => Planted = (request) => request): Planted[] {
  return steadyRequests(1, [0.001, 9.99], 0.01, times).map(change);
}

/** Requests that fall due while the thread stands still leave when it goes on. */
const stalledAt =
  (from: number, ms: number) =>
  (request: Planted): Planted => {
    const late = (from + ms / 1000 - request.at) * 1000;
    return late > 0 && request.at >= from ? { ...request, late, ms: request.ms + late } : request;
  };

const stall = (second: number, ms: number) => (now: number) => (now === second ? [plantThread([ms, 0.5])] : quiet());

describe('a healthy run', () => {
  test.each([
    [['p95<500ms', 'max<1s', 'avg<200ms', 'p99<1s', 'rps>50', 'error_rate<1%']],
    [['initial.p50<500ms']],
    [[]],
  ])('is valid (%j)', (thresholds) => {
    expect(judged(thresholds, {}).outcome).toBe('passed');
  });

  test('is valid without anybody who measured the threads', () => {
    expect(judged(['max<1s'], { threads: () => [] }).outcome).toBe('passed');
  });

  test('is valid with delays all over it that are small against what is graded', () => {
    const threads = () => [plantThread(Array.from({ length: 50 }, (_, i) => (i % 10 === 0 ? 3.9 : 1)))];
    expect(judged(['p95<500ms', 'p50<500ms'], { threads }).outcome).toBe('passed');
  });
});

describe('a stall of the load thread', () => {
  const requests = hundredPerSecond(stalledAt(5.2, 412));

  test('makes the run invalid when it moved a graded number, and says which, how far, when and what to do', () => {
    const verdict = judged(['p95<200ms'], { requests, threads: stall(5, 412) });
    expect(verdict).toMatchObject({ outcome: 'invalid', exitCode: 4 });
    expect(verdict.sentence).toMatch(
      /^Invalid: the p95 \([\d.]+ ms\) may be up to [\d.]+ ms too high: the load thread stood still for 412 ms at 0:05\.$/,
    );
    expect(verdict.notes[0]).toBe(
      'Use more threads (--workers 2), fewer users per worker, or a quieter machine; --allow-saturated judges the run all the same.',
    );
    expect(verdict.thresholds).toMatchObject([{ grade: 'failed' }]);
  });

  test('is known by lateness alone where nobody measured the threads', () => {
    expect(judged(['p95<200ms'], { requests, threads: () => [] }).sentence).toMatch(
      /: requests left up to 41\d ms after they were due \(0:05\)\.$/,
    );
  });

  test('is known by the delay alone: answers that came meanwhile were read late', () => {
    const verdict = judged(['p99<200ms'], { threads: stall(5, 412) });
    expect(verdict.outcome).toBe('invalid');
  });

  test('leaves a percentile alone that it is too short for, and still moves the maximum', () => {
    const short = hundredPerSecond(stalledAt(5.2, 90));
    const verdict = (threshold: string) => judged([threshold], { requests: short, threads: stall(5, 90) }).outcome;
    expect(verdict('p50<200ms')).toBe('passed');
    expect(verdict('max<500ms')).toBe('invalid');
  });

  test('moves the mean when it is long', () => {
    expect(judged(['avg<1s'], { requests, threads: stall(5, 412) }).outcome).toBe('invalid');
    expect(judged(['avg<1s'], { requests: hundredPerSecond(stalledAt(5.2, 40)), threads: stall(5, 40) }).outcome).toBe(
      'passed',
    );
  });

  test('counts when it lasts into the window, and not when it is over before', () => {
    const stalledEarly = (ms: number) => judged(['p99<1s'], { threads: stall(0, ms) }).outcome;
    expect(stalledEarly(900)).toBe('passed');
    expect(stalledEarly(2600)).toBe('invalid');
  });

  test('counts after the window as long as it is mostly its requests that end', () => {
    const slow = Array.from({ length: 20 }, (_, i): Planted => ({ row: 1, at: 9.5 + i / 50, ms: 2400 + i * 5 }));
    const requests = [...hundredPerSecond(), ...slow];
    expect(judged(['max<3s'], { requests, threads: stall(11, 412) }).outcome).toBe('invalid');
    const phases = [...tenSeconds.phases, { name: 'after', start: 10, end: 13, steady: false }];
    const profile = { ...tenSeconds, phases, seconds: 13 };
    const others = steadyRequests(1, [10, 12.9], 0.01, times);
    const run = { requests: [...requests, ...others], threads: stall(11, 412), header: { profile } };
    expect(judged(['max<3s'], run).outcome).toBe('passed');
  });

  test('is a warning with --allow-saturated', () => {
    const allowed = { saturated: true, dropped: false };
    const verdict = judged(['p95<1s'], { requests, threads: stall(5, 412), header: { allowed } });
    expect(verdict).toMatchObject({ outcome: 'passed', exitCode: 0 });
    expect(verdict.notes[0]).toMatch(
      /^Warning, allowed by --allow-saturated: the p95 .* stood still for 412 ms at 0:05\.$/,
    );
  });

  test('is told of an interrupted run in its notes', () => {
    const end = { kind: 'end', reason: 'interrupted', at: millis(9900), started: requests.length } as const;
    const verdict = judged(['p95<200ms'], { requests, threads: stall(5, 412), end });
    expect(verdict.exitCode).toBe(130);
    expect(verdict.notes[0]).toMatch(/^The p95 .* stood still for 412 ms at 0:05\.$/);
  });

  test('does not spoil the p95 of half an hour', () => {
    const profile = {
      ...tenSeconds,
      phases: [{ name: 'hold', start: 0, end: 1800, steady: true }],
      seconds: 1800,
      steady: { start: 0, end: 1800 },
    };
    const hour = steadyRequests(1, [0.01, 1799], 0.5, times).map(stalledAt(900.4, 900));
    const run = { requests: hour, threads: stall(900, 900), header: { profile } };
    expect(judged(['p95<500ms'], run).outcome).toBe('passed');
    expect(judged(['max<500ms'], run).outcome).toBe('invalid');
  });

  test('of several threads is shared among them', () => {
    const threads = (second: number) => [
      ...stall(5, 412)(second),
      ...Array.from({ length: 15 }, (_, i) => ({ ...plantThread([0.5]), slice: i + 1 })),
    ];
    expect(judged(['p99<1s'], { threads }).outcome).toBe('passed');
    expect(judged(['p99<1s'], { threads: stall(5, 412) }).outcome).toBe('invalid');
  });
});

describe('saturation', () => {
  const busy = (...seconds: number[]) => ({
    threads: (second: number) => [plantThread([0.5], { utilisation: seconds.includes(second) ? 0.97 : 0.4 })],
  });

  test('makes every load threshold worthless', () => {
    const verdict = judged(['rps>50'], busy(3, 4, 5, 8));
    expect(verdict).toMatchObject({ outcome: 'invalid', exitCode: 4 });
    expect(verdict.sentence).toBe(
      'Invalid: the load thread was busy for 95 % of the time or more in 4 of 8 seconds of the steady window (0:03–0:05, 0:08).',
    );
  });

  test('in one second, or outside of the window, is let pass', () => {
    expect(judged(['rps>50'], busy(4)).outcome).toBe('passed');
    // The last line of a record that was cut short tells of a fraction of a second.
    expect(judged(['p95<500ms'], { ...busy(8, 9), seconds: 10, end: null }).outcome).not.toBe('invalid');
    expect(judged(['rps>50'], busy(0, 1)).outcome).toBe('passed');
  });

  test('by a stall of several seconds counts for all of them', () => {
    const threads = (second: number) => (second === 4 ? [plantThread([2500], { utilisation: 1 })] : quiet());
    expect(judged(['rps>50'], { threads }).sentence).toContain('(0:04–0:05)');
  });
});

describe('dropped arrivals', () => {
  const dropped = (second: number) => (second === 3 || second === 6 ? 20 : 0);
  const arrivals = { points: [], process: 'even', peak: perSecond(50), limit: 1000 } as const;

  test('make the run invalid unless they are allowed', () => {
    const verdict = judged(['p95<500ms'], { dropped, header: { profile: { ...tenSeconds, arrivals } } });
    expect(verdict).toMatchObject({ outcome: 'invalid', exitCode: 4 });
    expect(verdict.sentence).toBe('Invalid: 40 arrivals were dropped, since all 1 000 users were there (0:03, 0:06).');
    expect(verdict.notes[0]).toMatch(/^Raise --max-users/);
    const divided = { profile: { ...tenSeconds, arrivals }, workers: 4 };
    expect(judged(['p95<500ms'], { dropped, header: divided }).sentence).toBe(
      "Invalid: 40 arrivals were dropped, since a thread's share of the 1 000 users was used up (0:03, 0:06).",
    );
    const header = { allowed: { saturated: false, dropped: true } };
    expect(judged(['p95<500ms'], { dropped, header })).toMatchObject({
      outcome: 'passed',
      notes: [expect.stringMatching(/^Warning, allowed by --allow-dropped: 40 arrivals were dropped/)],
    });
    expect(judged(['p95<500ms'], { dropped, header: { allowed: { saturated: true, dropped: false } } }).exitCode).toBe(
      4,
    );
  });
});

describe('a load thread that died', () => {
  const end = { kind: 'end', reason: 'thread-died', at: millis(7400), started: 2000 } as const;

  test('makes the run invalid whatever is allowed, and its record need not add up', () => {
    const header = { allowed: { saturated: true, dropped: true } };
    expect(judged(['p95<500ms'], { end, header })).toMatchObject({
      outcome: 'invalid',
      sentence: 'Invalid: a load thread died at 0:07.',
    });
  });
});

describe('failures of sqload itself', () => {
  test('make the run invalid when they fall into the window', () => {
    const failing = (at: number): Planted[] => [
      ...hundredPerSecond(),
      { row: 1, at, ms: 1, failed: ['generator-error', 0] },
    ];
    const verdict = judged(['p95<500ms'], { requests: failing(5) });
    expect(verdict.sentence).toBe(
      'Invalid: 1 request failed through sqload itself (generator-error) and not through the server.',
    );
    expect(judged(['p95<500ms'], { requests: failing(0.5) })).toMatchObject({
      outcome: 'passed',
      notes: [expect.stringContaining('generator-error')],
    });
  });

  test('make the run invalid when they befell set-ups of sessions, at any time', () => {
    const sessions = plantSetUp(0.5, 5, ['generator-error', 0]);
    const header = { sessionRows: mcpSessionRows };
    expect(judged(['p95<500ms'], { requests: hundredPerSecond(), sessions, header }).sentence).toBe(
      'Invalid: 1 session set-up failed through sqload itself (generator-error) and not through the server.',
    );
  });
});

describe('a record of some slices only', () => {
  const part = (index: number, startedAt = '2026-03-01T12:00:00.000Z') => ({ index, startedAt });

  test('is inconclusive and says what to merge', () => {
    const verdict = judged(['p95<100ms'], { header: { slices: { count: 8, parts: [part(1)] } } });
    expect(verdict).toMatchObject({ outcome: 'inconclusive', exitCode: 3, thresholds: [{ grade: 'failed' }] });
    expect(verdict.sentence).toMatch(
      /^Inconclusive: this is slice 2\/8 of a run: merge the records of all slices with sqload merge/,
    );
    const slices = { count: 5, parts: [part(0), part(1), part(3)] };
    expect(judged(['p95<500ms'], { header: { slices } }).sentence).toMatch(
      /^Inconclusive: slices 3\/5 and 5\/5 of the run are missing: merge their records too; within limits: p95/,
    );
    expect(judged([], { header: { slices: { count: 2, parts: [part(0)] } } }).exitCode).toBe(3);
  });

  test('does not grade what adds up over all slices', () => {
    const slices = { count: 3, parts: [part(0)] };
    const { thresholds } = judged(['rps>300', 'count<10', 'p95<500ms'], { header: { slices } });
    const reason = 'this is slice 1/3 of a run: merge the records first';
    expect(thresholds).toMatchObject([
      { grade: 'not-graded', reason, measured: 100 },
      { grade: 'not-graded', reason },
      { grade: 'passed' },
    ]);
    const two = judged(['rps>300'], { header: { slices: { count: 3, parts: [part(0), part(2)] } } });
    expect(two.thresholds[0]?.reason).toBe(
      'these are 2 of the 3 slices of a run: merge the records of all of them first',
    );
    const planned = outlook(plantHeader({ load, slices, thresholds: own('rps>300', 'p95<500ms') }));
    expect(planned).toMatchObject([{ decidable: false, reason }, { decidable: true }]);
  });

  test('is judged as a whole once they are all there, with a note when they began apart', () => {
    const slices = { count: 2, parts: [part(0), part(1, '2026-03-01T12:00:04.000Z')] };
    const [climb, hold] = tenSeconds.phases;
    const phases = climb && hold ? [climb, { ...hold, end: 62 }] : [];
    const profile = { ...tenSeconds, phases, seconds: 62, steady: { start: 2, end: 62 } };
    expect(judged(['p95<500ms'], { header: { slices, profile } })).toMatchObject({
      outcome: 'passed',
      notes: [expect.stringMatching(/^The slices began 4 000 ms apart/)],
    });
  });
});
