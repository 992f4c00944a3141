import { Histogram } from '../metrics/histogram.ts';
import type { HooksEvent, HookTrouble } from './hooks-event.ts';

/** What hooks measured in a whole run. A timing and a counter of one name are two things. */
export class HooksFold {
  readonly counters = new Map<string, number>();
  /** µs. */
  readonly timings = new Map<string, Histogram>();
  readonly #troubles = new Map<string, HookTrouble>();

  add({ counters, timings, troubles }: HooksEvent): void {
    for (const { name, sum } of counters) this.counters.set(name, (this.counters.get(name) ?? 0) + sum);
    for (const { name, values } of timings) {
      const histogram = this.timings.get(name) ?? new Histogram();
      this.timings.set(name, histogram);
      histogram.add(values);
    }
    for (const trouble of troubles) {
      const key = `${trouble.hook}\n${trouble.message}\n${trouble.trace}`;
      const count = trouble.count + (this.#troubles.get(key)?.count ?? 0);
      this.#troubles.set(key, { ...trouble, count });
    }
  }

  /** What went wrong, the most frequent first. */
  get troubles(): readonly HookTrouble[] {
    return [...this.#troubles.values()].sort((a, b) => b.count - a.count);
  }
}
