import { formatPercent } from '../core/format.ts';
import type { MonitorEvent, RecordMonitor, ServerMeasure } from '../record/monitor.ts';

/** A reading older than this many seconds says nothing of now. */
const fresh = 3;

/** The last that each monitor read, for the line of progress. */
export class ServerProgress {
  readonly #monitors: readonly RecordMonitor[];
  readonly #last: (MonitorEvent | undefined)[];

  constructor(monitors: readonly RecordMonitor[]) {
    this.#monitors = monitors;
    this.#last = monitors.map(() => undefined);
  }

  add(event: MonitorEvent): void {
    this.#last[event.monitor] = event;
  }

  /** `CPU 34 %`, `memory 51 %`: of the busiest monitor, each as far as it was just measured. */
  parts(second: number): readonly string[] {
    return [...this.#part('CPU', 'cpu', second), ...this.#part('memory', 'memory', second)];
  }

  #part(name: string, measure: ServerMeasure, second: number): readonly string[] {
    if (this.#monitors.every((monitor) => monitor[measure] === null)) return [];
    const shares = this.#last.flatMap((event) =>
      event === undefined || event[measure] === null || event.second < second - fresh ? [] : [event[measure]],
    );
    return [`${name} ${shares.length === 0 ? '–' : formatPercent(Math.max(...shares))}`];
  }
}
