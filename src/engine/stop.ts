import type { Millis } from '../core/units.ts';
import type { EndReason } from '../record/run-event.ts';

/** Why a run is to end before its time, and how long requests in flight may still take. */
export interface StopReason {
  readonly reason: EndReason;
  readonly grace: Millis;
}
