import { millis } from '../core/units.ts';
import type { LoadProfile } from './load-profile.ts';

/** One load held for a while; times in whole seconds. */
export interface TrialShape {
  readonly users: number;
  /** Time from the first user to the last. */
  readonly climb: number;
  /** How long the load stands before it counts. */
  readonly settle: number;
  /** The steady window. */
  readonly window: number;
}

/** The profile of a trial: a short climb, a time to settle that is left out, and the steady window. */
export function trialProfile({ users, climb, settle, window }: TrialShape): LoadProfile {
  const start = climb + settle;
  const end = start + window;
  return {
    phases: [
      { name: 'climb', start: 0, end: climb, steady: false },
      { name: 'settle', start: climb, end: start, steady: false },
      { name: 'hold', start, end, steady: true },
    ],
    points: [
      { at: millis(0), users: 0 },
      { at: millis(climb * 1000), users },
      { at: millis(end * 1000), users },
    ],
    peak: users,
    arrivals: null,
    seconds: end,
    steady: { start, end },
  };
}
