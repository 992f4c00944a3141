import type { FailureKind } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';
import { type EncodedHistogram, mergeEncoded } from '../metrics/encoded-histogram.ts';

/** What the user's hooks measured, and what went wrong with them, up to the end of a second. Told only where there is something. */
export interface HooksEvent {
  readonly kind: 'hooks';
  readonly second: number;
  /** A name that was asked for and not added to has a sum of 0. */
  readonly counters: readonly CounterSum[];
  readonly timings: readonly TimingValues[];
  readonly troubles: readonly HookTrouble[];
}

export interface CounterSum {
  readonly name: string;
  readonly sum: number;
}

export interface TimingValues {
  readonly name: string;
  /** µs. */
  readonly values: EncodedHistogram;
}

/** What went wrong with a hook: it never slows the load or ends the run. */
export interface HookTrouble {
  /** Name of the hook: `requestFailed`. */
  readonly hook: string;
  /** What was thrown, or in words that it blocked or dawdled. */
  readonly message: string;
  /** Where it was thrown; empty where nothing was. */
  readonly trace: string;
  /** How often. */
  readonly count: number;
}

/** Failed requests one by one, for hooks that listen. Told while a run is under way only: no record holds it. */
export interface FailuresEvent {
  readonly kind: 'failures';
  readonly second: number;
  readonly failures: readonly FailedLine[];
  /** How many more there were than are told. */
  readonly untold: number;
}

export interface FailedLine {
  /** Whether it was one of those that set up or end a session. */
  readonly session: boolean;
  /** Index into the header's rows, or for a session into its `sessionRows`. */
  readonly row: number;
  readonly failure: FailureKind;
  readonly status: number;
  /** When it ended. */
  readonly at: Millis;
  /** From when it was due to its end. */
  readonly responseTime: Millis;
  /** Redacted and cut to a line. */
  readonly text: string;
}

/** What the hooks of several slices told, an event for each second of which they told something. */
export function joinHooks(events: readonly HooksEvent[]): readonly HooksEvent[] {
  const seconds = [...new Set(events.map(({ second }) => second))].sort((a, b) => a - b);
  return seconds.map((second) => joinSecond(events.filter((event) => event.second === second)));
}

/** Associative and commutative. */
function joinSecond(events: readonly HooksEvent[]): HooksEvent {
  const counters = merged(
    events.flatMap((event) => event.counters),
    ({ name }) => name,
    (a, b) => ({ ...a, sum: a.sum + b.sum }),
  );
  const timings = merged(
    events.flatMap((event) => event.timings),
    ({ name }) => name,
    (a, b) => ({ ...a, values: mergeEncoded(a.values, b.values) }),
  );
  const troubles = merged(
    events.flatMap((event) => event.troubles),
    ({ hook, message, trace }) => `${hook}\n${message}\n${trace}`,
    (a, b) => ({ ...a, count: a.count + b.count }),
  );
  return { kind: 'hooks', second: events[0]?.second ?? 0, counters, timings, troubles };
}

function merged<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  merge: (a: Item, b: Item) => Item,
): readonly Item[] {
  const byKey = new Map<string, Item>();
  for (const item of items) {
    const key = keyOf(item);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? item : merge(known, item));
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
