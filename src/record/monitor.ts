import type { Millis } from '../core/units.ts';

/** What watched the server during a run. */
export interface RecordMonitor {
  /** What thresholds call it: `db.cpu<80%`. After a merge two slices may have one of the same name. */
  readonly name: string;
  /** Where it read, in words; nothing secret in it. */
  readonly source: string;
  /** The slice of the run whose process it belonged to. */
  readonly slice: number;
  /** All of the CPU, in cores, and all of memory, in bytes; null: it does not measure that. */
  readonly cpu: MonitorLimit | null;
  readonly memory: MonitorLimit | null;
}

/** What the shares of a monitor are shares of. */
export interface MonitorLimit {
  /** null: the source tells shares itself, or nobody knows yet, as in a plan. */
  readonly amount: number | null;
  /** Who says so, in words: `--cpu-limit`, `this machine`; may be empty. */
  readonly of: string;
}

/** What one monitor read of one second. A second of which it read nothing has none. */
export interface MonitorEvent {
  readonly kind: 'monitor';
  /** The second of the run that it tells of. */
  readonly second: number;
  /** When it was read, from the start of the run: about at the end of the second. */
  readonly at: Millis;
  /** Index into the header's `monitors`. */
  readonly monitor: number;
  /** Shares of the monitor's limits, 1 is all; may be more. null: not measured. */
  readonly cpu: number | null;
  readonly memory: number | null;
}

/** What a monitor can measure. */
export type ServerMeasure = 'cpu' | 'memory';
