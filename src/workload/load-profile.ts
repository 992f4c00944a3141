import { type Millis, millis, type PerSecond, perSecond } from '../core/units.ts';

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

/** How arrivals follow each other: at even distances, or as a Poisson process, whose distances are exponential. */
export const arrivalProcesses = ['even', 'poisson'] as const;
export type ArrivalProcess = (typeof arrivalProcesses)[number];

/** A corner of the piecewise linear curve of the arrival rate. Two points of one instant are a jump. */
export interface RatePoint {
  readonly at: Millis;
  /** Conversations that begin per second. */
  readonly rate: PerSecond;
}

/** Open load: users who arrive whether or not the server keeps up, play one conversation each, and leave. */
export interface ArrivalProfile {
  /** Ascending in time, from 0 to the end of the run. */
  readonly points: readonly RatePoint[];
  readonly process: ArrivalProcess;
  /** The highest rate: the target. */
  readonly peak: PerSecond;
  /** Most users that arrivals may bring at a time; who arrives beyond it is dropped. */
  readonly limit: number;
}

/** How many users there are, and when: what a scenario comes to once its numbers are settled. */
export interface LoadProfile {
  /** In order, without gaps, from second 0 to `seconds`. */
  readonly phases: readonly Phase[];
  /** Closed load, ascending in time, from 0 to the end of the run; 0 users throughout when all load is open. */
  readonly points: readonly ProfilePoint[];
  /** The most users of the closed load at any time: the target, or where the last step stands; 0 when all load is open. */
  readonly peak: number;
  /** Open load; null when there is none. */
  readonly arrivals: ArrivalProfile | null;
  /** Length of the run in whole seconds. */
  readonly seconds: number;
  /** The steady window in whole seconds, `end` excluded; null when the profile never stands at its target for one. */
  readonly steady: { readonly start: number; readonly end: number } | null;
  /** How the load climbs on past the end of its scenario, which is where the first of these begins; absent: it does not. */
  readonly steps?: readonly LoadStep[] | undefined;
}

/** More users than the scenario has, for as long as it takes to see whether they are too many. */
export interface LoadStep {
  /** Index into the profile's `phases`. */
  readonly phase: number;
  readonly users: number;
  /** From this second of the run on the step is judged: all its users are there, and have settled. */
  readonly judgedFrom: number;
}

/** The scenario's own part of a profile: how long it is, in whole seconds, and its most users. */
export function ownPart({ steps, phases, points, seconds, peak }: LoadProfile): { seconds: number; peak: number } {
  const first = steps?.[0];
  if (first === undefined) return { seconds, peak };
  const end = phases[first.phase]?.start ?? seconds;
  return { seconds: end, peak: Math.max(0, ...points.filter(({ at }) => at <= end * 1000).map(({ users }) => users)) };
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

/** A linear piece of the curve of the arrival rate; times in ms of the run, rates per second. */
export interface RatePiece {
  readonly at: number;
  readonly until: number;
  readonly from: number;
  readonly to: number;
}

/** The linear pieces of the arrival rate that last, in order; none without open load. */
export function ratePieces({ arrivals }: LoadProfile): RatePiece[] {
  const points = arrivals?.points ?? [];
  return points.flatMap((point, i) => {
    const before = points[i - 1];
    if (!before || before.at === point.at) return [];
    return [{ at: before.at, until: point.at, from: before.rate, to: point.rate }];
  });
}

/** Conversations that begin per second at `at`; the later value at a jump, 0 without open load. */
export function rateAt(profile: LoadProfile, at: Millis): PerSecond {
  const pieces = ratePieces(profile);
  const piece = pieces.find(({ until }) => at < until);
  return perSecond(piece ? along(piece, at) : (pieces.at(-1)?.to ?? 0));
}

/** The arrival rate just before `at`: at a jump the earlier value. */
export function rateBefore(profile: LoadProfile, at: Millis): PerSecond {
  const piece = ratePieces(profile).find(({ until }) => at <= until);
  return piece ? perSecond(along(piece, at)) : rateAt(profile, at);
}

function along({ at, until, from, to }: RatePiece, time: Millis): number {
  return time <= at ? from : from + ((to - from) * (time - at)) / (until - at);
}

/** When the run starts no more steps. */
export const endOf = (profile: LoadProfile): Millis => millis(profile.seconds * 1000);
