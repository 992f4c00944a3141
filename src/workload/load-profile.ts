import { type Millis, millis } from '../core/units.ts';

/** A stretch of the run with a name of its own in the tables; its edges fall on whole seconds of the run. */
export interface Phase {
  readonly name: string;
  /** First second, counted from the start of the run. */
  readonly start: number;
  /** The second after the last. */
  readonly end: number;
  /** Whether the load thresholds are graded over it: the profile stands at its target. */
  readonly steady: boolean;
}

/** A corner of the piecewise linear curve of users over time. Two points of one instant are a jump. */
export interface ProfilePoint {
  readonly at: Millis;
  readonly users: number;
}

/** How many users there are, and when: what a scenario comes to once its numbers are settled. */
export interface LoadProfile {
  /** In order, without gaps, from second 0 to `seconds`. */
  readonly phases: readonly Phase[];
  /** Ascending in time, from 0 to the end of the run. */
  readonly points: readonly ProfilePoint[];
  /** The most users at any time: the target. */
  readonly peak: number;
  /** Length of the run in whole seconds. */
  readonly seconds: number;
  /** The steady window in whole seconds, `end` excluded; null when the profile never stands at its target for one. */
  readonly steady: { readonly start: number; readonly end: number } | null;
}

/** The users that the profile asks for at `at`, with a fraction while it climbs; the later value at a jump. */
export function usersAt(profile: LoadProfile, at: Millis): number {
  let before = profile.points[0];
  if (!before || at < before.at) return 0;
  for (const point of profile.points) {
    if (point.at > at) {
      const share = (at - before.at) / (point.at - before.at);
      return before.users + share * (point.users - before.users);
    }
    before = point;
  }
  return before.users;
}

/** The users just before `at`: at a jump the earlier value. */
export function usersBefore(profile: LoadProfile, at: Millis): number {
  const next = profile.points.findIndex((point) => point.at >= at);
  const [before, after] = [profile.points[next - 1], profile.points[next]];
  if (!before || !after) return usersAt(profile, at);
  const share = (at - before.at) / (after.at - before.at);
  return before.users + share * (after.users - before.users);
}

/** When the run starts no more steps. */
export const endOf = (profile: LoadProfile): Millis => millis(profile.seconds * 1000);
