import { Histogram } from '../metrics/histogram.ts';
import type { RunEvent } from '../record/run-event.ts';
import { type CsvCell, csv } from './csv.ts';
import type { EventTable } from './event-table.ts';

/**
 * `custom.csv`: what hooks measured, a line for each second and name in which there was something; times in ms. The count of a counter
 * is what was added to it.
 */
export function customCsv(): EventTable {
  const header = ['second', 'name', 'kind', 'count', 'min_ms', 'mean_ms', 'p50_ms', 'p95_ms', 'p99_ms', 'max_ms'];
  const lines: CsvCell[][] = [header];
  const add = (event: RunEvent): void => {
    if (event.kind !== 'hooks') return;
    for (const { name, sum } of event.counters)
      lines.push([event.second, name, 'counter', sum, ...new Array<string>(6).fill('')]);
    for (const { name, values } of event.timings) {
      const histogram = new Histogram();
      histogram.add(values);
      const at = [0.5, 0.95, 0.99].map((quantile) => histogram.percentile(quantile) ?? 0);
      const times = [histogram.min ?? 0, histogram.mean ?? 0, ...at, histogram.max ?? 0];
      lines.push([event.second, name, 'timing', histogram.count, ...times.map(inMillis)]);
    }
  };
  return { add, csv: () => csv(lines) };
}

const inMillis = (micros: number): number => Number((micros / 1000).toFixed(3));
