import type { CpuUnit, MemoryUnit } from './quantity.ts';

/** What is all of the CPU and of memory: cores and bytes. */
export interface Capacity {
  readonly cores: number;
  readonly bytes: number;
}

/** Shares of the capacity, 1 is all of it; null: not measured. */
export interface Usage {
  readonly cpu: number | null;
  readonly memory: number | null;
}

/** One reading of a source, before anything is known of limits. A counter may come in several series that add up. */
export interface RawUsage {
  readonly cpu: { readonly unit: Exclude<CpuUnit, 'auto'>; readonly series: readonly Series[] } | null;
  readonly memory: { readonly unit: MemoryUnit; readonly value: number } | null;
}

export interface Series {
  /** The same in each reading. */
  readonly key: string;
  readonly value: number;
}

/** Makes shares of the readings of one source. */
export class UsageMeter {
  readonly #capacity: Capacity;
  readonly #counters = new Map<string, CounterRate>();

  constructor(capacity: Capacity) {
    this.#capacity = capacity;
  }

  /** `at` is in ms of any clock. Of a counter the first reading says nothing yet. */
  read({ cpu, memory }: RawUsage, at: number): Usage {
    const { cores, bytes } = this.#capacity;
    return {
      cpu:
        cpu === null
          ? null
          : cpu.unit === 'seconds'
            ? this.#rate(cpu.series, at)
            : shareOf(sum(cpu.series), cpu.unit, cores),
      memory: memory === null ? null : shareOf(memory.value, memory.unit, bytes),
    };
  }

  #rate(series: readonly Series[], at: number): number | null {
    const { cores } = this.#capacity;
    let total: number | null = null;
    for (const { key, value } of series.slice(0, mostSeries)) {
      const counter = this.#counters.get(key) ?? new CounterRate();
      this.#counters.set(key, counter);
      const rate = counter.read(value, at, 2 * cores);
      if (rate !== null) total = (total ?? 0) + rate;
    }
    if (this.#counters.size > mostSeries) this.#counters.clear();
    return total === null ? null : shareOf(total, 'cores', cores);
  }
}

const mostSeries = 1000;

const sum = (series: readonly Series[]): number => series.reduce((total, { value }) => total + value, 0);

/** A counter that only grows, until it begins again at 0: what it grew by per second. */
export class CounterRate {
  #last: { readonly value: number; readonly at: number } | null = null;

  /**
   * The rate since the last reading; `at` is in ms. After a fall the counter is taken to have begun at 0, unless it would have
   * grown by more than `most` per second since: then it is another one. null where nothing can be said, as at the first
   * reading.
   */
  read(value: number, at: number, most = Number.POSITIVE_INFINITY): number | null {
    if (!Number.isFinite(value) || value < 0) return null;
    const last = this.#last;
    if (last !== null && at <= last.at) return null;
    this.#last = { value, at };
    if (last === null) return null;
    const per = 1000 / (at - last.at);
    if (value >= last.value) return (value - last.value) * per;
    return value * per <= most ? value * per : null;
  }
}

/** More than this many times all that there is cannot be meant. */
const mostShare = 100;

/** A number in a unit as a share of all that there is; null for what is no amount: below 0, or absurdly much. */
export function shareOf(value: number, unit: Exclude<CpuUnit, 'auto'> | MemoryUnit, whole: number): number | null {
  if (!Number.isFinite(value) || value < 0) return null;
  const share = unit === 'ratio' ? value : unit === 'percent' ? value / 100 : value / whole;
  return share <= mostShare ? share : null;
}
