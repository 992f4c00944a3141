import { formatCount, formatMillis } from '../core/format.ts';
import { nearestRank } from '../metrics/histogram.ts';
import type { Tally } from '../metrics/tally.ts';
import type { RunFold } from '../record/fold.ts';
import { isOfHooks } from './custom-metric.ts';
import { formatValue } from './format-value.ts';
import { rowIndex } from './graded-over.ts';
import { holds } from './holds.ts';
import { addsUp } from './outlook.ts';
import { ownDelay } from './own-delay.ts';
import { secondRanges } from './second-ranges.ts';
import { causeOf, lossCause, lostSeconds, theThread } from './stalls.ts';
import { isOfSessions, type Threshold } from './threshold.ts';

/** A graded number that the generator itself may have moved by more than is tolerated. */
export interface Moved {
  /** "the p95 (312 ms) may be up to 80 ms too high: the load thread stood still for 412 ms at 0:14". */
  readonly what: string;
  /** How far, by the measure of what is tolerated; above 1. */
  readonly severity: number;
}

/** A number to look at, and what it is called. */
export interface Looked {
  readonly name: string;
  readonly threshold: Pick<Threshold, 'row' | 'metric' | 'op' | 'limit'>;
}

/** More than this share may not be added to a throughput or a count by the time that stalls took. */
const toleratedLoss = 0.05;

/**
 * How the generator may have moved a number; null when by no more than is tolerated. Of what hooks measure and of the set-ups of sessions it cannot be
 * told: what is known of delays is that of the steady window.
 */
export function movedBy(fold: RunFold, looked: Looked): Moved | null {
  const { threshold } = looked;
  if (isOfSessions(threshold) || isOfHooks(threshold)) return null;
  if (addsUp(threshold.metric)) return throughputMoved(fold, looked);
  const row = rowIndex(threshold, fold);
  const tally = fold.header.profile.steady === null ? fold.tally(row) : fold.steadyTally(row);
  return timeMoved(fold, looked, tally) ?? timeoutsMoved(fold, looked, { row, tally });
}

function timeMoved(fold: RunFold, { name, threshold }: Looked, tally: Tally): Moved | null {
  const delay = ownDelay(threshold, tally, fold);
  if (delay === null || delay.moved <= delay.tolerated) return null;
  const moved = `${name} (${formatMillis(delay.measured / 1000)}) may be up to ${formatMillis(delay.moved / 1000)} too high`;
  return { what: `${moved}: ${causeOf(fold, delay.tolerated / 2000)}`, severity: delay.moved / delay.tolerated };
}

/** In the time that its load thread stood still, a user did nothing: of a window w with S lost, measured × w / (w − S). */
function throughputMoved(fold: RunFold, { name, threshold }: Looked): Moved | null {
  const window = fold.steadySeconds;
  const lost = lostSeconds(fold);
  const more = lost / Math.max(window - lost, window / 100);
  if (!(more > toleratedLoss)) return null;
  const row = rowIndex(threshold, fold);
  const isRate = threshold.metric.kind === 'rps';
  const measured = isRate ? fold.steadySuccesses(row) / window : fold.steadyTally(row).requests;
  const show = (value: number): string => formatValue(isRate ? value : Math.round(value), isRate ? '1/s' : 'count');
  const could = `${name} (${show(measured)}) could be up to ${show(measured * (1 + more))}`;
  return { what: `${could}: ${lossCause(fold)}`, severity: more / toleratedLoss };
}

/** What requests that timed out while a load thread stood still, or right after, add to the failures. */
function timeoutsMoved(
  fold: RunFold,
  { name, threshold }: Looked,
  { row, tally }: { readonly row: number | null; readonly tally: Tally },
): Moved | null {
  const { ownTimeouts, seconds } = fold.generator;
  const own = row === null ? ownTimeouts.reduce((a, b) => a + b, 0) : (ownTimeouts[row] ?? 0);
  if (own === 0) return null;
  const without = withoutTimeouts(threshold, tally, own);
  if (without === null) return null;
  const when = secondRanges(seconds.filter((second) => second.ownTimeouts > 0).map(({ second }) => second));
  const timedOut = `${formatCount(own)} ${own === 1 ? 'request' : 'requests'} timed out while ${theThread(fold)} stood still, or right after (${when})`;
  return { what: `${name} ${without.text}: ${timedOut}`, severity: without.severity };
}

function withoutTimeouts(
  { metric, op, limit }: Looked['threshold'],
  tally: Tally,
  own: number,
): { readonly text: string; readonly severity: number } | null {
  const rest = tally.requests - own;
  if (metric.kind === 'error_rate') {
    const measured = tally.errorRate ?? 0;
    const without = rest === 0 ? 0 : (tally.failed.count - own) / rest;
    const severity = (measured - without) / Math.max(measured * 0.1, limit / 5);
    const text = `(${formatValue(measured * 100, '%')}) may be only ${formatValue(without * 100, '%')}`;
    return severity > 1 ? { text, severity } : null;
  }
  const quantile = metric.kind === 'percentile' ? metric.quantile : metric.kind === 'max' ? 1 : null;
  if (quantile === null) return null;
  const measured = tally.adjustedPercentile(quantile) ?? Number.POSITIVE_INFINITY;
  const rank = nearestRank(quantile, rest);
  if (rest > 0 && rank > tally.ok.count) return null;
  const without = rest === 0 ? 0 : tally.ok.valueAtRank(rank);
  const regraded = holds(measured / 1000, { op, limit }) !== holds(without / 1000, { op, limit });
  if (Number.isFinite(measured) && !regraded) return null;
  const is = Number.isFinite(measured) ? `(${formatMillis(measured / 1000)})` : 'falls among the failed requests and';
  const could = rest === 0 ? 'may be any value' : `may be only ${formatMillis(without / 1000)}`;
  // It decides the grade, which is as serious as a response time of twice of what is tolerated.
  return { text: `${is} ${could}`, severity: 2 };
}
