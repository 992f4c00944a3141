import { type EncodedHistogram, eachValue, emptyHistogram } from '../metrics/encoded-histogram.ts';
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

type Take = (due: DueCount) => void;

/**
 * The requests of a run by the second in which they were due. A record keeps them by the second in which they ended, and
 * their response times lead back, to within half a second: in a climb a request that took a minute was asked for by a far
 * smaller load than the one that it ended under.
 */
export function eachDue({ seconds }: RunSeries, take: Take): void {
  for (const { second, rows } of seconds)
    for (const [row, tally] of rows.entries()) eachOfTally(second, row, tally, take);
}

/** The same of whole set-ups of sessions; their row is 0. */
export function eachSetUp({ seconds }: RunSeries, take: Take): void {
  for (const { second, setUps } of seconds) eachOfTally(second, 0, setUps, take);
}

/** What hooks timed under a name, by the second that it was told in: how long ago it began, they do not say. Row 0, and no failure. */
export function eachTimed({ seconds }: RunSeries, name: string, take: Take): void {
  for (const { second, timings } of seconds)
    eachValue(timings.get(name) ?? emptyHistogram, (value, count) =>
      take({ second, row: 0, ms: value / 1000, ok: true, count }),
    );
}

function eachOfTally(second: number, row: number, { ok, failed }: EncodedTally, take: Take): void {
  eachOfEnded(second, ok, (due, ms, count) => take({ second: due, row, ms, ok: true, count }));
  eachOfEnded(second, failed, (due, ms, count) => take({ second: due, row, ms, ok: false, count }));
}

function eachOfEnded(
  ended: number,
  encoded: EncodedHistogram,
  take: (due: number, ms: number, count: number) => void,
): void {
  eachValue(encoded, (value, count) => {
    const ms = value / 1000;
    take(Math.max(0, Math.floor(ended + 0.5 - ms / 1000)), ms, count);
  });
}
