import { eachValue } from '../../metrics/encoded-histogram.ts';
import { Histogram } from '../../metrics/histogram.ts';
import type { EncodedTally } from '../../metrics/tally.ts';
import type { RunSeries, Span } from '../../record/series.ts';
import { isServers } from './server-failures.ts';

/**
 * A run by the second in which requests were *sent*: the load that a request met, and not the one at its end, is what its
 * time is held against. A record tells the second of the end and the time taken; the second of the sending follows to one second.
 */
export interface LoadView {
  readonly series: RunSeries;
  /** Of the load: draining after its end is left out. */
  readonly seconds: readonly LoadSecond[];
  /** Indices into the header's rows; health checks are no questions. */
  readonly questions: readonly number[];
  readonly health: readonly number[];
  /** By row, mean of ln(service time in µs) of the successes of the run. */
  readonly usual: readonly number[];
  /** The most users of any second. */
  readonly peak: number;
}

export interface LoadSecond {
  readonly second: number;
  readonly users: number;
  /** Questions in flight, and all requests: the mean over the second. */
  readonly questionsInFlight: number;
  readonly inFlight: number;
  /** Requests sent that succeeded, and that the server failed: neither 429 nor what is the generator's own. */
  readonly ok: number;
  readonly failed: number;
  /** By row, successes sent and the sum of ln(service time in µs). */
  readonly logs: readonly { readonly count: number; readonly sum: number }[];
}

/** Lays a run out by the second of sending. */
export function viewLoad(series: RunSeries): LoadView {
  const { header, seconds } = series;
  const length = Math.min(header.profile.seconds, seconds.length);
  const view = seconds.slice(0, length).map(({ second, users }) => ({
    ...{ second, users, questionsInFlight: 0, inFlight: 0, ok: 0, failed: 0 },
    logs: header.rows.map(() => ({ count: 0, sum: 0 })),
  }));
  const isHealth = header.rows.map(({ id }) => id === 'health');
  const totals = header.rows.map(() => ({ count: 0, sum: 0 }));
  const occupy = (second: number, taken: number, count: number, row: number): void => {
    // It ended in the middle of its second, as far as anybody knows.
    for (let [at, left, room] = [second, taken, 0.5]; left > 0 && at >= 0; at -= 1, left -= room, room = 1) {
      const cell = view[at];
      if (!cell) continue;
      const part = count * Math.min(left, room);
      cell.inFlight += part;
      if (!isHealth[row]) cell.questionsInFlight += part;
    }
  };
  for (const { second, rows } of seconds)
    rows.forEach((tally, row) => {
      eachValue(tally.service, (value, count) => {
        occupy(second, value / 1e6, count, row);
        const cell = view[sentIn(second, value)];
        const log = cell?.logs[row];
        const total = totals[row];
        if (!cell || !log || !total) return;
        cell.ok += count;
        for (const each of [log, total]) {
          each.count += count;
          each.sum += count * Math.log(value);
        }
      });
      const share = serversShare(tally);
      eachValue(tally.failed, (value, count) => {
        occupy(second, value / 1e6, count, row);
        const cell = view[sentIn(second, value)];
        if (cell) cell.failed += count * share;
      });
    });
  const index = header.rows.map((_, row) => row);
  return {
    series,
    seconds: view,
    questions: index.filter((row) => !isHealth[row]),
    health: index.filter((row) => isHealth[row]),
    usual: totals.map(({ count, sum }) => (count === 0 ? 0 : sum / count)),
    peak: view.reduce((most, { users }) => Math.max(most, users), 0),
  };
}

/** Times of one row or several whose requests were sent in the chosen seconds: successes from sending, failures from being due. */
export function timesOf(
  { series }: LoadView,
  of: 'service' | 'failed',
  rows: readonly number[],
  sent: (second: number) => boolean = () => true,
): Histogram {
  const times = new Histogram();
  for (const { second, rows: tallies } of series.seconds)
    for (const row of rows)
      eachValue(tallies[row]?.[of] ?? [], (value, count) => {
        if (sent(sentIn(second, value))) times.record(value, count);
      });
  return times;
}

/**
 * How slow the chosen rows were in some seconds: the mean of ln(service time) beside what is usual for the row, so that the mix
 * of rows does not matter; null when nothing succeeded.
 */
export function slowness({ seconds, usual }: LoadView, rows: readonly number[], { start, end }: Span): number | null {
  let [count, sum] = [0, 0];
  for (const { logs } of seconds.slice(start, end))
    for (const row of rows) {
      const log = logs[row];
      if (!log) continue;
      count += log.count;
      sum += log.sum - log.count * (usual[row] ?? 0);
    }
  return count === 0 ? null : sum / count;
}

/** Runs of consecutive seconds. */
export function spansOf(seconds: readonly number[]): readonly Span[] {
  const spans: { start: number; end: number }[] = [];
  for (const second of [...seconds].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && second <= last.end) last.end = Math.max(last.end, second + 1);
    else spans.push({ start: second, end: second + 1 });
  }
  return spans;
}

const sentIn = (ended: number, taken: number): number => Math.max(0, Math.floor(ended + 0.5 - taken / 1e6));

function serversShare({ failures }: EncodedTally): number {
  let [all, servers] = [0, 0];
  for (const each of failures) {
    all += each[2];
    if (isServers(each)) servers += each[2];
  }
  return all === 0 ? 0 : servers / all;
}
