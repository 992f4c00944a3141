import { type Millis, millis, plus } from '../core/units.ts';

/** What is remembered at most, and for how long without use: the longest unused entries go first. */
export interface Limits {
  readonly entries: number;
  readonly idle: Millis;
}

export const defaultLimits: Limits = { entries: 50_000, idle: millis(3_600_000) };

interface Entry<Value> {
  readonly value: Value;
  lastUsed: Millis;
}

/** A map that forgets what was not used for long, and the longest unused when there is too much. */
export class RecentMap<Value> {
  readonly #limits: Limits;
  /** In the order of last use, the oldest first. */
  readonly #entries = new Map<string, Entry<Value>>();
  #nextSweep: Millis | null = null;

  constructor(limits: Limits = defaultLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Does not count as use. */
  find(id: string, now: Millis): Value | undefined {
    const entry = this.#entries.get(id);
    return entry && !this.#isForgotten(entry, now) ? entry.value : undefined;
  }

  use(id: string, now: Millis): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.lastUsed = now;
    this.#entries.delete(id);
    this.#entries.set(id, entry);
  }

  add(id: string, value: Value, now: Millis): void {
    this.#entries.set(id, { value, lastUsed: now });
    this.#sweep(now);
  }

  forget(id: string): void {
    this.#entries.delete(id);
  }

  #isForgotten({ lastUsed }: Entry<Value>, now: Millis): boolean {
    return now - lastUsed > this.#limits.idle;
  }

  /** In batches: the first entry of a map in which much was deleted is costly to find. */
  #sweep(now: Millis): void {
    const { entries: most, idle } = this.#limits;
    this.#nextSweep ??= plus(now, idle);
    const size = this.#entries.size;
    if (size <= most && now < this.#nextSweep) return;
    const kept = size > most ? Math.ceil((most * 15) / 16) : most;
    this.#nextSweep = plus(now, millis(idle / 60));
    for (const [id, entry] of this.#entries) {
      if (this.#entries.size <= kept && !this.#isForgotten(entry, now)) return;
      this.#entries.delete(id);
    }
  }
}
