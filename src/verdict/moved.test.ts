import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { foldRecord } from '../record/fold.ts';
import type { ThreadSecond } from '../record/run-event.ts';
import {
  type Planted,
  type PlantedRun,
  plantHeader,
  plantRecord,
  plantThread,
  steadyRequests,
} from '../testing/record-builder.ts';
import { judge } from './judge.ts';

const load = { ...plantHeader().load, steadyCeiling: 100_000, timeout: millis(1000) };
const quiet = (): ThreadSecond[] => [plantThread([0.5, 0.6])];

function judged(thresholds: readonly string[], run: Partial<PlantedRun>) {
  const header = { load, thresholds: thresholds.map((text) => ({ text, source: 'option' as const })), ...run.header };
  return judge(foldRecord(plantRecord({ requests: hundredPerSecond, threads: quiet, ...run, header })));
}

const hundredPerSecond = steadyRequests(1, [0.001, 9.99], 0.01, () => 50);

/** The process was stopped from 3.2 s to 5 s: nothing was sent meanwhile, and nobody told of second 4. */
const stopped: Partial<PlantedRun> = {
  requests: hundredPerSecond.filter(({ at }) => at < 3.1 || at > 5),
  threads: (second) => (second === 3 ? [plantThread([1800, 0.5])] : second === 4 ? [] : quiet()),
};

const stalls = (second: number, ms: number) => (now: number) => (now === second ? [plantThread([ms, 0.5])] : quiet());

describe('throughput and counts of a run whose load thread stood still', () => {
  test('could have been higher, which makes the run invalid and is told with its second', () => {
    const verdict = judged(['rps>90'], stopped);
    expect(verdict).toMatchObject({ outcome: 'invalid', thresholds: [{ grade: 'failed' }] });
    // 8 s of which 1.8 s were lost: × 8 / 6.2.
    expect(verdict.sentence).toBe(
      'Invalid: the rps (76.3/s) could be up to 98.4/s: the load thread stood still for 1 800 ms at 0:03.',
    );
    expect(verdict.notes[0]).toMatch(/^Use more threads/);
    expect(judged(['count>700'], stopped).sentence).toMatch(/^Invalid: the count \(609\) could be up to 786: /);
  });

  test('are left alone by stalls of less than a twentieth of the window, and by those outside of it', () => {
    expect(judged(['rps>90'], { threads: stalls(5, 380) }).outcome).toBe('passed');
    expect(judged(['rps>90'], { threads: stalls(5, 400) }).outcome).toBe('invalid');
    expect(judged(['rps>90'], { threads: stalls(0, 1900) }).outcome).toBe('passed');
    expect(judged(['rps>90'], { threads: stalls(0, 2900) }).outcome).toBe('invalid');
  });

  test('lose the mean over the load threads', () => {
    const threads = (second: number) => [...stalls(5, 700)(second), { ...plantThread([0.5]), slice: 1 }];
    expect(judged(['rps>90'], { threads }).outcome).toBe('passed');
  });

  test('lose the seconds that no thread told of although they did before and after', () => {
    const silent = (...seconds: number[]) => ({ threads: (now: number) => (seconds.includes(now) ? [] : quiet()) });
    expect(judged(['rps>90'], silent(4, 5)).sentence).toBe(
      'Invalid: the rps (100/s) could be up to 133/s: the load thread was not heard of in 2 s (0:04–0:05).',
    );
    expect(judged(['rps>90'], silent(8, 9, 10)).outcome).toBe('passed');
  });
});

describe('failures of a run whose load thread stood still', () => {
  /** 50 more requests, due in the 50 ms after `at` (s), fail 1 s later. */
  const timedOut = (at: number, kind: 'timeout' | 'reset' = 'timeout'): Planted[] => [
    ...hundredPerSecond,
    ...Array.from({ length: 50 }, (_, i): Planted => ({ row: 1, at: at + i / 1000, ms: 1000, failed: [kind, 0] })),
  ];

  test('may be its own when they timed out meanwhile or right after: the error rate', () => {
    const verdict = judged(['error_rate<1%'], { requests: timedOut(4.2), threads: stalls(5, 350) });
    expect(verdict).toMatchObject({ outcome: 'invalid', thresholds: [{ grade: 'failed' }] });
    expect(verdict.sentence).toBe(
      'Invalid: the error_rate (5.9 %) may be only 0 %: 50 requests timed out while the load thread stood still, or right after (0:05).',
    );
    expect(judged(['error_rate<1%'], { requests: timedOut(5.2), threads: stalls(5, 350) }).outcome).toBe('invalid');
    expect(judged(['error_rate<1%'], { requests: timedOut(5.2), threads: stalls(4, 1350) }).outcome).toBe('invalid');
    expect(judged(['initial.error_rate<1%'], { requests: timedOut(5.2), threads: stalls(5, 350) }).outcome).toBe(
      'invalid',
    );
  });

  test('are those of the server at another time, of another kind, after a short stall, or in another row', () => {
    const outcome = (requests: Planted[], threads: PlantedRun['threads'], threshold = 'error_rate<1%') =>
      judged([threshold], { requests, ...(threads ? { threads } : {}) }).outcome;
    expect(outcome(timedOut(6.2), stalls(5, 350))).toBe('failed');
    expect(outcome(timedOut(3.2), stalls(5, 350))).toBe('failed');
    expect(outcome(timedOut(4.2, 'reset'), stalls(5, 350))).toBe('failed');
    expect(outcome(timedOut(4.2), stalls(5, 190))).toBe('failed');
    const health = steadyRequests(0, [2, 9.9], 0.02, () => 5).map((request, i): Planted => {
      return i % 10 === 0 ? { ...request, failed: ['reset', 0] } : request;
    });
    expect(outcome([...timedOut(4.2), ...health], stalls(5, 350), 'health.error_rate<1%')).toBe('failed');
  });

  test('few of them do not move an error rate with a wide limit', () => {
    const run = { requests: timedOut(4.2), threads: stalls(5, 350) };
    expect(judged(['error_rate<20%'], run).outcome).toBe('invalid');
    expect(judged(['error_rate<40%'], run).outcome).toBe('passed');
  });

  test('put a percentile among the failed ones, or change its grade', () => {
    const run = { requests: timedOut(4.2), threads: stalls(5, 350) };
    expect(judged(['p95<500ms'], run).sentence).toMatch(
      /^Invalid: the p95 falls among the failed requests and may be only 50 ms: 50 requests timed out while/,
    );
    expect(judged(['max<500ms'], run).sentence).toMatch(/^Invalid: the max falls among the failed requests/);
    // Failures of the server alone already reach down to the p95.
    const resets = timedOut(7, 'reset').slice(hundredPerSecond.length);
    expect(judged(['p95<500ms'], { ...run, requests: [...run.requests, ...resets] }).outcome).toBe('failed');
  });
});

describe('a stall that moved no graded number', () => {
  const graded = ['p50<500ms', 'rps>50'];

  test('is told in a note, with its second', () => {
    const verdict = judged(graded, { threads: stalls(5, 120) });
    expect(verdict).toMatchObject({
      outcome: 'passed',
      notes: ['The load thread stood still for 120 ms at 0:05, which moved no graded number.'],
    });
    expect(judged(graded, { threads: stalls(5, 90) }).notes).toEqual([]);
    expect(judged(graded, { threads: stalls(0, 120) }).notes).toEqual([]);
  });

  test('is all that a delay is where nothing is graded', () => {
    const late = hundredPerSecond.map((request) => (request.at > 5 ? { ...request, ms: 62, late: 12 } : request));
    const verdict = judged([], { requests: late });
    expect(verdict).toMatchObject({ outcome: 'passed', exitCode: 0 });
    expect(verdict.notes[0]).toMatch(/^The p95 \(62 ms\) may be up to 12 ms too high: /);
    const undecided = judged(['health.p95<1s'], { requests: late });
    expect(undecided).toMatchObject({
      outcome: 'inconclusive',
      notes: [expect.stringMatching(/^The p95/), expect.anything()],
    });
    expect(judged(['p95<70ms'], { requests: late }).outcome).toBe('invalid');
  });
});
