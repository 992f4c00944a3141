import type { RecordHeader } from '../../record/record.ts';
import { samplesFor, slowestTolerated } from '../../verdict/plan-steps.ts';
import type { Threshold } from '../../verdict/threshold.ts';
import { offeredRate } from '../../workload/offered-load.ts';
import type { ThinkTime } from '../../workload/think-time.ts';
import type { TrialShape } from '../../workload/trial-profile.ts';

/** What is known of the requests of a trial before it is played. */
export interface TrialGround extends Pick<RecordHeader, 'rows'> {
  readonly load: Pick<RecordHeader['load'], 'expectedShare'>;
  readonly think: ThinkTime;
  /** The limits that more load can break. */
  readonly limits: readonly Threshold[];
  /** The least length of the steady window, in seconds; left out: what decides the limits. */
  readonly window?: number | undefined;
}

/** How much time a trial gets: a window that decides what is clear, or one that is long beside the time for which requests queue behind each other. */
export type Effort = 'usual' | 'longer';

/** Requests beyond the least that decide a limit: at the least only a server without any slow request would be sure to hold. */
const reserve = 1.5;
/** The steady window lasts so many rounds of a user at least, and so many seconds. */
const least = { usual: { rounds: 5, seconds: 20 }, longer: { rounds: 24, seconds: 60 } } as const;
/** How sure a trial must be by itself: in a short one, requests that queue behind each other look surer than they are. */
export const trialRisk = { usual: 0.01, longer: 0.05 } as const satisfies Record<Effort, number>;
/** Rounds of a user until the load counts. */
const settleRounds = 2;
/** Where no limit says how long replies may take, ms. */
const usualReply = 500;

/** The shape of a trial of so many users: long enough to decide every limit, the time in which the load settles aside. */
export function planTrial(users: number, effort: Effort, ground: TrialGround): TrialShape {
  const { think, limits } = ground;
  const reply = slowestTolerated(limits) ?? usualReply;
  const [mean, longest] = [(think.min + think.max) / 2 + reply, think.max + reply].map((ms) => ms / 1000);
  const needed = Math.max(0, ...limits.map((limit) => samplesFor(limit, ground)));
  const rate = offeredRate(users, think, reply as never);
  const { rounds, seconds } = least[effort];
  const window = Math.max(
    ground.window ?? 0,
    seconds,
    rounds * (mean ?? 0),
    ((effort === 'longer' ? 3 : 1) * reserve * needed) / rate,
  );
  return {
    users,
    climb: Math.max(1, Math.ceil(longest ?? 0)),
    settle: Math.max(3, Math.ceil(settleRounds * (longest ?? 0))),
    window: Math.ceil(window),
  };
}

/** What a trial takes besides its load: start-up, the question whether the server is there, and its files; seconds. */
const around = 2;

/** Seconds within which a search from `start` users surely ends its first load, one beside it (twice or half as many), and the repeat of one of them. */
export function leastSearch(start: number, most: number, ground: TrialGround): number {
  const beside = [...(start < most ? [Math.min(most, start * 2)] : []), ...(start > 1 ? [Math.floor(start / 2)] : [])];
  const longest = (users: readonly number[], effort: Effort): number =>
    Math.max(0, ...users.map((each) => lengthOf(planTrial(each, effort, ground)) + around));
  return longest([start], 'usual') + longest(beside, 'usual') + longest([start, ...beside], 'longer');
}

/** Seconds from its first user to its end. */
export const lengthOf = ({ climb, settle, window }: TrialShape): number => climb + settle + window;

/** Users that offer about ten requests per second: where a search begins. */
export function firstUsers({ think, limits }: TrialGround, most: number): number {
  const reply = slowestTolerated(limits) ?? usualReply;
  const users = Math.round((10 * ((think.min + think.max) / 2 + reply)) / 1000 / 5) * 5;
  return Math.min(most, Math.max(1, users));
}
