import type { Outcome } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';

/** One exchange, from the moment it was due until it ended. Times are of the run's clock: 0 is the start of the run. */
export interface Sample {
  /** Index into the rows of the plan. */
  readonly row: number;
  /** Intended start: the end of think time, or the arrival. Decides the phase. */
  readonly due: Millis;
  /** When the virtual user handed the request to its connection: `handed − due` is the generator's own lateness. */
  readonly handed: Millis;
  /** When the request was written to the socket, after any connect. */
  readonly sent: Millis;
  /** First byte of the answer; NaN when none came. */
  readonly firstByte: Millis;
  /** First event with data of an answer that is a stream of events; NaN when there was none. */
  readonly firstEvent: Millis;
  /** When the last byte came, or when it was given up. Decides the second. */
  readonly ended: Millis;
  readonly outcome: Outcome;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}
