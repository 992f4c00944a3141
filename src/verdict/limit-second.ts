import { type EncodedHistogram, encodedCount } from '../metrics/encoded-histogram.ts';
import { middleOf } from '../metrics/histogram-shape.ts';
import { type EncodedTally, emptyTally } from '../metrics/tally.ts';
import type { TimingValues } from '../record/hooks-event.ts';
import type { RecordHeader } from '../record/record.ts';
import type { SecondEvent } from '../record/run-event.ts';
import { customName, isOfHooks } from './custom-metric.ts';
import { holds } from './holds.ts';
import { isOfSessions, type Threshold } from './threshold.ts';

/** How a limit fared in one second: `bad` of `of` requests broke it. For a mean, `of` is 1 and the second is good or bad as a whole. */
export interface LimitSecond {
  readonly bad: number;
  readonly of: number;
}

/** A second that says nothing. */
export const silentSecond: LimitSecond = { bad: 0, of: 0 };

/** What a second tells of requests, set-ups of sessions and timings of hooks. */
export interface MeasuredSecond extends Pick<SecondEvent, 'cells' | 'sessions'> {
  readonly timings: readonly TimingValues[];
}

/** Those tallies of a second that a threshold is about: of its row, of whole set-ups, of what hooks timed, none of which failed. */
export function talliesOf(
  threshold: Pick<Threshold, 'row'>,
  { cells, sessions, timings }: MeasuredSecond,
  { rows }: Pick<RecordHeader, 'rows'>,
): readonly EncodedTally[] {
  const { row } = threshold;
  if (isOfHooks(threshold)) {
    const own = timings.filter(({ name }) => name === customName(threshold));
    return own.map(({ values }) => ({ ...emptyTally, ok: values }));
  }
  const own = isOfSessions(threshold)
    ? sessions.filter((cell) => cell.row === 0)
    : cells.filter((cell) => row === null || rows[cell.row]?.id === row);
  return own.map(({ tally }) => tally);
}

/**
 * How an upper limit on times or errors fared among what these tallies count. A failed request is slower than any
 * success; a mean is that of successes. Nothing for CPU and memory, which are in no tally.
 */
export function limitSecond(threshold: Threshold, tallies: readonly EncodedTally[]): LimitSecond {
  const failed = sum(tallies, (tally) => encodedCount(tally.failed));
  const ok = sum(tallies, (tally) => encodedCount(tally.ok));
  switch (threshold.metric.kind) {
    case 'error_rate':
      return { bad: failed, of: ok + failed };
    case 'percentile':
    case 'max':
      return { bad: failed + sum(tallies, (tally) => beyond(tally.ok, threshold)), of: ok + failed };
    case 'avg': {
      if (ok === 0) return silentSecond;
      const mean = sum(tallies, (tally) => tally.ok[2] ?? 0) / ok / 1000;
      return { bad: holds(mean, threshold) ? 0 : 1, of: 1 };
    }
    default:
      return silentSecond;
  }
}

/** The share of the requests that may break an upper limit; null where it is about something else, such as a mean. */
export function toleratedShare({ metric, limit }: Pick<Threshold, 'metric' | 'limit'>): number | null {
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

/** How many successes are slower than the limit, by the middles of their slots. */
function beyond(ok: EncodedHistogram, threshold: Threshold): number {
  const [least = 0, greatest = 0] = ok;
  if (ok.length === 0 || holds(greatest / 1000, threshold)) return 0;
  if (!holds(least / 1000, threshold)) return encodedCount(ok);
  let count = 0;
  for (let i = 3; i < ok.length; i += 2) if (!holds(middleOf(ok[i] ?? 0) / 1000, threshold)) count += ok[i + 1] ?? 0;
  return count;
}

const sum = (tallies: readonly EncodedTally[], of: (tally: EncodedTally) => number): number =>
  tallies.reduce((total, tally) => total + of(tally), 0);
