import { millis } from '../core/units.ts';
import { formatUtc, parseUtc } from '../core/utc.ts';
import type { MonitorLimit } from '../record/monitor.ts';
import type { RunRecord } from '../record/record.ts';
import { type CsvCell, csv } from './csv.ts';

/**
 * `monitors.csv`: a line per second and monitor, as the record has them. `Time` is when it was read, UTC. CPU and memory are shares of
 * the limits, 1 is all, and beside them in cores and bytes, where the limit is known. A cell is empty where nothing was measured; a
 * second of which nothing could be read has no line.
 */
export function monitorsCsv(record: RunRecord): string {
  const start = parseUtc(record.header.startedAt);
  const { monitors } = record.header;
  const lines: (readonly CsvCell[])[] = [
    ['Second', 'Time', 'Monitor', 'Slice', 'CPU', 'CPU Cores', 'Memory', 'Memory Bytes'],
  ];
  for (const event of record.events()) {
    if (event.kind !== 'monitor') continue;
    const monitor = monitors[event.monitor];
    lines.push([
      event.second,
      formatUtc(millis(Math.round(start + event.at))),
      monitor?.name ?? '',
      (monitor?.slice ?? 0) + 1,
      ...pair(event.cpu, monitor?.cpu ?? null, 4),
      ...pair(event.memory, monitor?.memory ?? null, 0),
    ]);
  }
  return csv(lines);
}

function pair(share: number | null, limit: MonitorLimit | null, places: number): readonly CsvCell[] {
  if (share === null) return ['', ''];
  const amount = limit?.amount ?? null;
  return [round(share, 6), amount === null ? '' : round(share * amount, places)];
}

const round = (value: number, places: number): number => Number(value.toFixed(places));
