import { encodedCount } from '../metrics/encoded-histogram.ts';
import type { SecondEvent } from '../record/run-event.ts';

/** A run in which nothing succeeds for this many seconds, although somebody tries, is stopped. */
export const patienceSeconds = 30;

/** Watches the seconds of a run for the time in which requests were sent, or sessions did not come about, and no request succeeded. */
export class Watchdog {
  #waitingSince: number | null = null;

  /** Whether nothing has succeeded for too long at the end of this second. */
  sees(event: SecondEvent): boolean {
    if (event.cells.some((cell) => encodedCount(cell.tally.ok) > 0)) this.#waitingSince = null;
    else if (this.#waitingSince === null && isTried(event)) this.#waitingSince = event.second;
    return this.#waitingSince !== null && event.second + 1 - this.#waitingSince >= patienceSeconds;
  }
}

/** Without a session nobody starts a request: then set-ups that fail are all that is seen. */
const isTried = ({ started, sessions }: SecondEvent): boolean =>
  started > 0 || sessions.some(({ tally }) => tally.failures.length > 0);
