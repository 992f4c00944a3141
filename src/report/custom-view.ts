import type { RunFold } from '../record/fold.ts';
import { type Latencies, latenciesOf } from './latencies.ts';

/** What the user's hooks measured in the whole run, by name. */
export interface CustomView {
  readonly counters: readonly { readonly name: string; readonly sum: number }[];
  readonly timings: readonly { readonly name: string; readonly count: number; readonly times: Latencies }[];
}

/** null where they measured nothing. */
export function customOf({ hooks }: RunFold): CustomView | null {
  if (hooks.counters.size + hooks.timings.size === 0) return null;
  return {
    counters: sorted([...hooks.counters].map(([name, sum]) => ({ name, sum }))),
    timings: sorted(
      [...hooks.timings].flatMap(([name, values]) => {
        const times = latenciesOf(values);
        return times === null ? [] : [{ name, count: values.count, times }];
      }),
    ),
  };
}

const sorted = <Item extends { readonly name: string }>(items: readonly Item[]): readonly Item[] =>
  [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
