import { type Millis, millis, type PerSecond, perSecond } from '../core/units.ts';
import { closedSchedule } from './closed-schedule.ts';
import { expectedSteps } from './expected-steps.ts';
import type { LoadProfile } from './load-profile.ts';
import { wholeRun } from './slice.ts';
import { meanThink, type ThinkTime } from './think-time.ts';

/**
 * The rate that `users` offer when each reply takes `response`: users / (mean think time + response time), the response
 * time law of closed systems (Lazowska et al., Quantitative System Performance, 1984, ch. 3). Infinite when neither takes time.
 */
export function offeredRate(users: number, think: ThinkTime, response: Millis): PerSecond {
  return perSecond(users === 0 ? 0 : (users * 1000) / (meanThink(think) + response));
}

/** The users that offer `rate` when replies take no time, with a fraction; replies do take time, so more are needed. */
export const usersNeededFor = (rate: PerSecond, think: ThinkTime): number => (rate * meanThink(think)) / 1000;

/**
 * Expected number of requests due in whole seconds `start` to `end` of the run, when replies take no time: the most that
 * there can be on average. Infinity without think time, where nothing but the replies sets a limit.
 */
export function expectedDue(
  profile: LoadProfile,
  think: ThinkTime,
  window: { readonly start: number; readonly end: number },
): number {
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

/** Expected number of requests due in the steady window when replies take no time; 0 without a window. */
export const steadyCeiling = (profile: LoadProfile, think: ThinkTime): number =>
  profile.steady === null ? 0 : expectedDue(profile, think, profile.steady);
