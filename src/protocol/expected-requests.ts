import { millis } from '../core/units.ts';
import { closedSchedule } from '../workload/closed-schedule.ts';
import { expectedSteps } from '../workload/expected-steps.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import { arrivalsDue, type Survival } from '../workload/offered-load.ts';
import { wholeRun } from '../workload/slice.ts';
import type { ThinkTime } from '../workload/think-time.ts';
import type { RowId } from './dialect.ts';
import type { FlowPlan } from './flow.ts';

type RowCounts = Readonly<Record<RowId, number>>;

/**
 * Expected number of requests of each row among the first `steps` steps of a user, when every reply is a success.
 * A Markov chain over how many answers are left in the conversation: 0 before the first question, as after the last answer.
 * Between two whole numbers of steps the counts are interpolated.
 */
export function expectedRequests(plan: FlowPlan, steps: number): RowCounts {
  return new StepTable(plan).within(steps);
}

/**
 * How long the conversation of an arriving user is when every reply is a success: at index j the probability that it has
 * more than j requests, cut off where that falls below 1e-9. It begins with an initial question; each step after it is
 * drawn from the mix, and the first draw that would begin another conversation ends this one. A mix without questions has
 * conversations of one request.
 */
export const conversationSurvival = (plan: FlowPlan): Survival => conversationSteps(plan).map(total);

/** Expected number of requests of each row in the conversation of an arriving user. */
export const expectedPerConversation = (plan: FlowPlan): RowCounts =>
  conversationSteps(plan).reduce((sum, step) => plusTimes(sum, 1, step), none);

/**
 * Expected share of each row among the requests of a run, adding up to 1: users that live for a short time ask more
 * initial questions, and so do those who arrive for one conversation. Closed load without think time has no bound, so
 * that its users have the shares that a long life comes to, and open load beside it does not count.
 */
export function expectedShares(plan: FlowPlan, profile: LoadProfile, think: ThinkTime): RowCounts {
  if (think.max === 0 && profile.peak > 0) return longRunShares(plan);
  const closed = closedRequests(plan, profile, think);
  const window = { start: 0, end: profile.seconds };
  const counts =
    profile.arrivals === null
      ? closed
      : conversationSteps(plan).reduce(
          (sum, step, j) => plusTimes(sum, arrivalsDue(profile, think, window, j), step),
          closed,
        );
  const sum = total(counts);
  return sum === 0 ? longRunShares(plan) : plusTimes(none, 1 / sum, counts);
}

function closedRequests(plan: FlowPlan, profile: LoadProfile, think: ThinkTime): RowCounts {
  const table = new StepTable(plan);
  let sum = none;
  for (const { start, stop } of closedSchedule(profile, wholeRun))
    sum = plusTimes(sum, 1, table.within(expectedSteps(millis(stop - start), think)));
  return sum;
}

/** A conversation that hardly ever ends is followed no further than this. */
const longestConversation = 10_000;

/** At index j the probability that a conversation has a request number j, by row. The first has number 0. */
function conversationSteps({ mix, corpus }: FlowPlan): RowCounts[] {
  const { health, initial, 'follow-up': followUp, automatic } = sharesOf(mix);
  if (initial + followUp === 0) return [{ ...none, health, automatic }];
  const steps: RowCounts[] = [{ ...none, initial: 1 }];
  let standing = freshAnswers(corpus);
  for (let alive = 1; alive >= 1e-9 && steps.length < longestConversation; ) {
    // By answers left, as in StepTable; what falls out at the bottom has left.
    const answered = standing.map((_, left) => followUp * (standing[left + 1] ?? 0));
    const asked = answered.reduce((a, b) => a + b, 0);
    const step = { health: health * alive, initial: 0, 'follow-up': asked, automatic: automatic * alive };
    standing = standing.map((here, left) => (health + automatic) * here + (answered[left] ?? 0));
    alive = total(step);
    if (alive >= 1e-9) steps.push(step);
  }
  return steps;
}

/** By answers left: the chance that a fresh conversation begins with so many. */
function freshAnswers(corpus: FlowPlan['corpus']): number[] {
  const longest = Math.max(...corpus.map(({ answers }) => answers.length));
  const fresh = new Array<number>(longest + 1).fill(0);
  for (const { answers } of corpus) fresh[answers.length] = (fresh[answers.length] ?? 0) + 1 / corpus.length;
  return fresh;
}

const none: RowCounts = { health: 0, initial: 0, 'follow-up': 0, automatic: 0 };
const total = (counts: RowCounts): number => counts.health + counts.initial + counts['follow-up'] + counts.automatic;
const plusTimes = (a: RowCounts, factor: number, b: RowCounts): RowCounts => ({
  health: a.health + factor * b.health,
  initial: a.initial + factor * b.initial,
  'follow-up': a['follow-up'] + factor * b['follow-up'],
  automatic: a.automatic + factor * b.automatic,
});

/** Expected initial questions among the first n steps, grown as far as somebody asks. Health checks and automatic rounds are fixed shares. */
class StepTable {
  readonly #weights: RowCounts;
  readonly #fresh: readonly number[];
  /** By answers left: the chance that the user stands there after the steps tabled so far. */
  #standing: number[];
  readonly #initials = [0];

  constructor(plan: FlowPlan) {
    this.#weights = sharesOf(plan.mix);
    this.#fresh = freshAnswers(plan.corpus);
    this.#standing = this.#fresh.map((_, left) => (left === 0 ? 1 : 0));
  }

  within(steps: number): RowCounts {
    const low = Math.floor(steps);
    const initial = this.#initialsIn(low) + (steps - low) * (this.#initialsIn(low + 1) - this.#initialsIn(low));
    const health = steps * this.#weights.health;
    const automatic = steps * this.#weights.automatic;
    return { health, initial, 'follow-up': steps - health - initial - automatic, automatic };
  }

  #initialsIn(steps: number): number {
    while (this.#initials.length <= steps) this.#initials.push((this.#initials.at(-1) ?? 0) + this.#step());
    return this.#initials[steps] ?? 0;
  }

  /** Takes one more step and returns the chance that it is an initial question. */
  #step(): number {
    const { health, initial, 'follow-up': followUp, automatic } = this.#weights;
    const asks = initial + followUp * (this.#standing[0] ?? 0);
    this.#standing = this.#standing.map((here, left) => {
      const answered = followUp * (this.#standing[left + 1] ?? 0);
      return (health + automatic) * here + answered + asks * (this.#fresh[left] ?? 0);
    });
    return asks;
  }
}

/**
 * A conversation is one initial question and on average F follow-ups: with p the chance that a question is meant as a
 * follow-up and A answers, the sum of p, p², … pᴬ. So questions divide as 1 to F.
 */
function longRunShares(plan: FlowPlan): RowCounts {
  const { health, initial, 'follow-up': followUp, automatic } = sharesOf(plan.mix);
  const questions = initial + followUp;
  if (questions === 0) return { ...none, health, automatic };
  const p = followUp / questions;
  let followUps = 0;
  for (const { answers } of plan.corpus)
    for (let n = 1; n <= answers.length; n++) followUps += p ** n / plan.corpus.length;
  const asked = questions / (1 + followUps);
  return { health, initial: asked, 'follow-up': asked * followUps, automatic };
}

const sharesOf = (mix: FlowPlan['mix']): RowCounts => plusTimes(none, 1 / total(mix), mix);
