import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { compareRuns } from './compare-runs.ts';
import type { FiguresRun, RowFigures } from './compared-run.ts';
import type { ComparedMetric, CompareMetric, Comparison } from './comparison.ts';

const plain: RowFigures = {
  requests: 630,
  failures: 0,
  p50: 140,
  p95: 360,
  p99: 540,
  errorRate: 0,
  throughput: 30,
};

/** The p95 of a run varies by some per cent, as that of any run does. */
const runOf = (figures: Partial<RowFigures>, i: number): FiguresRun => ({
  kind: 'figures',
  from: 'history.csv',
  label: `run ${i}`,
  path: `run ${i}`,
  outcome: 'passed',
  facts: {},
  figures: {
    over: 'run',
    percentiles: 'adjusted',
    rows: [],
    monitors: [],
    all: {
      ...plain,
      p50: 140 + (i % 3),
      p95: 360 + (i % 4),
      p99: 540 + (i % 5),
      throughput: 30 + ((3 * i) % 7) / 10,
      ...figures,
    },
  },
});

const failing = (failures: number, requests = 630): Partial<RowFigures> => ({
  failures,
  requests,
  errorRate: failures / requests,
});

function compared(baseline: readonly Partial<RowFigures>[], candidate: readonly Partial<RowFigures>[]): Comparison {
  const sides = {
    baseline: baseline.map(runOf),
    candidate: candidate.map((figures, i) => runOf(figures, i + baseline.length)),
  };
  return compareRuns(sides, { minEffect: 0.05, failOn: [], seed: 'several' });
}

function metricOf({ groups }: Comparison, metric: CompareMetric): ComparedMetric {
  const found = groups[0]?.metrics.find((each) => each.metric === metric);
  if (!found) throw new Error(`no ${metric}`);
  return found;
}

const errors = (baseline: readonly Partial<RowFigures>[], candidate: readonly Partial<RowFigures>[]) =>
  metricOf(compared(baseline, candidate), 'error_rate');

const clean = (count: number): Partial<RowFigures>[] => Array.from({ length: count }, () => failing(0));
const p95Of = (values: readonly number[]): Partial<RowFigures>[] => values.map((p95) => ({ p95 }));

test('4 clean runs do not make 2 failures of 632 certain, and many failures are', () => {
  const two = compared(clean(4), [failing(2, 632)]);
  expect(two.exitCode).toBe(0);
  const rate = metricOf(two, 'error_rate');
  expect(rate.verdict).toBe('no difference shown');
  expect(rate.adjustedP).toBeGreaterThan(0.1);
  expect(rate.interval?.low).toBeLessThan(0.0001);
  expect(rate.interval?.high).toBeGreaterThan(2 * (2 / 632));
  expect(errors(clean(4), [failing(12)])).toMatchObject({ verdict: 'worse' });
  expect(errors([failing(12)], clean(4))).toMatchObject({ verdict: 'better' });
});

test('a rate that is known without its failures is held against its requests all the same', () => {
  const only = { ...failing(2, 632), failures: null };
  expect(errors(clean(4), [only])).toMatchObject({ verdict: 'no difference shown' });
});

test('where not even requests are known, equal rates tell nothing', () => {
  const unknown = { requests: null, failures: null };
  const rate = errors(
    clean(4).map((run) => ({ ...run, ...unknown })),
    [{ ...failing(2), ...unknown }],
  );
  expect(rate).toMatchObject({ verdict: 'too little data', interval: null });
  expect(rate.reason).toContain('4 runs have the same value');
});

test('runs whose failures vary by more than chance leave more room for the next one', () => {
  const steady = errors(
    [4, 5, 6, 5].map((n) => failing(n)),
    [failing(18)],
  );
  const bursts = errors(
    [0, 0, 20, 0].map((n) => failing(n)),
    [failing(18)],
  );
  expect(steady).toMatchObject({ verdict: 'worse' });
  expect(bursts).toMatchObject({ verdict: 'no difference shown', difference: steady.difference });
  expect(bursts.interval?.low).toBeLessThan(0);
});

test('several runs a side without failures could have hidden as many as their counts allow', () => {
  const rate = errors(clean(4), clean(4));
  expect(rate).toMatchObject({ verdict: 'no difference shown', difference: 0 });
  expect(rate.interval?.high).toBeCloseTo(3.689 / 2520, 4);
  expect(rate.interval?.low).toBeCloseTo(-3.689 / 2520, 4);
  expect(rate.detectable).toBeGreaterThan(3.689 / 2520);
});

test('one failure in each of 4 runs ranks above none, and is no more than chance by its counts', () => {
  const rate = errors(
    clean(4),
    [1, 1, 1, 1].map((n) => failing(n)),
  );
  expect(rate.verdict).toBe('no difference shown');
  expect(rate.adjustedP).toBeGreaterThan(0.05);
  expect(
    errors(
      clean(4),
      [5, 6, 4, 5].map((n) => failing(n)),
    ),
  ).toMatchObject({ verdict: 'worse' });
});

test.each([
  ['ranks', 5],
  ['prediction', 1],
] as const)('by %s the difference is that of the values shown, and nothing falls by more than all of it', (_, n) => {
  const p95 = fc.double({ min: 1, max: 10_000, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(p95, { minLength: 5, maxLength: 5 }),
      fc.array(p95, { minLength: n, maxLength: n }),
      (a, b) => {
        for (const [of, to] of [
          [a, b],
          [b, a],
        ]) {
          const found = metricOf(compared(p95Of(of ?? []), p95Of(to ?? [])), 'p95');
          if (found.interval === null) continue;
          const difference = (found.candidate ?? 0) - (found.baseline ?? 0);
          expect(found.difference).toBeCloseTo(difference, 6);
          expect(found.interval.low).toBeLessThanOrEqual(difference + 1e-6);
          expect(found.interval.high).toBeGreaterThanOrEqual(difference - 1e-6);
          expect(found.relativeInterval?.low).toBeGreaterThanOrEqual(-1);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('medians of 424 and 433 ms are 2.1 % apart, whatever the middle of all pairs is', () => {
  const found = metricOf(compared(p95Of([400, 410, 424, 470, 480]), p95Of([390, 395, 433, 436, 440])), 'p95');
  expect(found).toMatchObject({ baseline: 424, candidate: 433, difference: 9 });
});

test('a single run is not certain to differ from runs that all have the same value', () => {
  const found = metricOf(compared(p95Of([360, 360, 360, 360]), p95Of([380])), 'p95');
  expect(found).toMatchObject({ verdict: 'too little data', interval: null, p: null });
  expect(found.reason).toBe('4 runs have the same value, so that they do not tell how much it varies');
  const same = metricOf(compared(p95Of([360, 360, 360, 360]), p95Of([360])), 'p95');
  expect(same).toMatchObject({ verdict: 'no difference shown', interval: null, detectable: null, p: 1 });
});

test('a shift beyond tenfold is not said to have been shown', () => {
  const found = metricOf(compared(p95Of([100, 300, 600, 1500]), p95Of([400])), 'p95');
  expect(found).toMatchObject({ verdict: 'no difference shown', detectable: null });
  expect(found.reason).toMatch(/within what chance does$/);
});

test('rounded figures that are all the same have no interval', () => {
  const found = metricOf(compared(p95Of([360, 360, 360, 360]), p95Of([360, 360, 360, 360])), 'p95');
  expect(found).toMatchObject({ verdict: 'no difference shown', interval: null, detectable: null });
});

test('the interval of one run against five holds the truth of a lognormal figure, and of rare failures', () => {
  const random = seededRandom('prediction');
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const drawn = (): Partial<RowFigures> => {
    let failures = 0;
    for (let i = 0; i < 630; i++) failures += random.next() < 0.002 ? 1 : 0;
    return { ...failing(failures), p95: 360 * Math.exp(0.2 * normal()) };
  };
  const held = { p95: 0, error_rate: 0 };
  for (let i = 0; i < 300; i++) {
    const found = compared(Array.from({ length: 5 }, drawn), [drawn()]);
    for (const metric of ['p95', 'error_rate'] as const) {
      const { interval } = metricOf(found, metric);
      if (interval !== null && interval.low <= 0 && interval.high >= 0) held[metric] += 1;
    }
  }
  expect(held.p95 / 300).toBeGreaterThan(0.92);
  expect(held.p95 / 300).toBeLessThan(0.98);
  expect(held.error_rate / 300).toBeGreaterThan(0.95);
});
