import { formatCount } from '../core/format.ts';
import type { Random } from '../core/random.ts';
import { z90, z975 } from '../statistics/normal-quantiles.ts';
import { twoSidedT, twoSidedTPoint, welchFreedom } from '../statistics/student-t.ts';
import { testOfCounts } from './counts-test.ts';
import { type Rate, thinned } from './rate-difference.ts';
import { type Spread, spreadOf, tooShort } from './spread.ts';
import type { Subject } from './subject.ts';
import { directionOf, plainDifference, type Test, untested } from './tested.ts';
import type { TimedRun } from './timed-run.ts';
import type { TimedStatistic } from './timed-statistic.ts';

/** Both runs of a comparison of one with one, and what both say of a subject. */
export interface Pair {
  readonly baseline: { readonly run: TimedRun; readonly value: number | null };
  readonly candidate: { readonly run: TimedRun; readonly value: number | null };
}

/**
 * Whether one run a side differs by more than their own blocks of time let expect. A run can only tell of ups and downs that it holds many
 * of: where speed wanders for longer than about a twentieth of the window (30 s of 9 min), blocks look more alike than runs are, intervals
 * come out too narrow, and two runs of one server are called different more often than in 5 % of cases, unless `spreadOf` notices and
 * says that there are too few independent blocks. Only several runs a side see it.
 */
export function blockTest(subject: Subject, { baseline, candidate }: Pair, random: Random): Test {
  const difference = plainDifference(baseline.value, candidate.value);
  const missing = (reason: string): Test => untested(difference, reason);
  if (baseline.value === null || candidate.value === null) return missing('not measured in both runs');
  if (subject.metric === 'memory')
    return missing(
      'memory stays where a process happens to settle, so that one run is one value: give several runs a side',
    );
  const [a, b] = [statisticIn(subject, baseline.run), statisticIn(subject, candidate.run)];
  if (a === null || b === null) return missing('not measured in both runs');
  const fewest = Math.min(a.samples, b.samples);
  if (fewest < subject.least)
    return missing(`${formatCount(fewest)} ${subject.noun} in one run, and it takes ${formatCount(subject.least)}`);
  if (subject.metric === 'error_rate') return rateTest(a, b, random);
  const spreads = [spreadOf(a, 'log', random.fork('baseline')), spreadOf(b, 'log', random.fork('candidate'))];
  const [spreadA, spreadB] = spreads;
  if (typeof spreadA === 'string') return missing(spreadA);
  if (typeof spreadB === 'string') return missing(spreadB);
  if (spreadA === undefined || spreadB === undefined) return missing('not measured in both runs');
  const values = { baseline: baseline.value, candidate: candidate.value };
  return Math.max(spreadA.beyond, spreadB.beyond) > edge
    ? beyondTest(values, spreadA, spreadB)
    : logTest(values, spreadA, spreadB);
}

/** In more of the resamples than this a percentile lies among the failures: it has no spread that could be tested. */
const edge = 0.025;

const statisticIn = ({ group, metric, unit }: Subject, run: TimedRun): TimedStatistic | null =>
  group.kind === 'monitor'
    ? run.ofMonitor(metric, group.id, unit)
    : run.ofRow(metric, group.kind === 'row' ? group.id : null);

interface Values {
  readonly baseline: number;
  readonly candidate: number;
}

/** On the logarithm of the ratio: figures such as percentiles spread in proportion. */
function logTest({ baseline, candidate }: Values, a: Spread, b: Spread): Test {
  if (baseline <= 0 || candidate <= 0) return untested(candidate - baseline, 'it was 0 in one run');
  const error = Math.hypot(a.error, b.error);
  const df = welchFreedom({ variance: a.error ** 2, df: a.df }, { variance: b.error ** 2, df: b.df });
  const shift = Math.log(candidate / baseline);
  const bound = (by: number): number => baseline * Math.expm1(shift + by * error);
  const t = twoSidedTPoint(0.05, df);
  return {
    kind: 'tested',
    difference: candidate - baseline,
    interval: { low: bound(-t), high: bound(t) },
    p: error === 0 ? Number(shift === 0) : twoSidedT(shift / error, df),
    runs: null,
    direction: directionOf(shift),
    detectable: (level, limit) => {
      const certain = (twoSidedTPoint(level, df) + z90) * error;
      const large = Math.log1p(limit / baseline) + z90 * error;
      return baseline * Math.expm1(Math.max(certain, large));
    },
  };
}

/** A percentile that lies among the failures in one run, and hardly ever in the other, is worse, by no number. */
function beyondTest({ baseline, candidate }: Values, a: Spread, b: Spread): Test {
  const direction = a.beyond > 1 - edge && b.beyond < edge ? -1 : b.beyond > 1 - edge && a.beyond < edge ? 1 : 0;
  if (direction === 0)
    return untested(plainDifference(baseline, candidate), 'it lies where the failures begin: see the error rate');
  const doubt = direction === 1 ? Math.max(a.beyond, 1 - b.beyond) : Math.max(b.beyond, 1 - a.beyond);
  return {
    kind: 'tested',
    difference: null,
    interval: null,
    p: Math.min(1, 2 * doubt + 0.001),
    runs: null,
    direction,
    detectable: () => null,
  };
}

/**
 * Failures come in clusters (an outage is one event), so that they and the requests count for fewer: by how much more they spread over
 * blocks of time than independent ones would, both runs taken together. Exact for what is left, since failures are rare.
 */
function rateTest(a: TimedStatistic, b: TimedStatistic, random: Random): Test {
  const [rateA, rateB] = [rateIn(a), rateIn(b)];
  const difference = rateB.failures / rateB.requests - rateA.failures / rateA.requests;
  const short = tooShort(a) ?? tooShort(b);
  if (short !== null) return untested(difference, short);
  const [clusterA, clusterB] = [
    clustering(a, rateA, random.fork('baseline')),
    clustering(b, rateB, random.fork('candidate')),
  ];
  if (typeof clusterA === 'string') return untested(difference, clusterA);
  if (typeof clusterB === 'string') return untested(difference, clusterB);
  const failures = rateA.failures + rateB.failures;
  const cluster = failures === 0 ? 1 : (clusterA * rateA.failures + clusterB * rateB.failures) / failures;
  const [x, y] = [thinned(rateA, cluster), thinned(rateB, cluster)];
  return testOfCounts(difference, x, y);
}

const rateIn = ({ value, samples }: TimedStatistic): Rate => ({
  failures: Math.round(value * samples),
  requests: samples,
});

/**
 * How many failures of those runs go together by blocks of their time, at least 1: an outage is one event. A run that is too short or too
 * uneven to tell is passed over.
 */
export function togetherIn(subject: Subject, runs: readonly TimedRun[], random: Random): number {
  let [weighted, failures] = [0, 0];
  for (const [index, run] of runs.entries()) {
    const statistic = statisticIn(subject, run);
    if (statistic === null || !(statistic.value > 0)) continue;
    const rate = rateIn(statistic);
    const cluster = clustering(statistic, rate, random.fork(`run ${index}`));
    if (typeof cluster === 'string') continue;
    weighted += cluster * rate.failures;
    failures += rate.failures;
  }
  return failures === 0 ? 1 : weighted / failures;
}

/** How many failures go together, at least 1, with the doubt about the spread itself in it. */
function clustering(statistic: TimedStatistic, { failures, requests }: Rate, random: Random): number | string {
  if (failures === 0 || failures === requests) return 1;
  const spread = spreadOf(statistic, 'linear', random);
  if (typeof spread === 'string') return spread;
  const share = failures / requests;
  const alone = (share * (1 - share)) / requests;
  const widened = (twoSidedTPoint(0.05, spread.df) / z975) ** 2;
  return Math.max(1, (spread.error ** 2 / alone) * widened);
}
