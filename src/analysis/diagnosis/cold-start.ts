import { formatMillis } from '../../core/format.ts';
import type { Span } from '../../record/series.ts';
import { rankSum } from '../../statistics/rank-sum.ts';
import type { Finding } from '../finding.ts';
import { countNumber, median, percentileNumber } from './contrast.ts';
import { type LoadView, slowness, spansOf, timesOf } from './load-view.ts';
import { shown } from './shown.ts';

/** How long a start may take, s. */
const windows = [5, 10, 20, 40] as const;
/** The chance of `risk` divided among the windows. */
const surelyOfOne = 3.175;
const leastRatio = 1.5;
const leastMore = 20;
const leastRequests = 8;

interface Cold {
  readonly z: number;
  readonly cold: Span;
  readonly warm: Span;
}

/**
 * The first seconds of a run are slower than those that follow, although about as many requests per second came then, or fewer. Of the service
 * time, which the opening of connections is no part of.
 */
export function findColdStart(view: LoadView): Finding | null {
  const rows = [...view.health, ...view.questions];
  const first = view.seconds.find(({ ok, failed }) => ok + failed > 0)?.second ?? 0;
  const [best] = windows
    .flatMap((length) => coldWindow(view, rows, { start: first, end: first + length }))
    .sort((a, b) => b.z - a.z);
  if (!best) return null;
  const { cold, warm } = best;
  const within =
    ({ start, end }: Span) =>
    (second: number) =>
      second >= start && second < end;
  const [slowest] = view.questions
    .map((row) => ({
      before: timesOf(view, 'service', [row], within(cold)),
      after: timesOf(view, 'service', [row], within(warm)),
    }))
    .sort((a, b) => b.before.count - a.before.count);
  if (!slowest || Math.min(slowest.before.count, slowest.after.count) < leastRequests) return null;
  const [slow, usual] = [median(slowest.before), median(slowest.after)];
  if (slow < leastRatio * usual || slow - usual < leastMore) return null;
  return shown('cold-start', {
    sentence: `In the first ${cold.end - cold.start} s questions took ${formatMillis(slow)} (p50), and ${formatMillis(usual)} from ${warm.start} s to ${warm.end} s, when about as many came per second, or more.`,
    cause:
      'The server starts cold: code is loaded or compiled, pools open their connections and caches fill on the first requests.',
    remedy: 'Warm up an instance before it gets traffic: open its pools and fill its caches at the start.',
    numbers: [
      percentileNumber('p50_cold', slowest.before),
      percentileNumber('p50_warm', slowest.after),
      countNumber('cold', 's', cold.end - cold.start),
    ],
    seconds: spansOf(Array.from({ length: cold.end - cold.start }, (_, i) => cold.start + i)),
  });
}

function coldWindow(view: LoadView, rows: readonly number[], cold: Span): Cold[] {
  const length = cold.end - cold.start;
  const start = cold.start + 2 * length;
  const warm = { start, end: Math.min(view.seconds.length, start + Math.max(40, 2 * length)) };
  if (warm.end - warm.start < 20) return [];
  const rate = ({ start, end }: Span) =>
    view.seconds.slice(start, end).reduce((sum, { ok, failed }) => sum + ok + failed, 0) / (end - start);
  // A rush at the start makes a queue that is no cold start.
  if (rate(cold) > 1.25 * rate(warm)) return [];
  const levels = ({ start, end }: Span) =>
    view.seconds
      .slice(start, end)
      .flatMap(({ second }) => slowness(view, rows, { start: second, end: second + 1 }) ?? []);
  const z = rankSum(levels(cold), levels(warm));
  return z < surelyOfOne ? [] : [{ z, cold, warm }];
}
