import { encodedCount } from '../metrics/encoded-histogram.ts';
import type { SecondEvent } from '../record/run-event.ts';

/** A run in which nothing succeeds for this many seconds, although requests are sent, is stopped. */
export const patienceSeconds = 30;

/** Watches the seconds of a run for the time in which requests were sent, or sessions not set up, and none succeeded. */
export class Watchdog {
  #waitingSince: number | null = null;

  /** Whether nothing has succeeded for too long at the end of this second. */
  sees(event: SecondEvent): boolean {
    if (event.cells.some((cell) => encodedCount(cell.tally.ok) > 0)) this.#waitingSince = null;
    else if (tried(event) && this.#waitingSince === null) this.#waitingSince = event.second;
    return this.#waitingSince !== null && event.second + 1 - this.#waitingSince >= patienceSeconds;
  }
}

/** A session that was set up succeeds in nothing yet: a request follows at once. */
const tried = ({ started, sessions }: SecondEvent): boolean =>
  started > 0 || sessions.some(({ row, tally }) => row === 0 && tally.failures.length > 0);
