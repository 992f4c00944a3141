import type { Finding } from '../analysis/finding.ts';

/** One finding of each outcome, with a hostile name in one. */
export const plantedFindings: readonly Finding[] = [
  {
    id: 'breaking-point',
    kind: 'breaking-point',
    outcome: 'shown',
    sentence:
      'All thresholds held up to 210 users (41 requests/s); from 240 users (46 requests/s) on, p95 < 500 ms did not hold.',
    cause: null,
    remedy: null,
    numbers: [
      { name: 'users_held', unit: 'users', value: 210, low: null, high: null },
      { name: 'users_broken', unit: 'users', value: 240, low: 210, high: 240.123456789 },
    ],
    seconds: [{ start: 2, end: 6 }],
  },
  {
    id: 'event-loop-blocked',
    kind: 'diagnosis',
    outcome: 'shown',
    sentence:
      'Health checks take 240 ms (p50) while 40 or more questions are in flight, and 3 ms when fewer than 5 are, on server \u001b[31mred.',
    cause: 'One worker answers everything, or its event loop is blocked.',
    remedy: 'Move time-consuming work to background workers, or run more workers.',
    numbers: [{ name: 'health_p50_loaded', unit: 'ms', value: 240, low: 230, high: 251 }],
    seconds: [
      { start: 2, end: 4 },
      { start: 6, end: 8 },
    ],
  },
  {
    id: 'latency-drift',
    kind: 'drift',
    outcome: 'not-shown',
    sentence: 'No drift shown over 8 s: p95 of 120 ms changed by less than 6 ms per 10 minutes.',
    cause: null,
    remedy: null,
    numbers: [{ name: 'p95_slope', unit: 'ms/10min', value: 0.4, low: -6, high: 5.9 }],
    seconds: [{ start: 2, end: 10 }],
  },
  {
    id: 'recovery',
    kind: 'recovery',
    outcome: 'undecided',
    sentence: 'Too few requests to say when it recovered.',
    cause: null,
    remedy: null,
    numbers: [],
    seconds: [],
  },
];
