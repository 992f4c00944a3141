import { type EncodedHistogram, emptyHistogram } from '../metrics/encoded-histogram.ts';
import { middleOf } from '../metrics/histogram-shape.ts';
import type { EncodedTally } from '../metrics/tally.ts';
import type { RunSeries } from '../record/series.ts';

/** Requests of one row, response time and outcome that were due in a second. */
export interface DueCount {
  readonly second: number;
  readonly row: number;
  /** Response time in ms, within 0.1 %. */
  readonly ms: number;
  readonly ok: boolean;
  readonly count: number;
}

/**
 * The requests of a run by the second in which they were due. A record keeps them by the second in which they ended, and
 * their response times lead back, to within half a second: in a climb a request that took a minute was asked for by a far
 * smaller load than the one that it ended under.
 */
export function* dueCounts({ seconds }: RunSeries): Generator<DueCount, void, undefined> {
  for (const { second, rows } of seconds)
    for (const [row, tally] of rows.entries()) yield* tallyCounts(second, row, tally);
}

/** The same of whole set-ups of sessions; their row is 0. */
export function* dueSetUps({ seconds }: RunSeries): Generator<DueCount, void, undefined> {
  for (const { second, setUps } of seconds) yield* tallyCounts(second, 0, setUps);
}

/** What hooks timed under a name, by the second that it was told in: how long ago it began, they do not say. Row 0, and no failure. */
export function* timedCounts({ seconds }: RunSeries, name: string): Generator<DueCount, void, undefined> {
  for (const { second, timings } of seconds)
    for (const told of countsOf(second, 0, timings.get(name) ?? emptyHistogram, true)) yield { ...told, second };
}

function* tallyCounts(second: number, row: number, { ok, failed }: EncodedTally): Generator<DueCount, void, undefined> {
  yield* countsOf(second, row, ok, true);
  yield* countsOf(second, row, failed, false);
}

function* countsOf(
  ended: number,
  row: number,
  encoded: EncodedHistogram,
  ok: boolean,
): Generator<DueCount, void, undefined> {
  const [least = 0, greatest = 0] = encoded;
  for (let i = 3; i < encoded.length; i += 2) {
    const slot = encoded[i];
    const count = encoded[i + 1];
    if (slot === undefined || count === undefined) break;
    const ms = Math.min(greatest, Math.max(least, middleOf(slot))) / 1000;
    yield { second: Math.max(0, Math.floor(ended + 0.5 - ms / 1000)), row, ms, ok, count };
  }
}
