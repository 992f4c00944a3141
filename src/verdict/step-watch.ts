import { formatCount, formatPercent } from '../core/format.ts';
import type { MonitorEvent } from '../record/monitor.ts';
import type { RecordHeader } from '../record/record.ts';
import type { RunEvent, SecondEvent } from '../record/run-event.ts';
import type { LoadStep } from '../workload/load-profile.ts';
import { holds } from './holds.ts';
import { rateSurelyAbove } from './interval.ts';
import { type LimitSecond, limitSecond, toleratedShare } from './limit-second.ts';
import { loadLimits } from './load-limits.ts';
import { isServerMeasure } from './metric.ts';
import type { Threshold } from './threshold.ts';

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
/** The worst so many seconds in a row are left out: a garbage collection or a restart is no breaking point. */
const burst = 5;
/** A limit on a mean, on CPU or memory is broken when more of the seconds than this are above it. */
const toleratedSeconds = 0.5;
/** From this utilisation of a load thread on, a second tells of the generator and not of the server. */
const saturatedAt = 0.95;

/** One limit, and how it fared in the seconds of the step under way. */
interface Watched {
  readonly limit: Threshold;
  /** Whether it is judged by whole seconds: then once, at the end of the step. */
  readonly bySecond: boolean;
  seconds: LimitSecond[];
}

/**
 * Watches the steps of a run that climbs until something breaks. A limit is broken when the requests of a step show it with a
 * one-sided binomial bound, the worst 5 s in a row left out. All looks of all steps share a risk of 5 % (Bonferroni).
 */
export class StepWatch {
  readonly #header: RecordHeader;
  readonly #steps: readonly LoadStep[];
  readonly #watched: readonly Watched[];
  readonly #readings = new Map<number, MonitorEvent[]>();
  readonly #looks: number;
  #step = -1;

  constructor(header: RecordHeader) {
    this.#header = header;
    this.#steps = header.profile.steps ?? [];
    this.#watched = loadLimits(header).map((limit) => ({
      limit,
      bySecond: limit.metric.kind === 'avg' || isServerMeasure(limit.metric.kind),
      seconds: [],
    }));
    this.#looks = this.#steps.reduce((sum, step) => sum + this.#endOf(step) - step.judgedFrom, 0);
  }

  /** What the events up to this one show to be broken; null while there is nothing. */
  add(event: RunEvent): BrokenStep | null {
    if (event.kind === 'monitor')
      this.#readings.set(event.second, [...(this.#readings.get(event.second) ?? []), event]);
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
    const index = this.#steps.findIndex((step) => second >= step.judgedFrom && second < this.#endOf(step));
    const step = this.#steps[index];
    if (!step || event.threads.some(({ utilisation }) => utilisation >= saturatedAt)) return null;
    if (index !== this.#step) for (const watched of this.#watched) watched.seconds = [];
    this.#step = index;
    const cells = event.cells.filter(({ phase }) => phase === step.phase);
    const isLast = second === this.#endOf(step) - 1;
    const broken = this.#watched.filter((watched) => {
      const { limit, bySecond, seconds } = watched;
      const server = isServerMeasure(limit.metric.kind);
      seconds.push(server ? this.#serverSecond(limit, second) : limitSecond(limit, cells, this.#header));
      return (isLast || !bySecond) && this.#isBroken(watched);
    });
    const [first] = broken;
    if (!first) return null;
    return { step: index + 1, users: step.users, limits: broken.map(({ limit }) => limit), reason: reasonOf(first) };
  }

  #isBroken({ limit, bySecond, seconds }: Watched): boolean {
    const all = added(seconds);
    const worst = worstBurst(seconds);
    const looks = bySecond ? this.#steps.length : this.#looks;
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
function worstBurst(seconds: readonly LimitSecond[]): LimitSecond {
  let worst: LimitSecond = { bad: 0, of: 0 };
  for (let i = 0; i + 1 <= Math.max(1, seconds.length - burst + 1); i++) {
    const these = added(seconds.slice(i, i + burst));
    if (these.bad > worst.bad) worst = these;
  }
  return worst;
}

function reasonOf({ limit, seconds }: Watched): string {
  const { bad, of } = added(seconds);
  switch (limit.metric.kind) {
    case 'error_rate':
      return `${formatCount(bad)} of ${formatCount(of)} requests failed, ${formatPercent(bad / of)}`;
    case 'percentile':
    case 'max':
      return `${formatCount(bad)} of ${formatCount(of)} requests took longer or failed`;
    default:
      return `above it in ${formatCount(bad)} of ${formatCount(of)} seconds`;
  }
}
