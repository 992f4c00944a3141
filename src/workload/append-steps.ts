import { usageError } from '../core/errors.ts';
import { millis } from '../core/units.ts';
import type { LoadProfile, LoadStep, Phase, ProfilePoint } from './load-profile.ts';

/** Steps past the end of a scenario; times in whole seconds. */
export interface StepPlan {
  /** Users of each step, ascending. */
  readonly levels: readonly number[];
  /** How long the climb to each of them takes. */
  readonly climb: number;
  /** How long a step stands before it is judged. */
  readonly settle: number;
  /** How long it is judged. */
  readonly judged: (users: number) => number;
}

/**
 * The profile with a climb in steps behind it, each a phase of its own. The steady window and all before stays as it is:
 *
 *     users                            ┌───────┐ step 2
 *                            ┌────────/ settle, then judged
 *        ┌──────────────────/  step 1
 *       /     hold (steady)
 *
 * @throws SqloadError (exit 2) for open load, which has no number of users to step up.
 */
export function appendSteps(profile: LoadProfile, { levels, climb, settle, judged }: StepPlan): LoadProfile {
  if (profile.arrivals !== null)
    throw usageError(
      'With --until-broken the number of users climbs, and the users of this run arrive at a rate.',
      'Leave --until-broken out, or give --users in place of a rate.',
    );
  const phases: Phase[] = [...profile.phases];
  const points: ProfilePoint[] = [...profile.points];
  const steps: LoadStep[] = [];
  let start = profile.seconds;
  for (const [i, users] of levels.entries()) {
    const judgedFrom = start + climb + settle;
    const end = judgedFrom + judged(users);
    steps.push({ phase: phases.length, users, judgedFrom });
    phases.push({ name: `step ${i + 1}`, start, end, steady: false });
    points.push({ at: millis((start + climb) * 1000), users }, { at: millis(end * 1000), users });
    start = end;
  }
  if (steps.length === 0) return profile;
  return { ...profile, phases, points, steps, seconds: start, peak: Math.max(profile.peak, ...levels) };
}
