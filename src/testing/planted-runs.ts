import { exitCodes } from '../core/errors.ts';
import { millis, perSecond } from '../core/units.ts';
import { foldRecord } from '../record/fold.ts';
import type { RunRecord } from '../record/record.ts';
import { judge } from '../verdict/judge.ts';
import type { GradedThreshold, Verdict } from '../verdict/verdict.ts';
import { climbing, guideMix, watched } from './planted-traffic.ts';
import { type Planted, plantRecord, plantThread, tenSeconds } from './record-builder.ts';

/** A record and a verdict on it, both planted: reports are tested without a judge. */
export interface PlantedReport {
  readonly record: RunRecord;
  readonly verdict: Verdict;
}

const threshold = (text: string, overrides: Partial<GradedThreshold>): GradedThreshold => ({
  text,
  source: 'default',
  row: null,
  metric: 'p95',
  op: '<',
  unit: 'ms',
  limit: 500,
  measured: null,
  beyondFailures: false,
  interval: null,
  samples: 0,
  samplesNeeded: 59,
  grade: 'passed',
  reason: '',
  ...overrides,
});

/** Everything as it should be, on the built-in server. */
export function passedRun(): PlantedReport {
  const record = plantRecord({
    requests: guideMix(9.8),
    users: climbing,
    opened: 4,
    retried: 1,
    threads: (second) => [plantThread(watched(second), { utilisation: 0.18 + (second % 3) / 50 })],
    processes: (second) => [{ cpu: 0.21 + (second % 4) / 20, memory: 82_000_000 + second * 1_500_000 }],
    header: {
      target: { address: 'http://127.0.0.1:8001', builtIn: 'built-in reference server, p50=120ms,p95=350ms' },
      monitors: [
        {
          name: 'server',
          source: 'the thread of the built-in server and its heap',
          slice: 0,
          cpu: { amount: 1, of: 'its one thread' },
          memory: { amount: 2_147_483_648, of: 'its heap limit' },
        },
      ],
    },
    monitored: (second) => [[0.1 + (second % 5) / 50, 0.01 + second / 1000]],
  });
  const verdict: Verdict = {
    outcome: 'passed',
    exitCode: exitCodes.passed,
    sentence: 'Passed: p95 301 ms (limit 500 ms), no failures (limit 1 %), over 143 requests in the steady window.',
    thresholds: [
      threshold('p95<500ms', {
        measured: 300.672,
        interval: { low: 189.12, high: 340.5 },
        samples: 143,
        reason: 'measured 301 ms over 143 requests',
      }),
      threshold('initial.p99<=325.4ms', {
        source: 'option',
        row: 'initial',
        metric: 'p99',
        op: '<=',
        limit: 325.4,
        measured: 325.33,
        interval: { low: 180, high: null },
        samples: 310,
        samplesNeeded: 299,
        reason: 'measured 325 ms over 310 requests',
      }),
      threshold('rps>100', {
        metric: 'rps',
        op: '>',
        unit: '1/s',
        limit: 100,
        measured: 17.88,
        samples: 143,
        samplesNeeded: 1,
        grade: 'not-graded',
        reason:
          'the most that this load can offer is 0.8 requests/s: more than 500 users would be needed, even if replies took no time',
      }),
      threshold('cpu<70%', {
        metric: 'cpu',
        unit: '%',
        limit: 70,
        measured: 14,
        samples: 8,
        samplesNeeded: 7,
        reason: 'server: mean 14 %, peak 18 % over 8 s',
      }),
    ],
    notes: [
      'Replies of the built-in reference server say nothing about a server of your own: give its address with --host to test that one.',
    ],
  };
  return { record, verdict };
}

/** Several kinds of failure, and a server that tries to draw on the terminal, to calculate in a spreadsheet and to hide. */
export function failingRun(): PlantedReport {
  const record = plantRecord({
    requests: [
      ...guideMix(9.8).map((request, i): Planted => {
        if (request.row === 2 && i % 4 === 0)
          return { ...request, ms: 4, failed: ['http-5xx', 503, '<h1>\x1b[2J\x1b]0;gone\x07 "busy", try later</h1>'] };
        if (request.row === 2 && i % 9 === 0) return { ...request, failed: ['missing-field', 200, '=HYPERLINK("x")'] };
        if (request.row === 1 && i % 13 === 0)
          return { ...request, failed: ['http-4xx', 422, `\u202e${'detail '.repeat(28)}`] };
        return request;
      }),
      { row: 1, at: 5, ms: 4000, failed: ['timeout', 0, 'no answer within 4s'] },
      { row: 2, at: 9.7, ms: 2000, failed: ['unfinished', 0] },
    ],
    users: climbing,
    opened: 9,
    header: {
      monitors: [
        {
          name: '=db',
          source: 'JSON at http://h/\x1b[2J',
          slice: 0,
          cpu: { amount: null, of: 'as it tells itself' },
          memory: null,
        },
        {
          name: 'web',
          source: 'process 42 with its children',
          slice: 0,
          cpu: { amount: 2.5, of: '--cpu-limit' },
          memory: { amount: 512_000_000, of: 'its control group' },
        },
      ],
    },
    monitored: (second) => [second < 5 ? [0.9 + second / 20, null] : null, [0.25, 0.5]],
  });
  const verdict: Verdict = {
    outcome: 'failed',
    exitCode: exitCodes.failed,
    sentence: 'Failed: p95 has no limit (22 % failed; limit 500 ms), error rate 22 % (limit 1 %).',
    thresholds: [
      threshold('p95<500ms', {
        beyondFailures: true,
        interval: { low: null, high: null },
        samples: 145,
        grade: 'failed',
        reason: '22 % of the requests failed, so that the p95 falls among the failed ones',
      }),
      threshold('error_rate<1%', {
        metric: 'error_rate',
        unit: '%',
        limit: 1,
        measured: 22.07,
        interval: { low: 16.1, high: 29.5 },
        samples: 145,
        samplesNeeded: 299,
        grade: 'failed',
        reason: 'even the low end of the 95 % interval is above the limit',
      }),
      threshold('health.count>=50', {
        source: 'scenario',
        row: 'health',
        metric: 'count',
        op: '>=',
        unit: 'count',
        limit: 50,
        measured: 16,
        samples: 16,
        samplesNeeded: 1,
        grade: 'failed',
        reason: '16 requests',
      }),
    ],
    notes: [],
  };
  return { record, verdict };
}

/** Two load threads on one slice of an open load over TLS: one of them stood still, and places for users ran out. */
export function invalidRun(): PlantedReport {
  const stood = (second: number): number[] => (second === 5 ? [412.25, ...watched(second)] : watched(second));
  const record = plantRecord({
    requests: guideMix(9.8).map((request): Planted => {
      const late = (5.612 - request.at) * 1000;
      return late > 0 && request.at >= 5.2 ? { ...request, late, ms: request.ms + late } : request;
    }),
    users: (second) => 6 + ((second * 5) % 7),
    opened: 40,
    tls: 2.75,
    dropped: (second) => (second === 6 || second === 7 ? 3 : 0),
    threads: (second) => [
      plantThread(stood(second), { utilisation: second === 5 ? 0.61 : 0.22 }),
      plantThread(watched(second), { slice: 2 }),
    ],
    processes: (second) => [{ cpu: 0.4 + (second % 4) / 20, memory: 118_000_000 + second * 1_500_000 }],
    header: {
      scenario: 'open',
      target: { address: 'https://questions.example', builtIn: null },
      workers: 2,
      slices: { count: 2, parts: [{ index: 0, startedAt: '2026-03-01T12:00:00.000Z' }] },
      profile: {
        ...tenSeconds,
        points: [
          { at: millis(0), users: 0 },
          { at: millis(10_000), users: 0 },
        ],
        peak: 0,
        arrivals: {
          points: [
            { at: millis(0), rate: perSecond(0) },
            { at: millis(2000), rate: perSecond(8) },
            { at: millis(10_000), rate: perSecond(8) },
          ],
          process: 'poisson',
          peak: perSecond(8),
          limit: 12,
        },
      },
      thresholds: [{ text: 'p95<500ms', source: 'default' }],
    },
  });
  return { record, verdict: judge(foldRecord(record)) };
}

/** Interrupted before the first request had ended. */
export function emptyRun(): PlantedReport {
  const record = plantRecord({
    requests: [],
    users: () => 0,
    seconds: 1,
    end: { kind: 'end', reason: 'interrupted', at: millis(340), started: 0 },
    header: { preflight: { requests: 0 }, settings: {} },
  });
  const verdict: Verdict = {
    outcome: 'interrupted',
    exitCode: exitCodes.interrupted,
    sentence: 'Interrupted: no request had ended.',
    thresholds: [threshold('p95<500ms', { grade: 'inconclusive', source: 'option', reason: 'nothing was measured' })],
    notes: [],
  };
  return { record, verdict };
}

/** Killed in its fifth second: the record has no end. */
export function cutShortRun(): PlantedReport {
  const record = plantRecord({
    requests: guideMix(9.8).filter(({ at, ms }) => at * 1000 + ms < 5000),
    users: climbing,
    seconds: 5,
    opened: 4,
    end: null,
  });
  const verdict: Verdict = {
    outcome: 'inconclusive',
    exitCode: exitCodes.inconclusive,
    sentence: 'Inconclusive: the record breaks off after 5 s of 10 s.',
    thresholds: [
      threshold('p95<500ms', {
        measured: 290.1,
        interval: { low: 180.4, high: null },
        samples: 52,
        grade: 'inconclusive',
        reason: '52 requests in the steady window, 59 are needed',
      }),
    ],
    notes: ['The record was cut short: sqload was killed, or its disk was full.'],
  };
  return { record, verdict };
}
