import type { Millis } from './units.ts';

/** The one source of time. `now()` counts from an arbitrary origin and never goes back. */
export interface Clock {
  now(): Millis;
  /** Resolves when `at` is reached, or as soon as `signal` aborts; it never rejects, so look at the signal afterwards. */
  until(at: Millis, signal?: AbortSignal): Promise<void>;
}
