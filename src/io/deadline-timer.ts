import type { Clock } from '../core/clock.ts';
import type { Millis } from '../core/units.ts';

/** The longest span that a Node timer takes. */
const longestTimer = 2 ** 31 - 1;

/**
 * Ends what has a deadline, with one timer for many exchanges in a row. Starting and clearing a timer for each costs as
 * much as a tenth of a request; and since timeouts are constant, a timer that runs already fires before the deadline
 * of whatever came after. So it is left to run, and looks when it fires what it has to wait for now.
 */
export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #deadline: () => Millis | null;
  readonly #expire: () => void;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires; infinite when there is none. */
  #fires = Number.POSITIVE_INFINITY;

  /** `deadline` tells what is to be watched at the moment, null for nothing. `expire` is called at it or up to about 2 ms after. */
  constructor(clock: Clock, deadline: () => Millis | null, expire: () => void) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#expire = expire;
  }

  /** There is a new deadline. */
  watch(deadline: Millis, now: Millis): void {
    if (deadline < this.#fires) this.#arm(deadline, now);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#fires = Number.POSITIVE_INFINITY;
  }

  #arm(deadline: Millis, now: Millis): void {
    clearTimeout(this.#timer);
    this.#fires = deadline;
    const left = Math.min(Math.max(Math.ceil(deadline - now), 1), longestTimer);
    this.#timer = setTimeout(this.#look, left);
    // What it watches holds the process; a timer left over from an exchange that is done must not.
    this.#timer.unref();
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    this.#fires = Number.POSITIVE_INFINITY;
    const deadline = this.#deadline();
    if (deadline === null) return;
    const now = this.#clock.now();
    // A timer can be early; the deadline is not.
    if (deadline > now) this.#arm(deadline, now);
    else this.#expire();
  };
}
