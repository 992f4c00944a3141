import { counted, formatCount, formatPercent } from '../core/format.ts';
import type { Tally } from '../metrics/tally.ts';
import type { RunFold } from '../record/fold.ts';
import type { ServerMeasure } from '../record/monitor.ts';
import { formatMeasured, formatValue } from './format-value.ts';
import { type GradedOver, gradedOver, rowIndex } from './graded-over.ts';
import { holds, isUpper } from './holds.ts';
import { percentileRanks, poissonInterval, proportionInterval } from './interval.ts';
import { leastSamples } from './least-samples.ts';
import { isServerMeasure } from './metric.ts';
import { addsUp, outlookOf } from './outlook.ts';
import { lacksSlices, mergeFirst } from './partial-run.ts';
import { findServerLoad, monitoredSecondsNeeded } from './server-load.ts';
import { breaches, surelyBroken } from './surely-broken.ts';
import { isOfSessions, type Threshold } from './threshold.ts';
import type { GradedThreshold } from './verdict.ts';

/**
 * Holds a threshold against a run. Latency, errors and counts are those of the requests due in the steady window, or of the
 * set-ups of sessions in the whole run; throughput is that of successes that ended in the window; CPU and memory are the mean of what
 * monitors read in it. What the run cannot decide is `inconclusive`, or `not-graded` when it is a default
 * that the plan could not decide either, or adds up over slices of which the record has only some.
 */
export function gradeThreshold(threshold: Threshold, fold: RunFold): GradedThreshold {
  const finding = findingOf(threshold, fold);
  const { text, source, row, metricName, metric, op, limit } = threshold;
  const unit = unitOf(metric.kind);
  const graded = {
    text,
    source,
    row,
    metric: metricName,
    op,
    unit,
    limit: shown(limit, unit),
    samplesNeeded: isServerMeasure(metric.kind) ? monitoredSecondsNeeded(fold) : leastSamples(threshold),
  };
  const { holds: outcome, ...measurement } = finding;
  if (addsUp(metric) && lacksSlices(fold.header.slices))
    return { ...graded, ...measurement, grade: 'not-graded', reason: mergeFirst(fold.header.slices) };
  if (outcome !== null) return { ...graded, ...measurement, grade: outcome ? 'passed' : 'failed' };
  const plan = outlookOf(threshold, fold.header);
  // How many sessions there are is no aim of a run: a default that rests on too few of them does not leave it open.
  const excusable = source === 'default' && (!plan.decidable || isOfSessions(threshold));
  const grade = excusable ? 'not-graded' : 'inconclusive';
  return { ...graded, ...measurement, grade, reason: plan.decidable ? finding.reason : plan.reason };
}

/** What a run says about a threshold. `holds` is null when it cannot decide. */
interface Finding extends Pick<GradedThreshold, 'measured' | 'beyondFailures' | 'interval' | 'samples' | 'reason'> {
  readonly holds: boolean | null;
}

const nothing: Finding = {
  holds: null,
  measured: null,
  beyondFailures: false,
  interval: null,
  samples: 0,
  reason: 'nothing was measured',
};

function findingOf(threshold: Threshold, fold: RunFold): Finding {
  const { metric } = threshold;
  if (isServerMeasure(metric.kind)) return findServer(threshold, metric.kind, fold);
  const over = gradedOver(threshold, fold);
  if (over.noun === 'request' && fold.steadySeconds === 0)
    return { ...nothing, reason: 'the run ended before its steady window began' };
  if (metric.kind === 'rps') return findRate(threshold, fold, over);
  if (metric.kind === 'count') return findCount(threshold, fold, over);
  if (over.tally.requests === 0) return { ...nothing, reason: noneOf(over) };
  if (metric.kind === 'percentile') return findPercentile(threshold, metric.quantile, over);
  if (metric.kind === 'avg') return findMean(threshold, over);
  if (metric.kind === 'error_rate') return findErrorRate(threshold, over);
  metric.kind satisfies 'max';
  return { ...findTime(threshold, over, over.tally.adjustedPercentile(1)), interval: null };
}

/** Over the seconds that monitors measured. */
function findServer(threshold: Threshold, measure: ServerMeasure, fold: RunFold): Finding {
  const { share, seconds, ...found } = findServerLoad(threshold, measure, fold);
  return { ...nothing, ...found, measured: share === null ? null : shown(share, '%'), samples: seconds };
}

const noneOf = ({ noun }: GradedOver): string =>
  noun === 'request'
    ? 'no request was due in the steady window'
    : noun === 'value'
      ? 'the hooks measured nothing of this name'
      : 'no session was set up';

/** A counter that is never asked for is as good as misspelt. */
const isUnknown = ({ noun, count, tally }: GradedOver): boolean =>
  noun === 'value' && count === null && tally.requests === 0;

function findPercentile(threshold: Threshold, quantile: number, over: GradedOver): Finding {
  const { tally, noun } = over;
  const n = tally.requests;
  const { low, high } = percentileRanks(quantile, n);
  const interval = { low: millisAtRank(tally, low), high: millisAtRank(tally, high) };
  const found = { ...findTime(threshold, over, tally.adjustedPercentile(quantile)), interval };
  const needed = leastSamples(threshold);
  if (n >= needed) return found;
  if (!surelyBroken(threshold, tally)) return { ...found, holds: null, reason: tooFew(over, needed) };
  const side = isUpper(threshold) ? 'above' : 'below';
  return {
    ...found,
    holds: false,
    reason: `${formatCount(breaches(threshold, tally))} of only ${counted(n, noun)} are ${side} the limit or failed, too many for chance`,
  };
}

/** Grades a response time over all requests, in µs; infinite when it falls among the failed ones. */
function findTime(
  threshold: Threshold,
  { tally, noun }: GradedOver,
  time: number | undefined,
): Omit<Finding, 'interval'> {
  const value = (time ?? Number.POSITIVE_INFINITY) / 1000;
  const beyondFailures = value === Number.POSITIVE_INFINITY;
  const samples = tally.requests;
  const reason = beyondFailures
    ? `${formatPercent(tally.errorRate ?? 1)} of the ${noun}s failed, so that the ${threshold.metricName} falls among the failed ones`
    : measuredOver(threshold, value, counted(samples, noun));
  return { holds: holds(value, threshold), measured: beyondFailures ? null : value, beyondFailures, samples, reason };
}

/** Over successes: a failed request has no response time that could enter a mean, and a fast error cannot improve it. */
function findMean(threshold: Threshold, over: GradedOver): Finding {
  const { tally, noun } = over;
  const { mean, count } = tally.ok;
  const found = findTime(threshold, over, mean);
  if (mean === undefined) return { ...found, interval: null, reason: `every ${noun} failed, so that there is no mean` };
  const rests = tally.failed.count === 0 ? counted(count, noun) : `${formatCount(count)} successes`;
  return { ...found, interval: null, samples: count, reason: measuredOver(threshold, mean / 1000, rests) };
}

function findErrorRate(threshold: Threshold, over: GradedOver): Finding {
  const { tally, noun } = over;
  const n = tally.requests;
  const failed = tally.failed.count;
  const measured = failed / n;
  const { low, high } = proportionInterval(failed, n);
  const found: Finding = {
    holds: holds(measured, threshold),
    measured: shown(measured, '%'),
    beyondFailures: false,
    interval: { low: shown(low, '%'), high: shown(high, '%') },
    samples: n,
    reason: `${formatCount(failed)} of ${counted(n, noun)} failed`,
  };
  const needed = leastSamples(threshold);
  if (n >= needed) return found;
  if (!surelyBroken(threshold, tally)) return { ...found, holds: null, reason: tooFew(over, needed) };
  const extent = isUpper(threshold) ? 'many' : 'few';
  return {
    ...found,
    holds: false,
    reason: `${formatCount(failed)} of only ${counted(n, noun)} failed, too ${extent} for chance`,
  };
}

function findRate(threshold: Threshold, fold: RunFold, over: GradedOver): Finding {
  const successes = fold.steadySuccesses(rowIndex(threshold, fold));
  const span = fold.steadySeconds;
  const measured = successes / span;
  const { low, high } = poissonInterval(successes);
  const within = holds(measured, threshold);
  const found: Finding = {
    holds: within,
    measured,
    beyondFailures: false,
    interval: { low: low / span, high: high / span },
    samples: successes,
    reason: `${formatCount(successes)} ${successes === 1 ? 'success' : 'successes'} in ${formatCount(span)} s`,
  };
  return within || isUpper(threshold) ? found : excused(threshold, fold, found, over.stopped ? over : null);
}

function findCount(threshold: Threshold, fold: RunFold, over: GradedOver): Finding {
  if (isUnknown(over)) return { ...nothing, reason: noneOf(over) };
  const count = over.count ?? over.tally.requests;
  const within = holds(count, threshold);
  const found: Finding = {
    ...nothing,
    holds: within,
    measured: count,
    samples: Math.round(count),
    reason: over.count === null ? counted(count, over.noun) : `counted ${formatValue(count, 'count')}`,
  };
  // A count only grows: what is not over yet can still reach a lower limit, and still break an upper one.
  const open = within === isUpper(threshold);
  return open ? excused(threshold, fold, found, over.stopped || over.cut ? over : null) : found;
}

/** A load that was never offered is nobody's fault: neither one above the ceiling nor one that was stopped. */
function excused(threshold: Threshold, fold: RunFold, found: Finding, early: GradedOver | null): Finding {
  const when = early?.noun === 'request' ? 'within the steady window' : 'early';
  if (early) return { ...found, holds: null, reason: `${found.reason}, but the run ended ${when}` };
  return found.holds === false && !outlookOf(threshold, fold.header).decidable ? { ...found, holds: null } : found;
}

function millisAtRank(tally: Tally, rank: number | null): number | null {
  return rank === null || rank > tally.ok.count ? null : tally.ok.valueAtRank(rank) / 1000;
}

function unitOf(kind: Threshold['metric']['kind']): GradedThreshold['unit'] {
  switch (kind) {
    case 'percentile':
    case 'avg':
    case 'max':
      return 'ms';
    case 'error_rate':
    case 'cpu':
    case 'memory':
      return '%';
    case 'rps':
      return '1/s';
    case 'count':
      return 'count';
  }
}

/** In the unit that people read: shares become per cent, without the noise of binary fractions. */
const shown = (value: number, unit: GradedThreshold['unit']): number =>
  unit === '%' ? Number((value * 100).toPrecision(12)) : value;

function measuredOver({ limit }: Threshold, value: number, over: string): string {
  return `measured ${formatMeasured(value, { limit, unit: 'ms' })} over ${over}`;
}

const tooFew = ({ tally, noun, where }: GradedOver, needed: number): string =>
  `${counted(tally.requests, noun)} ${where}, ${formatValue(needed, 'count')} are needed`;
