import { type Millis, millis } from '../core/units.ts';

/** Pause of a virtual user after each step, uniform between the two. */
export interface ThinkTime {
  readonly min: Millis;
  readonly max: Millis;
}

export const meanThink = (think: ThinkTime): Millis => millis((think.min + think.max) / 2);
