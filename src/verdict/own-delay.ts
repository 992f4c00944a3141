import { type Micros, micros } from '../core/units.ts';
import { nearestRank } from '../metrics/histogram.ts';
import type { Tally } from '../metrics/tally.ts';
import type { RunFold } from '../record/fold.ts';
import type { Threshold } from './threshold.ts';

/** The timer that watches a load thread comes so often: each of its delays stands for the time since the one before, µs. */
const watchPeriod = 20_000;
/** Delays of the watching timer below this, in µs, are the grain of timers and not a thread that stood still. */
const timerGrain = 2000;

/** How far the generator itself may have moved a response time, beside how far it may. */
export interface OwnDelay {
  /** The measured value, µs. */
  readonly measured: Micros;
  /** The true value lies at most this far below the measured one, µs. */
  readonly moved: number;
  /** What is still accepted, µs. */
  readonly tolerated: number;
}

/**
 * How far the generator's own delays may have moved a graded response time; null when the metric is no response time, or has
 * no finite value.
 *
 * Two things make a response time too long that the server has no part in: the request left late (the lateness, known for
 * each request), or its answer lay in the socket while the load thread was busy. How many answers that befell is estimated:
 * the timer that watches the thread probes it as an answer would, so a probe that was `d` late stands for the answers of
 * max(d, 20 ms).
 *
 * Let k(t) be the number of requests delayed by more than t in one of the two ways. At most k(t) of the values up to rank r
 * should have been at a lower rank, and each of the others is at most t too long: the true value at rank r is at least
 * value(r − k(t)) − t, for every t. So one short stall in half an hour leaves p95 as it is, and moves the maximum.
 */
export function ownDelay(threshold: Pick<Threshold, 'metric' | 'limit'>, tally: Tally, fold: RunFold): OwnDelay | null {
  const { metric } = threshold;
  const quantile = metric.kind === 'percentile' ? metric.quantile : metric.kind === 'max' ? 1 : null;
  const measured = quantile === null ? tally.ok.mean : tally.adjustedPercentile(quantile);
  if (measured === undefined || measured === Number.POSITIVE_INFINITY) return null;
  if (quantile === null && metric.kind !== 'avg') return null;
  const value = micros(measured);
  const tolerated = toleranceOf(value, threshold.limit * 1000);
  const moved =
    quantile === null
      ? meanDelay(fold)
      : movedAtRank(nearestRank(quantile, tally.requests), { value, tally, fold, tolerated });
  return { measured: value, moved, tolerated };
}

/** A tenth of the measured value, or 2 % of a limit on it, which is finer than anybody grades; 5 ms at least, which a good generator is allowed. */
const toleranceOf = (measured: number, limit: number): number => Math.max(5000, measured * 0.1, limit * 0.02);

interface Measured {
  readonly value: Micros;
  readonly tally: Tally;
  readonly fold: RunFold;
  readonly tolerated: number;
}

function movedAtRank(rank: number, { value, tally, fold, tolerated }: Measured): number {
  const { judgedLateness, judgedDelay } = fold.generator;
  const longest = Math.max(judgedLateness.max ?? 0, judgedDelay.max ?? 0);
  const share = tally.requests / Math.max(1, judgedLateness.count);
  // Nothing was delayed by more than the longest delay, so the value is at most that far off.
  let moved = Math.min(longest, value);
  for (let t = tolerated / 2; t < longest; t *= 1.25) {
    const delayed = Math.ceil(Math.min(1, share) * delayedBeyond(micros(t), fold) - 1e-9);
    const least = rank > delayed ? tally.ok.valueAtRank(rank - delayed) : 0;
    moved = Math.min(moved, value - least + t);
  }
  return moved;
}

/** How many of all requests in the judged seconds left, or were probably read, more than `t` late. */
function delayedBeyond(t: Micros, fold: RunFold): number {
  let count = 0;
  for (const late of fold.generator.judgedLateness.above(t)) count += late.count;
  return count + readRate(fold) * probed(fold, t, () => 1);
}

/** Mean time that requests were delayed, sent late and read late, µs. */
function meanDelay(fold: RunFold): number {
  const { judgedLateness } = fold.generator;
  const readLate = readRate(fold) * probed(fold, micros(timerGrain), (delay) => delay);
  return (judgedLateness.mean ?? 0) + readLate / Math.max(1, judgedLateness.count);
}

/** The time, in seconds per load thread, that delays above `t` stand for, each multiplied by its weight. */
function probed({ generator }: RunFold, t: Micros, weight: (delay: number) => number): number {
  let sum = 0;
  for (const { value, count } of generator.judgedDelay.above(micros(Math.max(t, timerGrain))))
    sum += (count * Math.max(value, watchPeriod) * weight(value)) / 1e6;
  return sum / Math.max(1, generator.threads);
}

/** Requests that ended per second of the judged time. */
function readRate(fold: RunFold): number {
  const { steady } = fold.header.profile;
  const span = steady === null ? fold.seconds : fold.steadySeconds;
  return fold.generator.judgedLateness.count / Math.max(1, span);
}
