import type { RunSeries } from '../../record/series.ts';
import { batchMean, boundsOf } from '../../statistics/batch-means.ts';
import { binomialTail } from '../../verdict/binomial.ts';
import { holds, isUpper } from '../../verdict/holds.ts';
import type { Threshold } from '../../verdict/threshold.ts';
import { type DueCount, dueCounts } from '../due-counts.ts';

/** A threshold, second by second of a run: what grades it at one load level. */
export type LevelCriterion = CountedCriterion | MeanCriterion;

/** A limit on how many requests break it: percentiles, the greatest and the error rate. */
export interface CountedCriterion {
  readonly kind: 'counted';
  readonly threshold: Threshold;
  /** The share of requests that may break it. */
  readonly allowed: number;
  /** Requests due in each second, and those of them that break it. */
  readonly requests: readonly number[];
  readonly breaches: readonly number[];
}

/** A limit on a mean: of what one monitor reads, of response times. */
export interface MeanCriterion {
  readonly kind: 'mean';
  readonly threshold: Threshold;
  /** By second, in the unit of the limit; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

/** How a level came out with one-sided confidence on either side. */
export type LevelGrade = 'held' | 'broken' | 'undecided';

/**
 * The thresholds that a load can break, as they fared by second of their intended start. Limits from below, counts and throughput are left
 * out: a low load breaks them and a high one does not. So are sessions and what hooks measure, which no row holds.
 */
export function levelCriteria(series: RunSeries, thresholds: readonly Threshold[]): LevelCriterion[] {
  const { monitors } = series.header;
  const upper = thresholds.filter(isUpper);
  const ofServer = upper.flatMap((threshold) => {
    const { metric, row } = threshold;
    if (metric.kind !== 'cpu' && metric.kind !== 'memory') return [];
    const measure = metric.kind;
    return monitors.flatMap((monitor, index): MeanCriterion[] => {
      const values = series.seconds.map((second) => second.monitors[index]?.[measure] ?? null);
      const meant = monitor[measure] !== null && (row === null || row === monitor.name);
      return meant && values.some((value) => value !== null) ? [{ kind: 'mean', threshold, values }] : [];
    });
  });
  return [...ofRequests(series, upper), ...ofServer];
}

function ofRequests(series: RunSeries, thresholds: readonly Threshold[]): LevelCriterion[] {
  const blank = (): number[] => new Array<number>(series.seconds.length).fill(0);
  const sums = thresholds.flatMap((threshold) => {
    const row = threshold.row === null ? null : series.header.rows.findIndex(({ id }) => id === threshold.row);
    if (row === -1 || allowedOf(threshold) === null) return [];
    return [{ threshold, row, requests: blank(), breaches: blank() }];
  });
  for (const due of dueCounts(series))
    for (const { threshold, row, requests, breaches } of sums) {
      if (row !== null && row !== due.row) continue;
      requests[due.second] = (requests[due.second] ?? 0) + due.count;
      if (breaks(due, threshold)) breaches[due.second] = (breaches[due.second] ?? 0) + due.count;
    }
  return sums.map(({ threshold, requests, breaches }) => ({
    ...{ kind: 'counted', threshold, allowed: allowedOf(threshold) ?? 0, requests, breaches },
  }));
}

/** The share of the requests that may break a limit; null where it is about something else. */
function allowedOf({ metric, limit }: Threshold): number | null {
  switch (metric.kind) {
    case 'percentile':
      return 1 - metric.quantile;
    case 'error_rate':
      return limit;
    case 'max':
      return 0;
    default:
      return null;
  }
}

/** A failed request is slower than any success. */
const breaks = ({ ok, ms }: DueCount, threshold: Threshold): boolean =>
  !ok || (threshold.metric.kind !== 'error_rate' && !holds(ms, threshold));

/** The requests that decide a criterion when none of them breaks it, at this risk. */
export function requestsToDecide(criterion: LevelCriterion, risk: number): number {
  if (criterion.kind === 'mean' || criterion.allowed <= 0) return 1;
  return Math.ceil(Math.log(risk) / Math.log1p(-criterion.allowed));
}

/** The seconds from `start` until `end`, the chance of being wrong on each side, and for how many seconds requests share their fate. */
export interface GradedSpan {
  readonly start: number;
  readonly end: number;
  readonly risk: number;
  readonly memory: number;
}

/** Grades a criterion over a stretch of the run. */
export function gradeLevel(criterion: LevelCriterion, span: GradedSpan): LevelGrade {
  return criterion.kind === 'mean' ? gradeMean(criterion, span) : gradeCounts(criterion, span);
}

/** Fewer readings than this decide no mean. */
const leastReadings = 10;

function gradeMean({ threshold, values }: MeanCriterion, { start, end, risk, memory }: GradedSpan): LevelGrade {
  const read = values.slice(start, end).flatMap((value) => (value === null ? [] : [value]));
  if (read.length < leastReadings) return 'undecided';
  const batch = Math.max(1, Math.min(Math.ceil(memory), Math.floor(read.length / leastReadings)));
  const { low, high } = boundsOf(batchMean(read, batch), 1 - risk);
  if (!holds(low, threshold)) return 'broken';
  return holds(high, threshold) ? 'held' : 'undecided';
}

function gradeCounts({ allowed, requests, breaches }: CountedCriterion, span: GradedSpan): LevelGrade {
  const { start, end, risk, memory } = span;
  const [n, broken] = [sum(requests.slice(start, end)), sum(breaches.slice(start, end))];
  if (n === 0) return 'undecided';
  // A limit of 0 speaks of these requests and not of a rate behind them.
  if (allowed <= 0) return broken > 0 ? 'broken' : 'held';
  // Requests that share their fate count as one: the effective number of them is smaller.
  const alike = 1 + (n / (end - start)) * memory;
  if (binomialTail(broken / alike, n / alike, allowed) < risk) return 'broken';
  return 1 - binomialTail(broken + 1, n, allowed) < risk ? 'held' : 'undecided';
}

/** Seconds of a stand after which chance has come and gone so often that no breach in them decides, too. */
export const secondsToTrust = (criterion: LevelCriterion, risk: number, memory: number): number =>
  requestsToDecide(criterion, risk) * memory;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
