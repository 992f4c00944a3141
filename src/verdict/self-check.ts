import { clockTime } from '../core/clock-time.ts';
import { formatCount, formatMillis, formatPercent } from '../core/format.ts';
import type { RunFold } from '../record/fold.ts';
import type { GeneratorSecond } from '../record/generator-fold.ts';
import { leastSamples } from './least-samples.ts';
import { type OwnDelay, ownDelay } from './own-delay.ts';
import { secondRanges } from './second-ranges.ts';
import type { Threshold } from './threshold.ts';
import type { GradedThreshold } from './verdict.ts';

/** What the self-check found: one way in which the generator itself may have made the numbers. */
export interface Finding {
  readonly kind: 'thread-died' | 'tool-errors' | 'dropped' | 'saturated' | 'late';
  /** A clause: "the load thread stood still for 412 ms at 0:14, …". */
  readonly what: string;
  /** A sentence that says what to do; empty when there is nothing to be done. */
  readonly remedy: string;
  /** false: the user said that it does not make the run invalid. */
  readonly invalidates: boolean;
}

/** A threshold as it was asked for and as it came out. */
export interface Judged {
  readonly threshold: Threshold;
  readonly graded: GradedThreshold;
}

/** From this utilisation of a load thread on, requests wait for the thread. */
const saturatedAt = 0.95;
/** More than this share of the steady window, and more than one second of it, must be saturated to count. */
const saturatedShare = 0.05;

/**
 * Whether the load generator itself made the numbers, most serious first. Pure: what a record tells is enough.
 *
 * - a load thread that died: what it had to send was not sent;
 * - requests of the steady window that failed through sqload itself;
 * - arrivals that were dropped: the load was not the one that was asked for;
 * - saturation: a load thread was busy for 95 % of the time or more in over 5 % of the window. Then users queued for the
 *   thread, and throughput, counts and response times are those of the generator;
 * - lateness: a graded response time may be too long by more than is tolerated (see `ownDelay`). Without any graded
 *   threshold, the reported p95 is judged, if it rests on enough requests.
 *
 * A record that nobody measured the threads for is judged by its lateness alone.
 */
export function selfCheck(fold: RunFold, judged: readonly Judged[]): readonly Finding[] {
  return [...threadDied(fold), ...toolErrors(fold), ...dropped(fold), ...saturated(fold), ...late(fold, judged)];
}

function threadDied({ end }: RunFold): Finding[] {
  if (end?.reason !== 'thread-died') return [];
  return [
    { kind: 'thread-died', what: `a load thread died at ${clockTime(end.at / 1000)}`, remedy: '', invalidates: true },
  ];
}

function toolErrors(fold: RunFold): Finding[] {
  const window = fold.header.profile.steady === null ? fold.tally(null) : fold.steadyTally(null);
  const count = window.failures.reduce((sum, [kind, , times]) => (kind === 'tool-error' ? sum + times : sum), 0);
  if (count === 0) return [];
  const what = `${counted(count, 'request')} failed through sqload itself (tool-error) and not through the server`;
  return [
    {
      kind: 'tool-errors',
      what,
      remedy: 'A tool-error is a fault of sqload: please report it.',
      invalidates: !fold.header.allowed.saturated,
    },
  ];
}

function dropped({ dropped: count, generator, header }: RunFold): Finding[] {
  if (count === 0) return [];
  const when = generator.seconds.filter((second) => second.dropped > 0).map(({ second }) => second);
  const limit = header.profile.arrivals?.limit;
  const taken = limit === undefined ? 'every place for a user was taken' : `all ${formatCount(limit)} users were there`;
  return [
    {
      kind: 'dropped',
      what: `${counted(count, 'arrival')} ${count === 1 ? 'was' : 'were'} dropped, since ${taken} (${secondRanges(when)})`,
      remedy:
        'Raise --max-users, or lower the rate to what the server keeps up with; --allow-dropped judges the run all the same.',
      invalidates: !header.allowed.dropped,
    },
  ];
}

function saturated(fold: RunFold): Finding[] {
  const window = wholeSeconds(fold).filter(({ second }) => inWindow(fold, second));
  const busy = new Set<number>();
  for (const { second, utilisation, delay } of window) {
    if (utilisation === null || utilisation < saturatedAt) continue;
    // A stall of several seconds is told by the one in which it began.
    const lasted = Math.max(1, Math.floor((delay ?? 0) / 1000));
    for (let i = 0; i < lasted; i++) busy.add(second + i);
  }
  if (busy.size <= 1 || busy.size <= window.length * saturatedShare) return [];
  const when = secondRanges([...busy].sort((a, b) => a - b));
  const of = fold.header.profile.steady === null ? 'the run' : 'the steady window';
  return [
    {
      kind: 'saturated',
      what: `${theThread(fold)} was busy for ${formatPercent(saturatedAt)} of the time or more in ${formatCount(busy.size)} of ${formatCount(window.length)} seconds of ${of} (${when})`,
      remedy: remedyOf(fold),
      invalidates: !fold.header.allowed.saturated,
    },
  ];
}

function late(fold: RunFold, judged: readonly Judged[]): Finding[] {
  const worst = worstMoved(fold, judged);
  if (worst === null) return [];
  const { name, delay } = worst;
  const moved = `${name} (${formatMillis(delay.measured / 1000)}) may be up to ${formatMillis(delay.moved / 1000)} too high`;
  const what = `${moved}: ${causeOf(fold, delay.tolerated / 2000)}`;
  return [{ kind: 'late', what, remedy: remedyOf(fold), invalidates: !fold.header.allowed.saturated }];
}

/** The graded response time that is furthest off, by the measure of what is tolerated. */
function worstMoved(fold: RunFold, judged: readonly Judged[]): { name: string; delay: OwnDelay } | null {
  let worst: { name: string; delay: OwnDelay } | null = null;
  for (const { name, threshold } of gradedTimes(fold, judged)) {
    const row = threshold.row === null ? null : fold.header.rows.findIndex(({ id }) => id === threshold.row);
    const tally = fold.header.profile.steady === null ? fold.tally(row) : fold.steadyTally(row);
    const delay = ownDelay(threshold, tally, fold);
    if (delay === null || delay.moved <= delay.tolerated) continue;
    if (worst === null || delay.moved / delay.tolerated > worst.delay.moved / worst.delay.tolerated)
      worst = { name, delay };
  }
  return worst;
}

type Timed = Pick<Threshold, 'row' | 'metric' | 'limit'>;

function gradedTimes(fold: RunFold, judged: readonly Judged[]): { name: string; threshold: Timed }[] {
  const graded = judged.filter(({ graded: { grade } }) => grade === 'passed' || grade === 'failed');
  if (graded.length > 0)
    return graded.map(({ threshold }) => ({
      name: `the ${threshold.row === null ? '' : `${threshold.row} `}${threshold.metricName}`,
      threshold,
    }));
  const p95: Timed & Pick<Threshold, 'op'> = {
    row: null,
    metric: { kind: 'percentile', quantile: 0.95 },
    op: '<',
    limit: 0,
  };
  const all = fold.header.profile.steady === null ? fold.tally(null) : fold.steadyTally(null);
  return all.requests < leastSamples(p95) ? [] : [{ name: 'the p95', threshold: p95 }];
}

/** What held the requests up, and when; `from` is the delay in ms from which a second is named. */
function causeOf(fold: RunFold, from: number): string {
  const stalls = named(fold, from, ({ delay }) => delay ?? 0);
  const lates = named(fold, from, ({ lateness }) => lateness);
  // A thread that stands still makes requests late, so that the stall is the better answer when it is long enough for it.
  if (stalls.when.length === 0 || stalls.size * 2 < lates.size)
    return `requests left up to ${formatMillis(lates.size)} after they were due (${secondRanges(lates.when)})`;
  const stood = `${theThread(fold)} stood still for`;
  return stalls.when.length === 1
    ? `${stood} ${formatMillis(stalls.size)} at ${secondRanges(stalls.when)}`
    : `${stood} up to ${formatMillis(stalls.size)} (${secondRanges(stalls.when)})`;
}

/** The seconds of the window, or if there are none of the whole run, in which a delay was above `from`, and the greatest. */
function named(
  fold: RunFold,
  from: number,
  delayIn: (second: GeneratorSecond) => number,
): { when: number[]; size: number } {
  const all = fold.generator.seconds.filter((second) => delayIn(second) > from);
  const inside = all.filter(({ second }) => inWindow(fold, second));
  const told = inside.length > 0 ? inside : all;
  return { when: told.map(({ second }) => second), size: Math.max(0, ...told.map(delayIn)) };
}

const theThread = ({ generator }: RunFold): string => (generator.threads > 1 ? 'a load thread' : 'the load thread');

function remedyOf({ header }: RunFold): string {
  const { peak, arrivals } = header.profile;
  const less = arrivals === null ? 'fewer users' : peak === 0 ? 'a lower rate' : 'fewer users and a lower rate';
  return `Use more threads (--workers ${Math.max(2, header.workers * 2)}), ${less} per worker, or a quieter machine; --allow-saturated judges the run all the same.`;
}

function inWindow({ header }: RunFold, second: number): boolean {
  const { steady } = header.profile;
  return steady === null || (second >= steady.start && second < steady.end);
}

/** The seconds that were over when the run ended: in a fraction of one, utilisation means little. */
function wholeSeconds({ generator, end }: RunFold): readonly GeneratorSecond[] {
  const until = end === null ? Number.POSITIVE_INFINITY : Math.floor(end.at / 1000);
  return generator.seconds.filter(({ second }) => second < until);
}

const counted = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
