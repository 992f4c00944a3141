import { formatCount, formatPercent } from '../core/format.ts';
import type { TimingValues } from '../record/hooks-event.ts';
import type { MonitorEvent } from '../record/monitor.ts';
import type { RecordHeader } from '../record/record.ts';
import type { Cell, RunEvent, SecondEvent } from '../record/run-event.ts';
import type { LoadStep } from '../workload/load-profile.ts';
import { isOfHooks } from './custom-metric.ts';
import { holds } from './holds.ts';
import { rateSurelyAbove } from './interval.ts';
import { type LimitSecond, limitSecond, talliesOf, toleratedShare } from './limit-second.ts';
import { loadLimits } from './load-limits.ts';
import { isServerMeasure } from './metric.ts';
import { isOfSessions, type Threshold } from './threshold.ts';

/** A threshold that was shown to break at a step past the end of a scenario. */
export interface BrokenStep {
  /** Counted from 1. */
  readonly step: number;
  readonly users: number;
  /** The limits that broke at once; one at least. */
  readonly limits: readonly Threshold[];
  /** One clause about the first: "84 of 410 requests failed or took longer". */
  readonly reason: string;
}

/** The chance that a run whose every step keeps its limits is stopped all the same, shared among all that is looked at. */
const risk = 0.05;
/**
 * The worst so many seconds in a row are left out: a garbage collection or a restart is no breaking point. Of set-ups only the worst one, since all
 * of a step fall into a few seconds.
 */
const [burst, burstOfSetUps] = [5, 1];
/** A limit on a mean, on CPU or memory is broken when more of the seconds than this are above it. */
const toleratedSeconds = 0.5;
/** From this utilisation of a load thread on, a second tells of the generator and not of the server. */
const saturatedAt = 0.95;

/** One limit, and how it fared in the seconds of the step under way. */
interface Watched {
  readonly limit: Threshold;
  /** Whether it is judged once, at the end of the step: means by whole seconds, and set-ups of sessions. */
  readonly once: boolean;
  seconds: LimitSecond[];
}

/**
 * Watches the steps of a run that climbs until something breaks. A limit is broken when the requests of a step show it with a
 * one-sided binomial bound, the worst 5 s in a row left out. All looks of all steps share a risk of 5 % (Bonferroni). Set-ups of sessions count
 * from the first second of a step on, when its users come.
 */
export class StepWatch {
  readonly #header: RecordHeader;
  readonly #steps: readonly LoadStep[];
  readonly #watched: readonly Watched[];
  readonly #readings = new Map<number, MonitorEvent[]>();
  /** What hooks timed since the last second, which comes after the second that it tells of. */
  #timings: readonly TimingValues[] = [];
  readonly #looks: number;
  /** The step under way, counted from 1. */
  #step = 0;

  constructor(header: RecordHeader) {
    this.#header = header;
    this.#steps = header.profile.steps ?? [];
    this.#watched = loadLimits(header).map((limit) => ({
      limit,
      once: limit.metric.kind === 'avg' || isServerMeasure(limit.metric.kind) || isOfSessions(limit),
      seconds: [],
    }));
    this.#looks = this.#steps.reduce((sum, step) => sum + this.#endOf(step) - step.judgedFrom, 0);
  }

  /** What the events up to this one show to be broken; null while there is nothing. */
  add(event: RunEvent): BrokenStep | null {
    if (event.kind === 'monitor')
      this.#readings.set(event.second, [...(this.#readings.get(event.second) ?? []), event]);
    if (event.kind === 'hooks') this.#timings = [...this.#timings, ...event.timings];
    return event.kind === 'second' ? this.#see(event) : null;
  }

  /** The step that a second belongs to, counted from 1; null before the first and after the last. */
  stepAt(second: number): { readonly step: number; readonly users: number } | null {
    const index = this.#steps.findIndex((step) => second >= this.#startOf(step) && second < this.#endOf(step));
    const step = this.#steps[index];
    return step ? { step: index + 1, users: step.users } : null;
  }

  #see(event: SecondEvent): BrokenStep | null {
    const { second } = event;
    const timings = this.#timings;
    this.#timings = [];
    const number = this.stepAt(second)?.step ?? 0;
    const step = this.#steps[number - 1];
    if (!step || event.threads.some(({ utilisation }) => utilisation >= saturatedAt)) return null;
    if (number !== this.#step) for (const watched of this.#watched) watched.seconds = [];
    this.#step = number;
    const ofStep = (cells: readonly Cell[]): readonly Cell[] => cells.filter(({ phase }) => phase === step.phase);
    const measured = { cells: ofStep(event.cells), sessions: ofStep(event.sessions), timings };
    const isLast = second === this.#endOf(step) - 1;
    const broken = this.#watched.filter((watched) => {
      const { limit, once, seconds } = watched;
      // What hooks timed is that of the second before.
      if (!isOfSessions(limit) && second < step.judgedFrom + (isOfHooks(limit) ? 1 : 0)) return false;
      const server = isServerMeasure(limit.metric.kind);
      seconds.push(
        server ? this.#serverSecond(limit, second) : limitSecond(limit, talliesOf(limit, measured, this.#header)),
      );
      return (isLast || !once) && this.#isBroken(watched);
    });
    const [first] = broken;
    if (!first) return null;
    return { step: number, users: step.users, limits: broken.map(({ limit }) => limit), reason: reasonOf(first) };
  }

  #isBroken({ limit, once, seconds }: Watched): boolean {
    const all = added(seconds);
    const worst = worstBurst(seconds, isOfSessions(limit) ? burstOfSetUps : burst);
    const looks = once ? this.#steps.length : this.#looks;
    const one = risk / (this.#watched.length * Math.max(1, looks));
    const tolerated = toleratedShare(limit) ?? toleratedSeconds;
    return rateSurelyAbove(all.bad - worst.bad, all.of - worst.of, tolerated, one);
  }

  /** Whether any monitor that the limit means was above it; a reading that comes late is seen with the next second, or never. */
  #serverSecond(limit: Threshold, second: number): LimitSecond {
    const { monitors } = this.#header;
    const kind = limit.metric.kind;
    const shares = (this.#readings.get(second) ?? []).flatMap((reading) =>
      isServerMeasure(kind) && (limit.row === null || monitors[reading.monitor]?.name === limit.row)
        ? (reading[kind] ?? [])
        : [],
    );
    this.#readings.delete(second - 1);
    return shares.length === 0
      ? { bad: 0, of: 0 }
      : { bad: shares.some((share) => !holds(share, limit)) ? 1 : 0, of: 1 };
  }

  #startOf = ({ phase }: LoadStep): number => this.#header.profile.phases[phase]?.start ?? 0;
  #endOf = ({ phase }: LoadStep): number => this.#header.profile.phases[phase]?.end ?? 0;
}

const added = (seconds: readonly LimitSecond[]): LimitSecond =>
  seconds.reduce((sum, { bad, of }) => ({ bad: sum.bad + bad, of: sum.of + of }), { bad: 0, of: 0 });

/** The seconds in a row with the most that is bad. */
function worstBurst(seconds: readonly LimitSecond[], length: number): LimitSecond {
  let worst: LimitSecond = { bad: 0, of: 0 };
  for (let i = 0; i + 1 <= Math.max(1, seconds.length - length + 1); i++) {
    const these = added(seconds.slice(i, i + length));
    if (these.bad > worst.bad) worst = these;
  }
  return worst;
}

function reasonOf({ limit, seconds }: Watched): string {
  const { bad, of } = added(seconds);
  const what = isOfSessions(limit) ? 'session set-ups' : 'requests';
  switch (limit.metric.kind) {
    case 'error_rate':
      return `${formatCount(bad)} of ${formatCount(of)} ${what} failed, ${formatPercent(bad / of)}`;
    case 'percentile':
    case 'max':
      if (isOfHooks(limit)) return `${formatCount(bad)} of ${formatCount(of)} values were beyond it`;
      return `${formatCount(bad)} of ${formatCount(of)} ${what} took longer or failed`;
    default:
      return `above it in ${formatCount(bad)} of ${formatCount(of)} seconds`;
  }
}
