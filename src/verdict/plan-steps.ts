import { usageError } from '../core/errors.ts';
import { counted, formatCount } from '../core/format.ts';
import { type Millis, millis } from '../core/units.ts';
import type { RecordHeader } from '../record/record.ts';
import type { StepPlan } from '../workload/append-steps.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import { offeredRate } from '../workload/offered-load.ts';
import type { ThinkTime } from '../workload/think-time.ts';
import { leastSamples } from './least-samples.ts';
import { expectedShareOf, isLoadLimit, isOccasional } from './load-limits.ts';
import { runThresholds } from './run-thresholds.ts';
import type { Threshold } from './threshold.ts';

/** A step is a fifth of the target, or more where there would be too many of them. */
const stepShare = 0.2;
const mostSteps = 30;
/** Without --max-users the load climbs to so many times the target. */
const reach = 4;
/** Whole seconds: the climb of a step, and the least and the longest time that one is judged. */
const [climb, leastJudged, longestJudged] = [5, 20, 300];
/** Requests beyond the least that decide a limit: chance, and what the slowest second leaves out. */
const reserve = 1.25;
/** How long replies are taken to take where no limit says it. */
const usualReply = millis(500);

/** What is known of a run before its steps. */
export interface StepGround extends Pick<RecordHeader, 'thresholds' | 'rows' | 'sessionRows'> {
  readonly load: Pick<RecordHeader['load'], 'expectedShare'>;
  readonly think: ThinkTime;
}

/**
 * How the load of a run with --until-broken climbs past its scenario: in steps of a fifth of its users (at most 30 steps), each of
 * which stands until its users have had time for a round, and is then judged for long enough to decide every limit that load can break.
 * `maxUsers` null: up to four times the users of the scenario.
 * @throws SqloadError (exit 2) when there is nothing that could break, or no room to climb.
 */
export function planSteps(profile: LoadProfile, ground: StepGround, maxUsers: number | null): StepPlan {
  const limits = runThresholds(ground).filter(isLoadLimit);
  if (limits.length === 0)
    throw usageError(
      'With --until-broken the load climbs until a limit on response times, errors, CPU or memory breaks, and this run has none.',
      "Add one, for example --threshold 'p95<500ms', or leave --until-broken out.",
    );
  const target = profile.peak;
  const most = maxUsers ?? reach * target;
  if (most <= target && profile.arrivals === null)
    throw usageError(
      `With --until-broken the load climbs past the ${counted(target, 'user')} of the scenario, but --max-users is ${formatCount(most)}.`,
      'Give a higher --max-users, or fewer --users.',
    );
  const size = Math.max(1, Math.ceil(stepShare * target), Math.ceil((most - target) / mostSteps));
  const levels: number[] = [];
  for (let users = target + size; users < most; users += size) levels.push(users);
  levels.push(most);
  const reply = slowestTolerated(limits) ?? usualReply;
  const round = (ground.think.max + reply) / 1000;
  return {
    levels,
    climb,
    settle: Math.max(5, Math.ceil(round)),
    judged: (users) => {
      const rate = offeredRate(users, ground.think, reply);
      const needed = Math.max(0, ...limits.map((limit) => samplesFor(limit, ground)));
      return Math.min(longestJudged, Math.max(leastJudged, Math.ceil((reserve * needed) / rate)));
    },
  };
}

/** Requests of all rows until there are enough of the one that a limit is about. */
export function samplesFor(limit: Threshold, ground: Pick<StepGround, 'rows' | 'load'>): number {
  const share = expectedShareOf(limit, ground);
  const needed = leastSamples(limit);
  return share > 0 && Number.isFinite(needed) ? needed / share : 0;
}

/** Where the load breaks, replies take about as long as the strictest limit on them allows. */
export function slowestTolerated(limits: readonly Threshold[]): Millis | null {
  const times = limits.filter(
    (limit) => !isOccasional(limit) && ['percentile', 'avg', 'max'].includes(limit.metric.kind),
  );
  return times.length === 0 ? null : millis(Math.min(...times.map(({ limit }) => limit)));
}
