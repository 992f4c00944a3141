import { formatCount, formatPercent } from '../core/format.ts';
import type { Tally } from '../metrics/tally.ts';
import type { RunFold } from '../record/fold.ts';
import { formatMeasured, formatValue } from './format-value.ts';
import { holds, isUpper } from './holds.ts';
import { percentileRanks, poissonInterval, proportionInterval } from './interval.ts';
import { leastSamples } from './least-samples.ts';
import { addsUp, outlookOf } from './outlook.ts';
import { lacksSlices, mergeFirst } from './partial-run.ts';
import { breaches, surelyBroken } from './surely-broken.ts';
import type { Threshold } from './threshold.ts';
import type { GradedThreshold } from './verdict.ts';

/**
 * Holds a threshold against a run. Latency, errors and counts are those of the requests due in the steady window, throughput
 * is that of successes that ended in it. What the run cannot decide is `inconclusive`, or `not-graded` when it is a default
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
    samplesNeeded: leastSamples(threshold),
  };
  const { holds: outcome, ...measurement } = finding;
  if (addsUp(metric) && lacksSlices(fold.header.slices))
    return { ...graded, ...measurement, grade: 'not-graded', reason: mergeFirst(fold.header.slices) };
  if (outcome !== null) return { ...graded, ...measurement, grade: outcome ? 'passed' : 'failed' };
  const plan = outlookOf(threshold, fold.header);
  const grade = source === 'default' && !plan.decidable ? 'not-graded' : 'inconclusive';
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
  const { metric, row } = threshold;
  if (metric.kind === 'cpu' || metric.kind === 'memory') return nothing;
  if (fold.steadySeconds === 0) return { ...nothing, reason: 'the run ended before its steady window began' };
  const index = row === null ? null : fold.header.rows.findIndex(({ id }) => id === row);
  if (metric.kind === 'rps') return findRate(threshold, fold, index);
  const tally = fold.steadyTally(index);
  if (metric.kind === 'count') return findCount(threshold, fold, tally);
  if (tally.requests === 0) return { ...nothing, reason: 'no request was due in the steady window' };
  if (metric.kind === 'percentile') return findPercentile(threshold, metric.quantile, tally);
  if (metric.kind === 'avg') return findMean(threshold, tally);
  if (metric.kind === 'error_rate') return findErrorRate(threshold, tally);
  metric.kind satisfies 'max';
  return { ...findTime(threshold, tally, tally.adjustedPercentile(1)), interval: null };
}

function findPercentile(threshold: Threshold, quantile: number, tally: Tally): Finding {
  const n = tally.requests;
  const { low, high } = percentileRanks(quantile, n);
  const interval = { low: millisAtRank(tally, low), high: millisAtRank(tally, high) };
  const found = { ...findTime(threshold, tally, tally.adjustedPercentile(quantile)), interval };
  const needed = leastSamples(threshold);
  if (n >= needed) return found;
  if (!surelyBroken(threshold, tally)) return { ...found, holds: null, reason: tooFew(n, needed) };
  const side = isUpper(threshold) ? 'above' : 'below';
  return {
    ...found,
    holds: false,
    reason: `${formatCount(breaches(threshold, tally))} of only ${requests(n)} are ${side} the limit or failed, too many for chance`,
  };
}

/** Grades a response time over all requests, in µs; infinite when it falls among the failed ones. */
function findTime(threshold: Threshold, tally: Tally, time: number | undefined): Omit<Finding, 'interval'> {
  const value = (time ?? Number.POSITIVE_INFINITY) / 1000;
  const beyondFailures = value === Number.POSITIVE_INFINITY;
  const samples = tally.requests;
  const reason = beyondFailures
    ? `${formatPercent(tally.errorRate ?? 1)} of the requests failed, so that the ${threshold.metricName} falls among the failed ones`
    : measuredOver(threshold, value, requests(samples));
  return { holds: holds(value, threshold), measured: beyondFailures ? null : value, beyondFailures, samples, reason };
}

/** Over successes: a failed request has no response time that could enter a mean, and a fast error cannot improve it. */
function findMean(threshold: Threshold, tally: Tally): Finding {
  const { mean, count } = tally.ok;
  const found = findTime(threshold, tally, mean);
  if (mean === undefined) return { ...found, interval: null, reason: 'every request failed, so that there is no mean' };
  const over = tally.failed.count === 0 ? requests(count) : `${formatCount(count)} successes`;
  return { ...found, interval: null, samples: count, reason: measuredOver(threshold, mean / 1000, over) };
}

function findErrorRate(threshold: Threshold, tally: Tally): Finding {
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
    reason: `${formatCount(failed)} of ${requests(n)} failed`,
  };
  const needed = leastSamples(threshold);
  if (n >= needed) return found;
  if (!surelyBroken(threshold, tally)) return { ...found, holds: null, reason: tooFew(n, needed) };
  const extent = isUpper(threshold) ? 'many' : 'few';
  return {
    ...found,
    holds: false,
    reason: `${formatCount(failed)} of only ${requests(n)} failed, too ${extent} for chance`,
  };
}

function findRate(threshold: Threshold, fold: RunFold, row: number | null): Finding {
  const successes = fold.steadySuccesses(row);
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
  return within || isUpper(threshold) ? found : excused(threshold, fold, found, stoppedInside(fold));
}

function findCount(threshold: Threshold, fold: RunFold, { requests: count }: Tally): Finding {
  const within = holds(count, threshold);
  const found: Finding = { ...nothing, holds: within, measured: count, samples: count, reason: requests(count) };
  // A count only grows: what is not over yet can still reach a lower limit, and still break an upper one.
  const open = within === isUpper(threshold);
  return open ? excused(threshold, fold, found, stoppedInside(fold) || cutInside(fold)) : found;
}

/** A load that was never offered is nobody's fault: neither one above the ceiling nor one that was stopped. */
function excused(threshold: Threshold, fold: RunFold, found: Finding, stopped: boolean): Finding {
  if (stopped) return { ...found, holds: null, reason: `${found.reason}, but the run ended within the steady window` };
  return found.holds === false && !outlookOf(threshold, fold.header).decidable ? { ...found, holds: null } : found;
}

/** Whether the run was told to stop before its steady window was over, so that users stood still in a part of it. */
function stoppedInside({ end, header }: RunFold): boolean {
  const { steady } = header.profile;
  return end !== null && end.reason !== 'completed' && steady !== null && end.at < steady.end * 1000;
}

/** Whether the record breaks off before its steady window was over. */
function cutInside({ end, header, seconds }: RunFold): boolean {
  const { steady } = header.profile;
  return end === null && steady !== null && seconds < steady.end;
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

const tooFew = (n: number, needed: number): string =>
  `${requests(n)} in the steady window, ${formatValue(needed, 'count')} are needed`;

const requests = (count: number): string => `${formatCount(count)} ${count === 1 ? 'request' : 'requests'}`;
