import { type EncodedHistogram, emptyHistogram, mergeEncoded } from '../metrics/encoded-histogram.ts';
import { type EncodedTally, emptyTally, mergeTallies, Tally } from '../metrics/tally.ts';
import { type EventReader, feed } from './feed.ts';
import type { HooksEvent } from './hooks-event.ts';
import type { MonitorEvent } from './monitor.ts';
import type { RecordHeader, RunRecord } from './record.ts';
import type { ConnectionCounts, EndEvent, RunEvent } from './run-event.ts';

/** A run second by second: what analyses and comparisons read. It grows with the length of the run by some kilobytes per second only. */
export interface RunSeries {
  readonly header: RecordHeader;
  /** From second 0 on, without gaps, draining after the end of the load included. */
  readonly seconds: readonly SeriesSecond[];
  /** How the run ended; null when the record was cut short. */
  readonly end: EndEvent | null;
}

/** What *ended* in one second, whenever it was due. */
export interface SeriesSecond {
  readonly second: number;
  /** Virtual users active at the end of the second. */
  readonly users: number;
  /** Requests that virtual users started in the second. */
  readonly started: number;
  /** Arrivals of open load that were not started. */
  readonly dropped: number;
  /** By the header's rows. */
  readonly rows: readonly EncodedTally[];
  /** Whole set-ups of sessions, each attempt counted. */
  readonly setUps: EncodedTally;
  /** What hooks timed, as far as it was told of this second; µs, by name. */
  readonly timings: ReadonlyMap<string, EncodedHistogram>;
  readonly connections: ConnectionCounts;
  /** How long connections took to open, TLS included, µs. */
  readonly connect: EncodedHistogram;
  /** By the header's monitors; null where one read nothing of this second. */
  readonly monitors: readonly (MonitorEvent | null)[];
}

const noConnections: ConnectionCounts = { opened: 0, reused: 0, retried: 0, resumed: 0 };

/** Lays a record out by second. @throws RangeError for a row or a monitor that the header does not have. */
export function readSeries(record: RunRecord): RunSeries {
  const reader = seriesReader(record.header);
  feed(record, [reader]);
  return reader.series();
}

/** Lays events out by second; `series` is what was told so far. `add` throws as `readSeries` does. */
export function seriesReader(header: RecordHeader): EventReader & { series(): RunSeries } {
  const seconds: SeriesSecond[] = [];
  const readings = header.monitors.map(() => new Map<number, MonitorEvent>());
  const timings = new Map<number, Map<string, EncodedHistogram>>();
  let end: EndEvent | null = null;
  const monitorsOf = (second: number) => readings.map((read) => read.get(second) ?? null);
  const blank = (second: number): SeriesSecond => ({
    ...{ second, users: 0, started: 0, dropped: 0, connections: noConnections, monitors: [] },
    connect: emptyHistogram,
    rows: header.rows.map(() => emptyTally),
    setUps: emptyTally,
    timings: new Map(),
  });
  const add = (event: RunEvent): void => {
    if (event.kind === 'end') end = event;
    else if (event.kind === 'monitor') {
      const read = readings[event.monitor];
      if (!read) throw new RangeError(`second ${event.second} tells of an unknown monitor ${event.monitor}`);
      read.set(event.second, event);
    } else if (event.kind === 'hooks') timings.set(event.second, addTimings(timings.get(event.second), event));
    else if (event.kind === 'second') {
      while (seconds.length < event.second) seconds.push(blank(seconds.length));
      const rows = header.rows.map(() => emptyTally);
      for (const { row, tally } of event.cells) {
        const before = rows[row];
        if (!before) throw new RangeError(`second ${event.second} tells of an unknown row ${row}`);
        rows[row] = mergeTallies(before, tally);
      }
      const { second, users, started, dropped, connections, connect } = event;
      const setUps = event.sessions
        .filter(({ row }) => row === 0)
        .reduce((sum, each) => mergeTallies(sum, each.tally), emptyTally);
      seconds[second] = { ...blank(second), users, started, dropped, rows, setUps, connections, connect };
    }
  };
  // Readings come when they come: a monitor may answer after the second that it tells of was written down, and so may hooks.
  const late = ({ second }: SeriesSecond) => ({
    monitors: monitorsOf(second),
    timings: timings.get(second) ?? new Map(),
  });
  return { add, series: () => ({ header, seconds: seconds.map((each) => ({ ...each, ...late(each) })), end }) };
}

function addTimings(
  before: Map<string, EncodedHistogram> | undefined,
  { timings }: HooksEvent,
): Map<string, EncodedHistogram> {
  const sum = new Map(before);
  for (const { name, values } of timings) sum.set(name, mergeEncoded(sum.get(name) ?? emptyHistogram, values));
  return sum;
}

/** What ended in the seconds from `start` until `end`, of one row or of all (null). Costs half a megabyte: not for thousands of spans. */
export function tallyOf({ seconds }: RunSeries, { start, end }: Span, row: number | null): Tally {
  const sum = new Tally();
  for (const { rows } of seconds.slice(Math.max(0, start), Math.max(0, end)))
    for (const tally of row === null ? rows : rows.slice(row, row + 1)) sum.add(tally);
  return sum;
}

/** Whole seconds of a run, `end` excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
