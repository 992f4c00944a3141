import { closedSchedule } from '../workload/closed-schedule.ts';
import { expectedSteps } from '../workload/expected-steps.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
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
 * Expected share of each row among the requests of a run, adding up to 1: users that live for a short time ask more
 * initial questions. Without think time, the shares that a long life comes to.
 */
export function expectedShares(plan: FlowPlan, profile: LoadProfile, think: ThinkTime): RowCounts {
  if (think.max === 0) return longRunShares(plan);
  const table = new StepTable(plan);
  const sum = { health: 0, initial: 0, 'follow-up': 0 };
  for (const { start, stop } of closedSchedule(profile, wholeRun)) {
    // Subtracting brands of one unit keeps the unit.
    const counts = table.within(expectedSteps((stop - start) as typeof stop, think));
    sum.health += counts.health;
    sum.initial += counts.initial;
    sum['follow-up'] += counts['follow-up'];
  }
  const total = sum.health + sum.initial + sum['follow-up'];
  if (total === 0) return longRunShares(plan);
  return { health: sum.health / total, initial: sum.initial / total, 'follow-up': sum['follow-up'] / total };
}

/** Expected initial questions among the first n steps, grown as far as somebody asks. Health checks are a fixed share. */
class StepTable {
  readonly #weights: RowCounts;
  /** By answers left: the chance that a fresh conversation begins with so many. */
  readonly #fresh: number[];
  /** By answers left: the chance that the user stands there after the steps tabled so far. */
  #standing: number[];
  readonly #initials = [0];

  constructor(plan: FlowPlan) {
    this.#weights = sharesOf(plan.mix);
    const longest = Math.max(...plan.corpus.map(({ answers }) => answers.length));
    this.#fresh = new Array<number>(longest + 1).fill(0);
    for (const { answers } of plan.corpus)
      this.#fresh[answers.length] = (this.#fresh[answers.length] ?? 0) + 1 / plan.corpus.length;
    this.#standing = [1, ...new Array<number>(longest).fill(0)];
  }

  within(steps: number): RowCounts {
    const low = Math.floor(steps);
    const initial = this.#initialsIn(low) + (steps - low) * (this.#initialsIn(low + 1) - this.#initialsIn(low));
    const health = steps * this.#weights.health;
    return { health, initial, 'follow-up': steps - health - initial };
  }

  #initialsIn(steps: number): number {
    while (this.#initials.length <= steps) this.#initials.push((this.#initials.at(-1) ?? 0) + this.#step());
    return this.#initials[steps] ?? 0;
  }

  /** Takes one more step and returns the chance that it is an initial question. */
  #step(): number {
    const { health, initial, 'follow-up': followUp } = this.#weights;
    const asks = initial + followUp * (this.#standing[0] ?? 0);
    this.#standing = this.#standing.map((here, left) => {
      const answered = followUp * (this.#standing[left + 1] ?? 0);
      return health * here + answered + asks * (this.#fresh[left] ?? 0);
    });
    return asks;
  }
}

/**
 * A conversation is one initial question and on average F follow-ups: with p the chance that a question is meant as a
 * follow-up and A answers, the sum of p, p², … pᴬ. So questions divide as 1 to F.
 */
function longRunShares(plan: FlowPlan): RowCounts {
  const { health, initial, 'follow-up': followUp } = sharesOf(plan.mix);
  const questions = initial + followUp;
  if (questions === 0) return { health: 1, initial: 0, 'follow-up': 0 };
  const p = followUp / questions;
  let followUps = 0;
  for (const { answers } of plan.corpus)
    for (let n = 1; n <= answers.length; n++) followUps += p ** n / plan.corpus.length;
  return { health, initial: questions / (1 + followUps), 'follow-up': (questions * followUps) / (1 + followUps) };
}

function sharesOf(mix: FlowPlan['mix']): RowCounts {
  const total = mix.health + mix.initial + mix['follow-up'];
  return { health: mix.health / total, initial: mix.initial / total, 'follow-up': mix['follow-up'] / total };
}
