import type { ComparedMetric, CompareMetric, CompareUnit, Comparison } from '../compare/comparison.ts';
import { exitCodes } from '../core/errors.ts';

const units: Readonly<Record<CompareMetric, CompareUnit>> = {
  p50: 'ms',
  p95: 'ms',
  p99: 'ms',
  error_rate: 'share',
  throughput: '1/s',
  connect: 'ms',
  cpu: 'cores',
  memory: 'bytes',
  cpu_per_request: 'cpu-ms',
};

/** A metric of a comparison; without an interval it was not tested. */
function metric(
  name: CompareMetric,
  baseline: number | null,
  candidate: number | null,
  { half = null, ...rest }: { readonly half?: number | null } & Partial<ComparedMetric> = {},
): ComparedMetric {
  const difference = baseline === null || candidate === null ? null : candidate - baseline;
  const known = difference !== null && Number.isFinite(difference) ? difference : null;
  const share = (amount: number): number | null => (baseline ? amount / baseline : null);
  const interval = known === null || half === null ? null : { low: known - half, high: known + half };
  const low = interval && share(interval.low);
  const high = interval && share(interval.high);
  return {
    metric: name,
    unit: units[name],
    family: 'secondary',
    baseline,
    candidate,
    difference: known,
    relative: known === null ? null : share(known),
    interval,
    relativeInterval: low === null || high === null ? null : { low, high },
    p: interval === null ? null : 0.2,
    adjustedP: interval === null ? null : 0.6,
    detectable: half === null ? null : half * 1.65,
    relativeDetectable: half === null ? null : share(half * 1.65),
    limit: { amount: share(1) === null ? null : (baseline ?? 0) * 0.05, text: '5 %', from: 'min-effect' },
    verdict: interval === null ? 'too little data' : 'no difference shown',
    reason: interval === null ? 'not measured in all runs' : 'within what chance alone makes of it',
    ...rest,
  };
}

const certain = { p: 0.0004, adjustedP: 0.0012 } as const;

/** One run a side: p95 is worse, the CPU of a monitor too, one row is better, and a label tries to draw, to link and to calculate. */
export function worseComparison(): Comparison {
  return {
    outcome: 'regression',
    exitCode: exitCodes.failed,
    sentence:
      'Worse: p95 287 ms → 331 ms (+15 %, 95 % interval +11 % to +20 %), web CPU 1.32 cores → 1.61 cores (+22 %, 95 % interval +14 % to +30 %); better: health p50 4.1 ms → 3.2 ms (−22 %, 95 % interval −27 % to −17 %).',
    method: 'blocks',
    baseline: {
      runs: [{ label: 'main', path: 'reports/sustained-20260301T120000Z' }],
      window: { start: 5, end: 605 },
      requests: 11_942,
    },
    candidate: {
      runs: [{ label: '=fix|`<b>\x1b[2J @team #7', path: 'reports/sustained-20260302T120000Z' }],
      window: { start: 5, end: 605 },
      requests: 11_731,
    },
    groups: [
      {
        kind: 'all',
        id: 'all',
        name: 'Aggregated',
        metrics: [
          metric('p50', 121, 124, { half: 4.2 }),
          metric('p95', 287, 331, {
            half: 13,
            family: 'primary',
            verdict: 'worse',
            reason: 'certain, and beyond the 5 % that count',
            ...certain,
          }),
          metric('p99', 512, 571, { half: 80 }),
          metric('error_rate', 0.001, 0.0013, { half: 0.0011, family: 'primary', limit: percentagePoints }),
          metric('throughput', 19.9, 19.55, { half: 0.42, family: 'primary' }),
          metric('connect', 1.2, 1.3, { half: 0.3 }),
        ],
      },
      {
        kind: 'row',
        id: 'health',
        name: 'Health Check',
        metrics: [
          metric('p50', 4.1, 3.2, {
            half: 0.2,
            verdict: 'better',
            reason: 'certain, and beyond the 5 % that count',
            ...certain,
          }),
          metric('error_rate', 0, 0, { half: 0, limit: percentagePoints }),
        ],
      },
      {
        kind: 'row',
        id: 'follow-up',
        name: 'Follow-up <i>*Question*</i> Generation',
        metrics: [metric('p95', 330, Number.POSITIVE_INFINITY), metric('throughput', null, null)],
      },
      {
        kind: 'monitor',
        id: 'web',
        name: 'web',
        metrics: [
          metric('cpu', 1.32, 1.61, {
            half: 0.105,
            verdict: 'worse',
            reason: 'certain, and beyond the 5 % that count',
            ...certain,
          }),
          metric('memory', 412e6, 420e6, { half: 31e6 }),
          metric('cpu_per_request', 66, 82, { half: 30 }),
        ],
      },
    ],
    differences: [
      {
        kind: 'warn',
        exitCode: null,
        what: 'address of the server',
        sentence:
          'The address of the server differs: http://a.example in the baseline, http://b.example in the candidate.',
      },
    ],
    notes: [
      'One run a side: what differs from one run to the next (a restart, a cold cache, other work on the machine) is not in these intervals, nor is a speed that wanders for longer than about a twentieth of the window, 30 s of 9 min. Several runs a side, taken in turn, tell both.',
    ],
  };
}

const percentagePoints = { amount: 0.005, text: '0.5 pp', from: 'min-effect' } as const;

/** Five runs a side, and nothing is shown to be worse. */
export function evenComparison(): Comparison {
  const runs = (label: string) =>
    Array.from({ length: 8 }, (_, i) => ({ label: `${label} ${i + 1}`, path: `reports/${label}-${i + 1}` }));
  return {
    outcome: 'no-regression',
    exitCode: exitCodes.passed,
    sentence:
      'No difference shown: p95 287 ms → 291 ms (+1.4 %, 95 % interval −3.1 % to +5.9 %); a shift of 7.4 % would have been shown.',
    method: 'ranks',
    baseline: { runs: runs('main'), window: { start: 5, end: 605 }, requests: 95_000 },
    candidate: { runs: runs('next'), window: { start: 5, end: 605 }, requests: 94_800 },
    groups: [
      {
        kind: 'all',
        id: 'all',
        name: 'Aggregated',
        metrics: [
          metric('p95', 287, 291, { half: 13, family: 'primary' }),
          metric('error_rate', 0, 0, { half: 0.0002, family: 'primary', limit: percentagePoints }),
          metric('throughput', 19.9, 19.9, { half: 0.3, family: 'primary' }),
        ],
      },
    ],
    differences: [],
    notes: [],
  };
}

/** Two files of Locust: figures only. */
export function undecidedComparison(): Comparison {
  const reason = 'figures alone do not tell how much they vary: give the records, or at least 4 runs on one side';
  const of = { family: 'primary', reason } as const;
  return {
    outcome: 'undecided',
    exitCode: exitCodes.inconclusive,
    sentence: `Too little data for p95 and throughput: ${reason}.`,
    method: 'counts',
    baseline: { runs: [{ label: 'before', path: 'before_stats.csv' }], window: null, requests: 1 },
    candidate: { runs: [{ label: 'after_stats.csv', path: 'after_stats.csv' }], window: null, requests: null },
    groups: [
      {
        kind: 'all',
        id: 'all',
        name: 'Aggregated',
        metrics: [
          metric('p95', 290, 380, of),
          metric('error_rate', 0.01, 0.02, { half: 0.011, family: 'primary' }),
          metric('throughput', 31, 30, of),
        ],
      },
    ],
    differences: [],
    notes: [
      'Percentiles count failed requests at the time they took, as in a stats.csv: fast failures make them look better.',
    ],
  };
}
