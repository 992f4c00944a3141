import { micros } from '../core/units.ts';
import { SparseHistogram } from '../metrics/encoded-histogram.ts';
import type { CounterSum, TimingValues } from '../record/hooks-event.ts';
import type { HookContext } from './hooks.ts';

/** More names than these are a mistake, such as a user's id in a name. */
const mostNames = 100;
const longest = 3_600_000;

/** Collects what hooks measure, until it is taken for the record. */
export class HookMeasures {
  readonly context: HookContext;
  readonly #counters = new Map<string, { sum: number; touched: boolean }>();
  readonly #timings = new Map<string, SparseHistogram>();

  constructor() {
    // Without `this`, so that a hook may take them apart: `({ name }, { counter }) => …`.
    this.context = { counter: (name) => this.#counter(name), timing: (name) => this.#timing(name) };
  }

  /** Since it was last asked, by name. */
  take(): { readonly counters: readonly CounterSum[]; readonly timings: readonly TimingValues[] } {
    const counters = [...this.#counters].flatMap(([name, counter]) => {
      if (!counter.touched) return [];
      const { sum } = counter;
      Object.assign(counter, { sum: 0, touched: false });
      return [{ name, sum }];
    });
    const timings = [...this.#timings].flatMap(([name, histogram]) => {
      const values = histogram.encode();
      return values.length === 0 ? [] : [{ name, values }];
    });
    return { counters: byName(counters), timings: byName(timings) };
  }

  #counter(name: string) {
    this.#check(name, this.#counters);
    const counter = this.#counters.get(name) ?? { sum: 0, touched: true };
    this.#counters.set(name, counter);
    return {
      add: (amount = 1) => {
        if (!(amount >= 0 && Number.isFinite(amount)))
          throw new RangeError(`counter ${name}: add() takes a number of 0 or more, got ${amount}`);
        counter.sum += amount;
        counter.touched = true;
      },
    };
  }

  #timing(name: string) {
    this.#check(name, this.#timings);
    const timing = this.#timings.get(name) ?? new SparseHistogram();
    this.#timings.set(name, timing);
    return {
      record: (ms: number) => {
        if (!(ms >= 0 && ms <= longest))
          throw new RangeError(`timing ${name}: record() takes ms from 0 to an hour, got ${ms}`);
        timing.record(micros(Math.round(ms * 1000)));
      },
    };
  }

  #check(name: string, known: ReadonlyMap<string, unknown>): void {
    if (known.has(name)) return;
    if (!/^[A-Za-z][\w-]{0,63}$/.test(name))
      throw new RangeError(
        `${JSON.stringify(name)} is no name for a counter or a timing: it takes letters, digits, dashes and underscores`,
      );
    if (known.size >= mostNames)
      throw new RangeError(`"${name}" would be one name too many: there may be ${mostNames} of a kind`);
  }
}

const byName = <Item extends { readonly name: string }>(items: Item[]): readonly Item[] =>
  items.sort((a, b) => (a.name < b.name ? -1 : 1));
