import { millis } from '../core/units.ts';
import { formatUtc, parseUtc } from '../core/utc.ts';
import { type EncodedHistogram, mergeEncoded } from '../metrics/encoded-histogram.ts';
import type { RecordHeader } from '../record/record.ts';
import type { RunEvent, SecondEvent } from '../record/run-event.ts';
import { type CsvCell, csv } from './csv.ts';
import type { EventTable } from './event-table.ts';
import { LatencyCounts } from './latency-counts.ts';

/**
 * `generator.csv`: how the load generator fared, a line per second of the record. `Time` is the end of the second, UTC; times
 * are in ms. Utilisation is that of the busiest load thread, garbage collection the sum of all; CPU and memory are those of all
 * processes together. A cell is empty where nothing was measured.
 */
export function generatorCsv({ startedAt }: RecordHeader): EventTable {
  const start = parseUtc(startedAt);
  const counts = new LatencyCounts();
  const lines: (readonly CsvCell[])[] = [header];
  const add = (event: RunEvent): void => {
    if (event.kind === 'second')
      lines.push([event.second, formatUtc(millis(start + (event.second + 1) * 1000)), ...cells(event, counts)]);
  };
  return { add, csv: () => csv(lines) };
}

const header = [
  ...['Second', 'Time', 'User Count', 'Dropped Arrivals'],
  ...['Lateness p50 ms', 'Lateness p99 ms', 'Lateness max ms', 'Loop Delay p99 ms', 'Loop Delay max ms'],
  ...['Utilisation', 'GC ms', 'CPU Cores', 'Memory Bytes'],
];

function cells({ users, dropped, lateness, threads, processes }: SecondEvent, counts: LatencyCounts): CsvCell[] {
  const delay = threads.map((thread) => thread.delay).reduce(mergeEncoded, []);
  const none = threads.length === 0;
  return [
    users,
    dropped,
    ...times(lateness, [0.5, 0.99, 1], counts),
    ...times(delay, [0.99, 1], counts),
    none ? '' : round(Math.max(...threads.map(({ utilisation }) => utilisation)), 4),
    none ? '' : round(sum(threads.map(({ collecting }) => collecting)), 3),
    processes.length === 0 ? '' : round(sum(processes.map(({ cpu }) => cpu)), 4),
    processes.length === 0 ? '' : sum(processes.map(({ memory }) => memory)),
  ];
}

/** Percentiles in ms; empty cells where there is nothing to read. */
function times(encoded: EncodedHistogram, quantiles: readonly number[], counts: LatencyCounts): CsvCell[] {
  const [least = 0, greatest = 0] = encoded;
  counts.add(encoded);
  const micros = counts.percentiles(quantiles, least, greatest);
  counts.remove(encoded);
  return quantiles.map((_, i) => {
    const value = micros[i];
    return value === undefined ? '' : round(value / 1000, 3);
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const round = (value: number, places: number): number => Number(value.toFixed(places));
