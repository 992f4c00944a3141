import { parseUtc } from '../core/utc.ts';
import { encodedCount } from '../metrics/encoded-histogram.ts';
import { type EncodedTally, tallyCount } from '../metrics/tally.ts';
import type { RecordHeader } from '../record/record.ts';
import type { RunEvent, SecondEvent } from '../record/run-event.ts';
import { csv } from './csv.ts';
import type { EventTable } from './event-table.ts';
import { LatencyCounts } from './latency-counts.ts';
import {
  inLocustOrder,
  percentileCells,
  percentileColumns,
  percentileQuantiles,
  summaryCells,
} from './locust-cells.ts';

/** Rates, and the percentiles of the full history, look back over this many seconds. */
const windowSeconds = 10;

/**
 * Locust's `stats_history.csv`: a line per second of the record, stamped with the end of that second, for all requests that
 * had ended by then at their measured response time. Rates are over the last 10 s.
 * With `fullHistory` every row has a line too, from its first request on, and percentiles are those of the last 10 s (0 when
 * nothing ended in them); without it they are cumulative. Locust's columns mean the same two things.
 */
export function historyCsv(
  { startedAt, rows: kinds }: RecordHeader,
  { fullHistory }: { readonly fullHistory: boolean },
): EventTable {
  const start = parseUtc(startedAt);
  const total = new RowHistory('', 'Aggregated', fullHistory);
  const rows = inLocustOrder(kinds).map(({ row, index }) => ({
    index,
    history: new RowHistory(row.method, row.name, fullHistory),
  }));
  const lines: (readonly string[])[] = [header];
  const add = (event: RunEvent): void => {
    if (event.kind !== 'second') return;
    const timestamp = String(Math.floor(start / 1000 + event.second + 1));
    const users = String(event.users);
    total.add(event, () => true);
    if (fullHistory)
      for (const { index, history } of rows) {
        history.add(event, (row) => row === index);
        if (history.requests > 0) lines.push([timestamp, users, ...history.cells()]);
      }
    lines.push([timestamp, users, ...total.cells()]);
  };
  return { add, csv: () => csv(lines) };
}

const header = [
  ...['Timestamp', 'User Count', 'Type', 'Name', 'Requests/s', 'Failures/s', ...percentileColumns],
  ...['Total Request Count', 'Total Failure Count', 'Total Median Response Time', 'Total Average Response Time'],
  ...['Total Min Response Time', 'Total Max Response Time', 'Total Average Content Size'],
];

/** What ended in one of the last seconds; the tallies only where percentiles are asked of them. */
interface WindowSecond {
  readonly tallies: readonly EncodedTally[];
  readonly requests: number;
  readonly failures: number;
}

/** One row of the file as it grows: everything so far, and the seconds of the window. */
class RowHistory {
  readonly #type: string;
  readonly #name: string;
  readonly #windowed: boolean;
  readonly #all = new LatencyCounts();
  readonly #recent = new LatencyCounts();
  readonly #window: WindowSecond[] = [];
  requests = 0;
  #failures = 0;
  #sum = 0;
  #least = Number.POSITIVE_INFINITY;
  #greatest = 0;
  #bytes = 0;

  constructor(type: string, name: string, windowed: boolean) {
    this.#type = type;
    this.#name = name;
    this.#windowed = windowed;
  }

  add(event: SecondEvent, takes: (row: number) => boolean): void {
    const tallies = event.cells.filter(({ row }) => takes(row)).map(({ tally }) => tally);
    for (const tally of tallies) this.#addTally(tally);
    const total = (count: (tally: EncodedTally) => number) => tallies.reduce((sum, tally) => sum + count(tally), 0);
    this.#window.push({
      tallies: this.#windowed ? tallies : [],
      requests: total(tallyCount),
      failures: total(({ failed }) => encodedCount(failed)),
    });
    const leaving = this.#window.length > windowSeconds ? this.#window.shift() : undefined;
    if (!this.#windowed) return;
    for (const { ok, failed } of tallies) {
      this.#recent.add(ok);
      this.#recent.add(failed);
    }
    for (const { ok, failed } of leaving?.tallies ?? []) {
      this.#recent.remove(ok);
      this.#recent.remove(failed);
    }
  }

  /** All cells but the two that every row of a second shares. */
  cells(): readonly string[] {
    const all = this.#all.percentiles(percentileQuantiles, this.#least, this.#greatest);
    const none = this.requests === 0;
    return [
      this.#type,
      this.#name,
      this.#rate(({ requests }) => requests),
      this.#rate(({ failures }) => failures),
      ...percentileCells(this.requests, this.#windowed ? this.#recentPercentiles() : all),
      ...summaryCells({
        requests: this.requests,
        failures: this.#failures,
        median: all[0],
        mean: none ? undefined : this.#sum / this.requests,
        min: none ? undefined : this.#least,
        max: none ? undefined : this.#greatest,
        bytes: this.#bytes,
      }),
    ];
  }

  #addTally(tally: EncodedTally): void {
    for (const latencies of [tally.ok, tally.failed]) {
      if (latencies.length === 0) continue;
      const [least = 0, greatest = 0, sum = 0] = latencies;
      this.#all.add(latencies);
      this.#least = Math.min(this.#least, least);
      this.#greatest = Math.max(this.#greatest, greatest);
      this.#sum += sum;
    }
    this.requests += tallyCount(tally);
    this.#failures += encodedCount(tally.failed);
    this.#bytes += tally.bytesReceived;
  }

  #recentPercentiles(): readonly number[] {
    const spans = this.#window
      .flatMap(({ tallies }) => tallies)
      .flatMap(({ ok, failed }) => [ok, failed].filter((part) => part.length > 0));
    const least = Math.min(...spans.map(([min = 0]) => min));
    const greatest = Math.max(...spans.map(([, max = 0]) => max));
    return this.#recent.percentiles(percentileQuantiles, least, greatest);
  }

  #rate(count: (second: WindowSecond) => number): string {
    const sum = this.#window.reduce((total, second) => total + count(second), 0);
    return (sum / this.#window.length).toFixed(6);
  }
}
