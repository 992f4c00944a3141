import type { ExampleEvent } from './run-event.ts';

const perKind = 3;
const perRun = 60;

/** Decides which examples of failures a run keeps: three of each row (of requests, or of sessions), kind and status, and sixty in all. */
export class ExampleLimit {
  readonly #counts = new Map<string, number>();
  #left = perRun;

  /** Whether this one is kept; it then counts. */
  takes({ session, row, failure, status }: Pick<ExampleEvent, 'session' | 'row' | 'failure' | 'status'>): boolean {
    const key = `${session} ${row} ${failure} ${status}`;
    const kept = this.#counts.get(key) ?? 0;
    if (this.#left === 0 || kept >= perKind) return false;
    this.#counts.set(key, kept + 1);
    this.#left -= 1;
    return true;
  }
}
