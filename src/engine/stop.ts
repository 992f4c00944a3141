import type { Millis } from '../core/units.ts';
import type { EndReason } from '../record/run-event.ts';

/** Why a run ends before its time, and how long requests in flight may still take. */
export interface StopReason {
  readonly reason: Exclude<EndReason, 'completed'>;
  readonly grace: Millis;
}

/** Ends a run before its time: one signal for the whole run, since a signal per request costs a quarter of the request. */
export class RunStop {
  readonly #controller = new AbortController();
  #reason: StopReason | null = null;

  /** Aborts when the run is to end: no new steps from then on. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get stopped(): boolean {
    return this.#reason !== null;
  }

  get reason(): StopReason | null {
    return this.#reason;
  }

  /** The first reason counts; later calls change nothing. */
  stop(reason: StopReason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#controller.abort();
  }
}
