import { escapeControls } from '../core/escape-controls.ts';
import { formatCount } from '../core/format.ts';
import { millisCell } from './millis-cell.ts';
import type { Style } from './style.ts';
import { titledTable } from './text-table.ts';
import type { ReportView } from './view.ts';

const columns = ['mean', 'p50', 'p95', 'p99', 'max'] as const;

/** What hooks measured: counters with their sums, timings in ms. */
export function customLines({ custom }: ReportView, style: Style): readonly string[] {
  if (custom === null) return [];
  return titledTable(
    style,
    [
      { title: 'Measured by hooks, ms', align: 'left' },
      { title: 'count' },
      ...columns.map((column) => ({ title: column })),
    ],
    [
      ...custom.counters.map(({ name, sum }) => [
        escapeControls(name),
        Number.isInteger(sum) ? formatCount(sum) : String(Number(sum.toFixed(3))),
        ...columns.map(() => ''),
      ]),
      ...custom.timings.map(({ name, count, times }) => [
        escapeControls(name),
        formatCount(count),
        ...columns.map((column) => millisCell(times, column)),
      ]),
    ],
  );
}
