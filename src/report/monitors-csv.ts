import { millis } from '../core/units.ts';
import { formatUtc, parseUtc } from '../core/utc.ts';
import type { MonitorLimit } from '../record/monitor.ts';
import type { RecordHeader } from '../record/record.ts';
import type { RunEvent } from '../record/run-event.ts';
import { type CsvCell, csv } from './csv.ts';
import type { EventTable } from './event-table.ts';

/**
 * `monitors.csv`: a line per second and monitor, as the record has them. `Time` is when it was read, UTC. CPU and memory are shares of
 * the limits, 1 is all, and beside them in cores and bytes, where the limit is known. A cell is empty where nothing was measured; a
 * second of which nothing could be read has no line.
 */
export function monitorsCsv({ startedAt, monitors }: RecordHeader): EventTable {
  const start = parseUtc(startedAt);
  const lines: (readonly CsvCell[])[] = [
    ['Second', 'Time', 'Monitor', 'Slice', 'CPU', 'CPU Cores', 'Memory', 'Memory Bytes'],
  ];
  const add = (event: RunEvent): void => {
    if (event.kind !== 'monitor') return;
    const monitor = monitors[event.monitor];
    lines.push([
      event.second,
      formatUtc(millis(Math.round(start + event.at))),
      monitor?.name ?? '',
      (monitor?.slice ?? 0) + 1,
      ...pair(event.cpu, monitor?.cpu ?? null, 4),
      ...pair(event.memory, monitor?.memory ?? null, 0),
    ]);
  };
  return { add, csv: () => csv(lines) };
}

function pair(share: number | null, limit: MonitorLimit | null, places: number): readonly CsvCell[] {
  if (share === null) return ['', ''];
  const amount = limit?.amount ?? null;
  return [round(share, 6), amount === null ? '' : round(share * amount, places)];
}

const round = (value: number, places: number): number => Number(value.toFixed(places));
