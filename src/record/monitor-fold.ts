import type { MonitorEvent, RecordMonitor, ServerMeasure } from './monitor.ts';

/** What one monitor read of one measure in a stretch of a run: shares of its limit, 1 is all. */
export interface MonitoredSpan {
  readonly mean: number;
  readonly peak: number;
  /** How many seconds were measured; never 0. */
  readonly seconds: number;
}

/** What the monitors of a run read, second by second. */
export class MonitorFold {
  readonly #readings: readonly Map<number, MonitorEvent>[];
  #last: number;

  constructor(monitors: readonly RecordMonitor[]) {
    this.#readings = monitors.map(() => new Map());
    this.#last = -1;
  }

  /** @throws RangeError for a monitor that the header does not have. */
  add(event: MonitorEvent): void {
    const readings = this.#readings[event.monitor];
    if (!readings)
      throw new RangeError(`second ${event.second} tells of monitor ${event.monitor}, which the header does not have`);
    readings.set(event.second, event);
    this.#last = Math.max(this.#last, event.second);
  }

  /** What one monitor read in the seconds from `start` until `end`; null: nothing. */
  span(
    monitor: number,
    measure: ServerMeasure,
    { start, end }: { readonly start: number; readonly end: number },
  ): MonitoredSpan | null {
    let [sum, peak, seconds] = [0, 0, 0];
    for (let second = start; second < Math.min(end, this.#last + 1); second++) {
      const share = this.#readings[monitor]?.get(second)?.[measure] ?? null;
      if (share === null) continue;
      sum += share;
      peak = Math.max(peak, share);
      seconds += 1;
    }
    return seconds === 0 ? null : { mean: sum / seconds, peak, seconds };
  }
}
