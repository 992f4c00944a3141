import { didYouMean } from '../core/did-you-mean.ts';
import type { ServerMeasure } from '../record/monitor.ts';
import type { Refuse } from './metric.ts';

/** A monitor and what it may measure. */
export interface MonitorMeasures {
  readonly name: string;
  readonly measures: { readonly cpu: boolean; readonly memory: boolean };
}

/** @throws what `refuse` makes, for a limit on CPU or memory that no monitor measures. `row`: its name; null: any. */
export function refuseUnwatched(
  measure: ServerMeasure,
  row: string | null,
  monitors: readonly MonitorMeasures[],
  refuse: Refuse,
): void {
  if (monitors.some(({ name, measures }) => measures[measure] && (row === null || row === name))) return;
  const names = monitors.map(({ name }) => name).join(', ');
  if (row !== null && monitors.length > 0 && monitors.every(({ name }) => name !== row))
    throw refuse(
      noSuchMonitor(row, monitors),
      `The monitors are ${names}; a threshold without one holds for the worst of them.`,
    );
  throw refuse(
    row === null || monitors.length === 0
      ? `no monitor is configured that measures ${measure}`
      : `the monitor ${row} does not measure ${measure}`,
    'Tell sqload where the server can be watched, for example --monitor port:8000, or leave the threshold out.',
  );
}

/** `there is no monitor "dn" (did you mean db?)`. */
export function noSuchMonitor(name: string, monitors: readonly { readonly name: string }[]): string {
  const near = didYouMean(
    name,
    monitors.map((monitor) => monitor.name),
  );
  return `there is no monitor "${name}"${near === null ? '' : ` (did you mean ${near}?)`}`;
}
