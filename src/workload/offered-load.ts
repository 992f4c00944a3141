import { type Millis, millis, type PerSecond, perSecond } from '../core/units.ts';
import { closedSchedule } from './closed-schedule.ts';
import { expectedSteps } from './expected-steps.ts';
import { type LoadProfile, ratePieces } from './load-profile.ts';
import { wholeRun } from './slice.ts';
import { meanThink, type ThinkTime } from './think-time.ts';
import { uniformSumExcess } from './uniform-sum.ts';

/**
 * The rate that `users` offer when each reply takes `response`: users / (mean think time + response time), the response
 * time law of closed systems (Lazowska et al., Quantitative System Performance, 1984, ch. 3). Infinite when neither takes time.
 */
export function offeredRate(users: number, think: ThinkTime, response: Millis): PerSecond {
  return perSecond(users === 0 ? 0 : (users * 1000) / (meanThink(think) + response));
}

/** The users that offer `rate` when replies take no time, with a fraction; replies do take time, so more are needed. */
export const usersNeededFor = (rate: PerSecond, think: ThinkTime): number => (rate * meanThink(think)) / 1000;

/** Whole seconds of the run, `end` excluded. */
interface Window {
  readonly start: number;
  readonly end: number;
}

/**
 * How long the conversations of arriving users are: at index j the probability that one has more than j requests. Begins
 * with 1 and never rises. It follows from the flow, which lives in a higher layer.
 */
export type Survival = readonly number[];

/** Mean number of requests of a conversation: the sum of the tail probabilities. */
export const requestsPerConversation = (survival: Survival): number => survival.reduce((sum, tail) => sum + tail, 0);

/**
 * Users that are there on average when conversations begin at `rate` and each reply takes `response`: Little's law
 * (1961), rate × mean time in the system, which is one reply for each request and one pause between two.
 */
export function usersPresent(rate: PerSecond, survival: Survival, think: ThinkTime, response: Millis): number {
  const requests = requestsPerConversation(survival);
  return (rate * (requests * response + (requests - 1) * meanThink(think))) / 1000;
}

/**
 * Expected number of requests due within a window, when replies take no time: the most that there can be on average.
 * Infinity when users of the closed load are there and do not think, where nothing but the replies sets a limit.
 */
export function expectedDue(profile: LoadProfile, think: ThinkTime, window: Window, survival: Survival): number {
  const open = survival.reduce((sum, tail, step) => sum + tail * arrivalsDue(profile, think, window, step), 0);
  return closedDue(profile, think, window) + open;
}

/** Expected number of requests due in the steady window when replies take no time; 0 without a window. */
export const steadyCeiling = (profile: LoadProfile, think: ThinkTime, survival: Survival): number =>
  profile.steady === null ? 0 : expectedDue(profile, think, profile.steady, survival);

/** Requests of the closed load due within the window. */
export function closedDue(profile: LoadProfile, think: ThinkTime, window: Window): number {
  const [from, to] = [window.start * 1000, window.end * 1000];
  const stepsBefore = (at: number, start: number, stop: number): number =>
    at <= start ? 0 : expectedSteps(millis(Math.min(at, stop) - start), think);
  let due = 0;
  for (const { start, stop } of closedSchedule(profile, wholeRun)) {
    if (start >= to || stop <= from) continue;
    if (think.max === 0) return Number.POSITIVE_INFINITY;
    due += stepsBefore(to, start, stop) - stepsBefore(from, start, stop);
  }
  return due;
}

/**
 * Expected number of arrivals whose request number `step`, counted from 0, falls due within the window if their
 * conversation comes that far: ∫ r(t)·P(from ≤ t + S < to) dt, with r the arrival rate and S the sum of `step` pauses.
 */
export function arrivalsDue(profile: LoadProfile, think: ThinkTime, window: Window, step: number): number {
  const width = think.max - think.min;
  // E[max(0, x − S)^p] / p!: for p = 1 the integral of P(S < x), for p = 2 the integral of that.
  const excess = (x: number, p: 1 | 2): number => {
    const rest = x - step * think.min;
    if (width > 0) return width ** p * uniformSumExcess(rest / width, step, p);
    return rest <= 0 ? 0 : rest ** p / p;
  };
  const pieces = ratePieces(profile);
  // ∫ r(t)·P(t + S < end) dt, integrated by parts on each piece, where r is linear.
  const dueBefore = (end: number): number =>
    pieces.reduce((sum, { at, until, from, to }) => {
      const slope = (to - from) / (until - at);
      const steady = from * excess(end - at, 1) - to * excess(end - until, 1);
      return sum + (steady + slope * (excess(end - at, 2) - excess(end - until, 2))) / 1000;
    }, 0);
  return dueBefore(window.end * 1000) - dueBefore(window.start * 1000);
}
