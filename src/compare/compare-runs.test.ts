import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis } from '../core/units.ts';
import type { RecordHeader } from '../record/record.ts';
import { readSeries } from '../record/series.ts';
import { type Planted, plantHeader, plantRecord } from '../testing/record-builder.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import { checkComparable } from './comparable.ts';
import { compareRuns } from './compare-runs.ts';
import type { FiguresRun, SeriesRun } from './compared-run.ts';
import type { CompareMetric, Comparison } from './comparison.ts';
import { parseFailOn } from './parse-fail-on.ts';
import { figuresOf } from './run-figures.ts';

/** 130 s: a climb of 10 s to 10 users, then a hold of 120 s. */
const profile: LoadProfile = {
  phases: [
    { name: 'climb', start: 0, end: 10, steady: false },
    { name: 'hold', start: 10, end: 130, steady: true },
  ],
  points: [
    { at: millis(0), users: 0 },
    { at: millis(10_000), users: 10 },
    { at: millis(130_000), users: 10 },
  ],
  peak: 10,
  arrivals: null,
  seconds: 130,
  steady: { start: 10, end: 130 },
};

interface Plan {
  readonly ms?: number;
  /** Share that fails, by second. */
  readonly failing?: (second: number) => number;
  readonly header?: Partial<RecordHeader>;
  readonly cpu?: number;
}

/** 8 requests a second of `ms` and up to twice as much. */
function run(label: string, { ms = 100, failing = () => 0, header = {}, cpu }: Plan = {}): SeriesRun {
  const random = seededRandom(label);
  const requests: Planted[] = [];
  for (let i = 0; i < 8 * 129; i++) {
    const at = i / 8;
    const took = ms * (1 + random.next());
    const fails = random.next() < failing(Math.floor(at));
    requests.push({ row: i % 3, at, ms: took, ...(fails ? { failed: ['http-5xx', 500] as const } : {}) });
  }
  const monitors =
    cpu === undefined
      ? []
      : [{ name: 'server', source: '', slice: 0, cpu: { amount: 2, of: '' }, memory: { amount: null, of: '' } }];
  const monitored = cpu === undefined ? {} : { monitored: () => [[cpu + 0.02 * random.next(), 0.5] as const] };
  const record = plantRecord({
    header: { profile, monitors, seed: label, scenario: 'sustained', ...header },
    requests,
    opened: 200,
    ...monitored,
  });
  return { kind: 'series', label, path: label, series: readSeries(record), outcome: 'passed' };
}

const figures = (from: SeriesRun): FiguresRun => ({
  kind: 'figures',
  from: 'stats.csv',
  label: from.label,
  path: from.path,
  figures: figuresOf(from.series),
  outcome: 'passed',
  facts: {},
});

const options = { minEffect: 0.05, failOn: [], seed: 'test' };
const many = (name: string, count: number, plan: Plan = {}) =>
  Array.from({ length: count }, (_, i) => run(`${name} ${i}`, plan));

function metricOf({ groups }: Comparison, metric: CompareMetric, id = 'all') {
  const found = groups.find((group) => group.id === id)?.metrics.find((each) => each.metric === metric);
  if (!found) throw new Error(`no ${metric} of ${id}`);
  return found;
}

describe('compareRuns() of one run a side', () => {
  test('finds nothing between two runs of one server, and says what it would have found', () => {
    const compared = compareRuns({ baseline: [run('a')], candidate: [run('b')] }, options);
    expect(compared).toMatchObject({ outcome: 'no-regression', exitCode: 0, method: 'blocks' });
    expect(compared.notes[0]).toContain('for longer than about a twentieth of the window, here 6s.');
    const p95 = metricOf(compared, 'p95');
    expect(p95.verdict).toBe('no difference shown');
    expect(p95.relativeDetectable).toBeGreaterThan(0.05);
    expect(p95.reason).toMatch(/within what chance does; a shift of \S+ % would have been shown/);
    expect(compared.sentence).toMatch(/^No difference shown: p95 \d+ ms → \d+ ms/);
  });

  test('shows a slower server to be worse in all rows, with the interval around the truth', () => {
    const compared = compareRuns({ baseline: [run('a')], candidate: [run('b', { ms: 130 })] }, options);
    expect(compared).toMatchObject({ outcome: 'regression', exitCode: 1 });
    const p95 = metricOf(compared, 'p95');
    expect(p95).toMatchObject({ verdict: 'worse', family: 'primary', unit: 'ms' });
    expect(p95.relativeInterval?.low).toBeLessThan(0.3);
    expect(p95.relativeInterval?.high).toBeGreaterThan(0.3);
    expect(metricOf(compared, 'p50', 'health')).toMatchObject({ verdict: 'worse', family: 'secondary' });
    expect(compared.sentence).toMatch(/^Worse: p95 \d+ ms → \d+ ms \(\+\d+ %, 95 % interval \+/);
  });

  test('calls a faster one better, and the difference what it is the other way round', () => {
    const compared = compareRuns({ baseline: [run('a', { ms: 130 })], candidate: [run('b')] }, options);
    expect(compared).toMatchObject({ outcome: 'no-regression', exitCode: 0 });
    expect(metricOf(compared, 'p95').verdict).toBe('better');
    expect(compared.sentence).toMatch(/^Nothing is shown to be worse; better: p95/);
  });

  test('is certain of a small difference without minding it', () => {
    const compared = compareRuns(
      { baseline: [run('a')], candidate: [run('b', { ms: 130 })] },
      { ...options, minEffect: 0.5 },
    );
    expect(metricOf(compared, 'p95')).toMatchObject({
      verdict: 'no difference shown',
      reason: 'certain, but less than the 50 % that count',
    });
  });

  test('takes steady errors for worse, and one outage for the single event that it is', () => {
    const steady = compareRuns({ baseline: [run('a')], candidate: [run('b', { failing: () => 0.03 })] }, options);
    expect(metricOf(steady, 'error_rate').verdict).toBe('worse');
    const outage = run('c', { failing: (second) => (second >= 50 && second < 54 ? 1 : 0) });
    const once = compareRuns({ baseline: [run('a')], candidate: [outage] }, options);
    expect(metricOf(once, 'error_rate').difference).toBeCloseTo(32 / 960, 3);
    expect(metricOf(once, 'error_rate').verdict).toBe('no difference shown');
  });

  test('calls a percentile that falls among the failures worse by no number', () => {
    const compared = compareRuns({ baseline: [run('a')], candidate: [run('b', { failing: () => 0.2 })] }, options);
    expect(metricOf(compared, 'p95')).toMatchObject({
      verdict: 'worse',
      candidate: Number.POSITIVE_INFINITY,
      difference: null,
    });
    expect(compared.sentence).toContain('no limit');
  });

  test('compares CPU in cores and per request, and memory not from one run', () => {
    const compared = compareRuns({ baseline: [run('a', { cpu: 0.3 })], candidate: [run('b', { cpu: 0.4 })] }, options);
    expect(metricOf(compared, 'cpu', 'server')).toMatchObject({ verdict: 'worse', unit: 'cores' });
    expect(metricOf(compared, 'cpu', 'server').baseline).toBeCloseTo(0.62, 2);
    expect(metricOf(compared, 'cpu_per_request', 'server').baseline).toBeCloseTo((0.62 / 8) * 1000, -1);
    expect(metricOf(compared, 'memory', 'server')).toMatchObject({ verdict: 'too little data', unit: 'share' });
  });

  test('has too little data in a short window, with exit code 3 and the reason', () => {
    const short = { header: { profile: { ...profile, steady: { start: 10, end: 25 } } } };
    const compared = compareRuns({ baseline: [run('a', short)], candidate: [run('b', short)] }, options);
    expect(compared).toMatchObject({ outcome: 'undecided', exitCode: 3 });
    expect(compared.sentence).toBe(
      'Too little data: the steady window of one run is only 15 s long, and it takes 30 s.',
    );
  });

  test('is undecided, and says of what, while one primary metric cannot be told and none is worse', () => {
    // 6 % of failures put p95 now among them and now below, in both runs alike.
    const edge = { failing: () => 0.05 };
    const compared = compareRuns({ baseline: [run('a', edge)], candidate: [run('b', edge)] }, options);
    expect(metricOf(compared, 'p95').verdict).toBe('too little data');
    expect(metricOf(compared, 'error_rate').verdict).toBe('no difference shown');
    expect(compared).toMatchObject({ outcome: 'undecided', exitCode: 3 });
    expect(compared.sentence).toBe('Too little data for p95: it lies where the failures begin: see the error rate.');
    const broken = compareRuns({ baseline: [run('a', edge)], candidate: [run('b', { failing: () => 0.3 })] }, options);
    expect(broken).toMatchObject({ outcome: 'regression', exitCode: 1 });
  });

  test('gives the same for the same seed', () => {
    const sides = { baseline: [run('a')], candidate: [run('b')] };
    expect(compareRuns(sides, options)).toEqual(compareRuns(sides, options));
  });
});

describe('compareRuns() of several runs a side', () => {
  test('ranks runs, and says that 3 against 3 can show nothing', () => {
    const five = compareRuns({ baseline: many('a', 5), candidate: many('b', 5, { ms: 130 }) }, options);
    expect(five).toMatchObject({ method: 'ranks', outcome: 'regression' });
    expect(metricOf(five, 'p95').p).toBeCloseTo(2 / 252, 9);
    const three = compareRuns({ baseline: many('a', 3), candidate: many('b', 3, { ms: 130 }) }, options);
    expect(three).toMatchObject({ method: 'none', outcome: 'undecided', exitCode: 3 });
    expect(three.sentence).toContain('chance alone would do that in 10 % of cases');
    expect(metricOf(three, 'p95').relative).toBeCloseTo(0.3, 1);
  });

  test('shows one metric to be worse from 4 against 4, the least that the message names', () => {
    const four = (name: string, p95: readonly number[], throughput: readonly number[]): FiguresRun[] => {
      const [first] = [figures(run(name))];
      return p95.map((value, i) => ({
        ...first,
        label: `${name} ${i}`,
        path: `${name} ${i}`,
        figures: { ...first.figures, all: { ...first.figures.all, p95: value, throughput: throughput[i] ?? 0 } },
      }));
    };
    const sides = {
      baseline: four('a', [343, 339, 348, 342], [7.98, 8.03, 8.0, 8.01]),
      candidate: four('b', [512, 505, 520, 515], [8.02, 7.99, 7.97, 8.04]),
    };
    const compared = compareRuns(sides, options);
    expect(compared).toMatchObject({ method: 'ranks', outcome: 'regression', exitCode: 1 });
    expect(metricOf(compared, 'p95').adjustedP).toBeCloseTo(2 / 70, 9);
    expect(metricOf(compared, 'p95').relativeDetectable).toBeLessThan(0.15);
    expect(metricOf(compared, 'throughput').verdict).toBe('no difference shown');
    const back = compareRuns({ baseline: sides.candidate, candidate: sides.baseline }, options);
    expect(back).toMatchObject({ outcome: 'no-regression', exitCode: 0 });
    expect(metricOf(back, 'p95').verdict).toBe('better');
  });

  test('holds one run against how several vary', () => {
    const compared = compareRuns({ baseline: many('a', 6), candidate: [run('b', { ms: 130 })] }, options);
    expect(compared.method).toBe('prediction');
    expect(metricOf(compared, 'p95').verdict).toBe('worse');
    const same = compareRuns({ baseline: many('a', 6), candidate: [run('b')] }, options);
    expect(same.outcome).toBe('no-regression');
  });

  test('takes an outage of the single run for one event, and steady errors for worse', () => {
    const baseline = many('a', 4);
    const outage = run('c', { failing: (second) => (second >= 50 && second < 54 ? 1 : 0) });
    const once = metricOf(compareRuns({ baseline, candidate: [outage] }, options), 'error_rate');
    expect(once.difference).toBeCloseTo(32 / 960, 3);
    expect(once.verdict).toBe('no difference shown');
    const steady = compareRuns({ baseline, candidate: [run('d', { failing: () => 0.033 })] }, options);
    expect(metricOf(steady, 'error_rate').verdict).toBe('worse');
  });
});

describe('compareRuns() of figures alone', () => {
  /** 8 417 requests, so many of which failed. */
  const counted = (label: string, failures: number): FiguresRun => {
    const of = figures(run(label));
    const all = { ...of.figures.all, requests: 8417, failures, errorRate: failures / 8417 };
    return { ...of, figures: { ...of.figures, over: 'run', percentiles: 'measured', all, rows: [] } };
  };

  test('shows values and differences of times, and no verdict from one file a side', () => {
    const compared = compareRuns({ baseline: [figures(run('a'))], candidate: [run('b', { ms: 130 })] }, options);
    expect(compared).toMatchObject({ method: 'counts', outcome: 'undecided' });
    expect(metricOf(compared, 'p95')).toMatchObject({ verdict: 'too little data' });
    expect(metricOf(compared, 'p95').relative).toBeCloseTo(0.3, 1);
    expect(metricOf(compared, 'error_rate')).toMatchObject({ verdict: 'no difference shown' });
  });

  test('tells the error rate of one file a side by its counts, and that this is less certain', () => {
    const between = (a: number, b: number) =>
      compareRuns({ baseline: [counted('a', a)], candidate: [counted('b', b)] }, options);
    const worse = between(8, 180);
    expect(worse).toMatchObject({ outcome: 'regression', exitCode: 1 });
    expect(worse.sentence).toMatch(
      /^Worse: error rate 0\.1 % → 2\.1 % \(\+2 pp, 95 % interval \+1\.\d pp to \+2\.\d pp\)\.$/,
    );
    expect(worse.notes.join(' ')).toContain('each request is taken to fail by itself');
    expect(metricOf(between(180, 8), 'error_rate').verdict).toBe('better');
    expect(between(180, 8)).toMatchObject({ outcome: 'undecided', exitCode: 3 });
    const alike = between(8, 13);
    expect(metricOf(alike, 'error_rate').verdict).toBe('no difference shown');
    expect(metricOf(alike, 'error_rate').detectable).toBeGreaterThan(0.001);
    expect(metricOf(alike, 'error_rate').detectable).toBeLessThan(0.004);
    const gate = { ...options, failOn: parseFailOn('error_rate:0.5pp') };
    expect(compareRuns({ baseline: [counted('a', 8)], candidate: [counted('b', 13)] }, gate).exitCode).toBe(0);
  });

  test('ranks several as it ranks records', () => {
    const sides = { baseline: many('a', 5), candidate: many('b', 5, { ms: 130 }) };
    const alone = compareRuns(
      { baseline: sides.baseline.map(figures), candidate: sides.candidate.map(figures) },
      options,
    );
    expect(metricOf(alone, 'p95')).toEqual(metricOf(compareRuns(sides, options), 'p95'));
  });

  test('reads a record over the whole run where the other side is a stats.csv', () => {
    const locust = figures(run('a'));
    const sides = {
      baseline: [{ ...locust, figures: { ...locust.figures, over: 'run', percentiles: 'measured' } as const }],
      candidate: [run('b', { failing: () => 0.2 })],
    };
    const compared = compareRuns(sides, options);
    expect(metricOf(compared, 'p95').candidate).toBeLessThan(300);
    expect(compared.candidate).toMatchObject({ requests: 8 * 129, window: { start: 0, end: 130 } });
    expect(compared.notes.join(' ')).toContain('Some figures are from a stats.csv, so that all are over the whole run');
  });
});

test('compareRuns() names history.csv where its figures are from there', () => {
  const noted = (label: string): FiguresRun => {
    const of = figures(run(label));
    return { ...of, from: 'history.csv', figures: { ...of.figures, over: 'run' } };
  };
  const { notes } = compareRuns({ baseline: [noted('a')], candidate: [noted('b')] }, options);
  expect(notes.join(' ')).toContain(
    'The figures are those of history.csv: response times and errors over the whole run',
  );
  expect(notes.join(' ')).not.toContain('stats.csv');
});

describe('compareRuns() with limits of one own', () => {
  const sides = { baseline: [run('a')], candidate: [run('b', { ms: 130 })] };

  test('lets a certain difference within the limit pass, and one beyond it not', () => {
    const at = (limit: string) => metricOf(compareRuns(sides, { ...options, failOn: parseFailOn(limit) }), 'p95');
    expect(at('p95:60%')).toMatchObject({ verdict: 'no difference shown', limit: { from: 'fail-on', text: '60 %' } });
    expect(at('p95:10%').verdict).toBe('worse');
    expect(at('p95:10ms')).toMatchObject({ verdict: 'worse', limit: { amount: 10, text: '10 ms' } });
  });

  test('makes what it names primary, and is undecided when that cannot be told', () => {
    const compared = compareRuns(
      { baseline: [run('a')], candidate: [run('b')] },
      { ...options, failOn: parseFailOn('health.p99:20%') },
    );
    expect(metricOf(compared, 'p99', 'health').family).toBe('primary');
    expect(metricOf(compared, 'p99', 'health').verdict).toBe('no difference shown');
  });

  test('lets nothing else decide: what is worse without a limit is told, and what is open counts only where it is limited', () => {
    const at = (limit: string, of = sides) => compareRuns(of, { ...options, failOn: parseFailOn(limit) });
    expect(at('error_rate:0.5pp')).toMatchObject({ outcome: 'no-regression', exitCode: 0 });
    expect(at('error_rate:0.5pp').sentence).toMatch(
      /^Nothing is shown to be worse than --fail-on allows: error rate 0 % → 0 % \(.*\); worse, but without a limit: p95 /,
    );
    const edge = { failing: () => 0.05 };
    const open = { baseline: [run('a', edge)], candidate: [run('b', edge)] };
    expect(compareRuns(open, options).exitCode).toBe(3);
    expect(at('error_rate:1pp', open).exitCode).toBe(0);
    expect(at('p95:10%', open)).toMatchObject({
      exitCode: 3,
      sentence:
        'Too little data for p95, which --fail-on limits: it lies where the failures begin: see the error rate.',
    });
  });

  test('refuses a limit on a row that there is not', () => {
    expect(() => compareRuns(sides, { ...options, failOn: parseFailOn('hello.p95:20%') })).toThrow(
      /"hello.p95:20%" limits what the runs do not have in common/,
    );
  });
});

describe('checkComparable()', () => {
  const differing = (header: Partial<RecordHeader>) =>
    checkComparable({ baseline: [run('a')], candidate: [run('b', { header })] });

  test('finds nothing between runs that were made alike', () => {
    expect(differing({})).toEqual([]);
  });

  test('refuses another think time, load, dialect and connection policy, naming both', () => {
    const load = { ...plantHeader().load, thinkMin: millis(1000), thinkMax: millis(2000) };
    expect(differing({ load })).toEqual([
      {
        kind: 'refuse',
        exitCode: 2,
        what: 'think time',
        sentence: 'The think time differs: 3s to 7s in the baseline, 1s to 2s in the candidate.',
      },
    ]);
    const settings = { dialect: { value: 'mcp', from: 'option' }, connections: { value: 'shared:4', from: 'option' } };
    expect(differing({ settings }).map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'refuse dialect',
      'refuse connection policy',
    ]);
    expect(differing({ profile: { ...profile, peak: 20 } })[0]).toMatchObject({ kind: 'refuse', what: 'load' });
  });

  test('only warns of another length, although it moves the shares that are expected of a configured mix', () => {
    const made = (expectedShare: readonly number[], mix: string, seconds = 130) => ({
      load: { ...plantHeader().load, expectedShare },
      profile: { ...profile, seconds, steady: { start: 10, end: seconds } },
      settings: { mix: { value: mix, from: 'default' } },
    });
    const between = (a: Partial<RecordHeader>, b: Partial<RecordHeader>) =>
      checkComparable({ baseline: [run('a', { header: a })], candidate: [run('b', { header: b })] });
    const usual = 'health=1,initial=3,follow-up=5,automatic=0';
    const short = made([0.111, 0.363, 0.526], usual);
    expect(between(short, made([0.111, 0.351, 0.538], usual, 600)).map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'warn length of the run',
    ]);
    expect(between(short, made([0.111, 0.363, 0.526], 'health=2,initial=6,follow-up=10'))).toEqual([]);
    expect(between(short, made([0.1, 0.4, 0.5], 'health=1,initial=4,follow-up=5'))).toMatchObject([
      {
        kind: 'refuse',
        sentence:
          'The mix of requests differs: health 11.1 %, initial 33.3 %, follow-up 55.6 % in the baseline, health 10.0 %, initial 40.0 %, follow-up 50.0 % in the candidate.',
      },
    ]);
  });

  test('warns of another version and address, and of a built-in server that was changed', () => {
    expect(
      differing({ sqload: '0.2.0', target: { address: 'http://other:1', builtIn: null } }).map(({ kind, what }) => [
        kind,
        what,
      ]),
    ).toEqual([
      ['warn', 'address of the server'],
      ['warn', 'version of sqload'],
    ]);
    expect(differing({ target: { address: '', builtIn: 'p50=120ms' } })[0]).toMatchObject({
      kind: 'refuse',
      what: 'server',
    });
  });

  test('refuses an invalid run and the same run twice, and warns of one that was cut short', () => {
    const a = run('a');
    expect(checkComparable({ baseline: [a], candidate: [a] })).toMatchObject([{ kind: 'refuse', what: 'same run' }]);
    expect(checkComparable({ baseline: [a], candidate: [{ ...run('b'), outcome: 'invalid' }] })).toMatchObject([
      { kind: 'refuse', what: 'invalid run' },
    ]);
    const stats = { ...figures(run('v2')), path: 'reports/v2-7', outcome: 'invalid' as const };
    expect(
      checkComparable({ baseline: [{ ...run('main'), path: 'reports/x-1', outcome: 'invalid' }], candidate: [stats] }),
    ).toMatchObject([
      { exitCode: 3, sentence: expect.stringContaining('The run main (reports/x-1) is invalid') },
      { exitCode: 3, sentence: expect.stringContaining('The run v2 (reports/v2-7) is invalid') },
      { kind: 'warn' },
    ]);
    const copied = { ...figures(run('v2')), label: 'copy', path: 'copy_stats.csv' };
    expect(checkComparable({ baseline: [figures(run('v2'))], candidate: [copied] })[0]).toEqual({
      kind: 'refuse',
      exitCode: 2,
      what: 'same run',
      sentence: 'v2 and copy (copy_stats.csv) have all figures in common: they are the same run.',
    });
    expect(checkComparable({ baseline: [copied], candidate: [copied] })[0]).toMatchObject({
      sentence: 'copy (copy_stats.csv) was given twice: a run does not differ from itself.',
    });
    const b = run('b');
    const cut = { ...b, series: { ...b.series, seconds: b.series.seconds.slice(0, 61), end: null } };
    expect(checkComparable({ baseline: [a], candidate: [cut] })).toMatchObject([
      {
        kind: 'warn',
        what: 'cut short',
        sentence: 'The run b was cut short at 1:01: only 50 s of its steady window count.',
      },
    ]);
    expect(checkComparable({ baseline: [cut], candidate: [cut] }).map(({ sentence }) => sentence)).toEqual([
      'b was given twice: a run does not differ from itself.',
      'The run b was cut short at 1:01: only 50 s of its steady window count.',
    ]);
  });

  test('tells what cannot be checked of figures alone', () => {
    expect(checkComparable({ baseline: [figures(run('a'))], candidate: [run('b')] })).toMatchObject([
      { kind: 'warn', what: 'not known' },
    ]);
  });
});
