import type { RunSeries } from '../../record/series.ts';
import { batchRatio, boundsOf, type RatioPart } from '../../statistics/batch-means.ts';
import { binomialTail } from '../../verdict/binomial.ts';
import { customName, isOfHooks } from '../../verdict/custom-metric.ts';
import { holds, isUpper } from '../../verdict/holds.ts';
import { toleratedShare } from '../../verdict/limit-second.ts';
import { isOfSessions, type Threshold } from '../../verdict/threshold.ts';
import { type DueCount, eachDue, eachSetUp, eachTimed } from '../due-counts.ts';

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

/** A limit on a mean: of what one monitor reads, of the response times of successes. */
export interface MeanCriterion {
  readonly kind: 'mean';
  readonly threshold: Threshold;
  /** By second, the sum of what was measured in the unit of the limit, and of how many. */
  readonly seconds: readonly RatioPart[];
}

/** How a level came out with one-sided confidence on either side. */
export type LevelGrade = 'held' | 'broken' | 'undecided';

/**
 * The thresholds that a load can break, as they fared by second of their intended start. Limits from below, counts and throughput are left
 * out: a low load breaks them and a high one does not.
 */
export function levelCriteria(series: RunSeries, thresholds: readonly Threshold[]): LevelCriterion[] {
  const { monitors } = series.header;
  const upper = thresholds.filter(isUpper);
  const ofServer = upper.flatMap((threshold) => {
    const { metric, row } = threshold;
    if (metric.kind !== 'cpu' && metric.kind !== 'memory') return [];
    const measure = metric.kind;
    return monitors.flatMap((monitor, index): MeanCriterion[] => {
      const seconds = series.seconds.map((second) => partOf(second.monitors[index]?.[measure] ?? null));
      const meant = monitor[measure] !== null && (row === null || row === monitor.name);
      return meant && seconds.some(({ whole }) => whole > 0) ? [{ kind: 'mean', threshold, seconds }] : [];
    });
  });
  return [
    ...ofRequests(series, upper),
    ...upper
      .filter(isOfSessions)
      .flatMap((threshold) => ofCounts(threshold, (take) => eachSetUp(series, take), series.seconds.length)),
    ...upper
      .filter(isOfHooks)
      .flatMap((threshold) =>
        ofCounts(threshold, (take) => eachTimed(series, customName(threshold), take), series.seconds.length),
      ),
    ...ofServer,
  ];
}

const partOf = (reading: number | null): RatioPart => ({ part: reading ?? 0, whole: reading === null ? 0 : 1 });

function ofRequests(series: RunSeries, thresholds: readonly Threshold[]): LevelCriterion[] {
  const sums = thresholds.flatMap((threshold) => {
    const row = threshold.row === null ? null : series.header.rows.findIndex(({ id }) => id === threshold.row);
    const sum = row === -1 ? null : sumFor(threshold, series.seconds.length);
    return sum === null ? [] : [{ row, sum }];
  });
  eachDue(series, (due) => {
    for (const { row, sum } of sums) if (row === null || row === due.row) add(sum, due);
  });
  return sums.map(({ sum }) => criterionOf(sum));
}

function ofCounts(
  threshold: Threshold,
  each: (take: (due: DueCount) => void) => void,
  seconds: number,
): LevelCriterion[] {
  const sum = sumFor(threshold, seconds);
  if (sum === null) return [];
  each((due) => add(sum, due));
  return [criterionOf(sum)];
}

/** What a threshold is about, by second: how many, and how many of them break it, or their times added up. */
interface CriterionSum {
  readonly threshold: Threshold;
  /** null: of a mean. */
  readonly allowed: number | null;
  readonly of: number[];
  readonly part: number[];
}

/** null for what is no limit on times or errors. */
function sumFor(threshold: Threshold, seconds: number): CriterionSum | null {
  const allowed = toleratedShare(threshold);
  const blank = (): number[] => new Array<number>(seconds).fill(0);
  return allowed === null && threshold.metric.kind !== 'avg'
    ? null
    : { threshold, allowed, of: blank(), part: blank() };
}

function add({ threshold, allowed, of, part }: CriterionSum, due: DueCount): void {
  if (allowed === null && !due.ok) return;
  of[due.second] = (of[due.second] ?? 0) + due.count;
  const each = allowed === null ? due.ms : breaks(due, threshold) ? 1 : 0;
  part[due.second] = (part[due.second] ?? 0) + due.count * each;
}

const criterionOf = ({ threshold, allowed, of, part }: CriterionSum): LevelCriterion =>
  allowed === null
    ? { kind: 'mean', threshold, seconds: of.map((whole, second) => ({ part: part[second] ?? 0, whole })) }
    : { kind: 'counted', threshold, allowed, requests: of, breaches: part };

/** A failed request is slower than any success. */
const breaks = ({ ok, ms }: DueCount, threshold: Threshold): boolean =>
  !ok || (threshold.metric.kind !== 'error_rate' && !holds(ms, threshold));

/** The requests that decide a limit on how many break it when none of them does, at this risk. */
export function requestsToDecide({ allowed }: CountedCriterion, risk: number): number {
  return allowed <= 0 ? 1 : Math.ceil(Math.log(risk) / Math.log1p(-allowed));
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

/** Fewer batches than this decide no mean; a level is made to hold so many. */
const [leastBatches, batchesWanted] = [6, 10];

/** So many seconds share their fate in the mean of a level. */
const batchLength = (memory: number): number => Math.max(1, Math.ceil(memory));

/** The seconds that a level needs for a mean. */
export const secondsForMean = (memory: number): number => batchesWanted * batchLength(memory);

/** What the seconds add up to, divided by of how many, with the error that whole batches of them tell. */
function gradeMean({ threshold, seconds }: MeanCriterion, { start, end, risk, memory }: GradedSpan): LevelGrade {
  const measured = seconds.slice(start, end).filter(({ whole }) => whole > 0);
  const count = Math.floor(measured.length / batchLength(memory));
  const mean = count < leastBatches ? null : batchRatio(measured, count);
  if (mean === null) return 'undecided';
  const { low, high } = boundsOf(mean, 1 - risk);
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
  (criterion.kind === 'mean' ? batchesWanted : requestsToDecide(criterion, risk)) * memory;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
