import { clockTime } from '../core/clock-time.ts';
import { counted, formatCount, formatPercent } from '../core/format.ts';
import type { Tally } from '../metrics/tally.ts';
import type { RunFold } from '../record/fold.ts';
import type { GeneratorSecond } from '../record/generator-fold.ts';
import { setUps } from './graded-over.ts';
import { leastSamples } from './least-samples.ts';
import { type Looked, type Moved, movedBy } from './moved.ts';
import { remedyOf } from './remedy.ts';
import { secondRanges } from './second-ranges.ts';
import { inWindow, stallsIn, theThread } from './stalls.ts';
import type { Threshold } from './threshold.ts';
import type { GradedThreshold } from './verdict.ts';

/** What the self-check found: one way in which the generator itself may have made the numbers. */
export interface Finding {
  /** A `note` never makes the run invalid. */
  readonly kind: 'thread-died' | 'generator-errors' | 'dropped' | 'saturated' | 'late' | 'note';
  /** A clause: "the load thread stood still for 412 ms at 0:14, …". */
  readonly what: string;
  /** A sentence that says what to do; empty when there is nothing to be done. */
  readonly remedy: string;
  /** false: the user said that it does not make the run invalid, or it is a note. */
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
 * - requests of the steady window, or set-ups of sessions, that failed through sqload itself;
 * - arrivals that were dropped: the load was not the one that was asked for;
 * - saturation: a load thread was busy for 95 % of the time or more in over 5 % of the window. Then users queued for the
 *   thread, and throughput, counts and response times are those of the generator;
 * - lateness: a graded number may be off by more than is tolerated: response times by delays (see `ownDelay`), throughput and
 *   counts by the time that stalls took, failures by the timeouts in stalls (see `movedBy`).
 *
 * Where nothing is graded, what may have moved the reported p95 is a note, and so is a stall that moved no graded number.
 *
 * A record that nobody measured the threads for is judged by its lateness alone.
 */
export function selfCheck(fold: RunFold, judged: readonly Judged[]): readonly Finding[] {
  return [...threadDied(fold), ...generatorErrors(fold), ...dropped(fold), ...saturated(fold), ...late(fold, judged)];
}

function threadDied({ end }: RunFold): Finding[] {
  if (end?.reason !== 'thread-died') return [];
  return [
    { kind: 'thread-died', what: `a load thread died at ${clockTime(end.at / 1000)}`, remedy: '', invalidates: true },
  ];
}

function generatorErrors(fold: RunFold): Finding[] {
  const window = fold.header.profile.steady === null ? fold.tally(null) : fold.steadyTally(null);
  const failed = [
    ...ownErrors(window, 'request'),
    // Set-ups are graded over the whole run.
    ...ownErrors(setUps(fold), 'session set-up'),
  ];
  if (failed.length === 0) return [];
  const what = `${failed.join(' and ')} failed through sqload itself (generator-error) and not through the server`;
  return [
    {
      kind: 'generator-errors',
      what,
      remedy: 'A generator-error is a fault of sqload: please report it.',
      invalidates: !fold.header.allowed.saturated,
    },
  ];
}

function ownErrors({ failures }: Tally, noun: string): string[] {
  const count = failures.reduce((sum, [kind, , times]) => (kind === 'generator-error' ? sum + times : sum), 0);
  return count === 0 ? [] : [counted(count, noun)];
}

function dropped({ dropped: count, generator, header }: RunFold): Finding[] {
  if (count === 0) return [];
  const when = generator.seconds.filter((second) => second.dropped > 0).map(({ second }) => second);
  const limit = header.profile.arrivals?.limit;
  const users = limit === undefined ? 'users' : counted(limit, 'user');
  // Each load thread has a share of the places: one may be full while another has room.
  const taken =
    header.workers * header.slices.count > 1
      ? `a thread's share of the ${users} was used up`
      : `all ${users} were there`;
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
      what: `${theThread(fold)} was busy for ${formatPercent(saturatedAt)} of the time or more in ${formatCount(busy.size)} of ${counted(window.length, 'second')} of ${of} (${when})`,
      remedy: remedyOf(fold, (second) => busy.has(second)),
      invalidates: !fold.header.allowed.saturated,
    },
  ];
}

function late(fold: RunFold, judged: readonly Judged[]): Finding[] {
  const graded = gradedNumbers(judged);
  const worst = worstOf(fold, graded.length > 0 ? graded : reportedP95(fold));
  if (worst === null) return unmoved(fold);
  if (graded.length === 0) return [{ kind: 'note', what: worst.what, remedy: '', invalidates: false }];
  return [{ kind: 'late', what: worst.what, remedy: remedyOf(fold), invalidates: !fold.header.allowed.saturated }];
}

function unmoved(fold: RunFold): Finding[] {
  const stalls = stallsIn(fold);
  if (stalls === null) return [];
  return [{ kind: 'note', what: `${stalls}, which moved no graded number`, remedy: '', invalidates: false }];
}

function worstOf(fold: RunFold, numbers: readonly Looked[]): Moved | null {
  let worst: Moved | null = null;
  for (const looked of numbers) {
    const moved = movedBy(fold, looked);
    if (moved !== null && (worst === null || moved.severity > worst.severity)) worst = moved;
  }
  return worst;
}

function gradedNumbers(judged: readonly Judged[]): Looked[] {
  const graded = judged.filter(({ graded: { grade } }) => grade === 'passed' || grade === 'failed');
  return graded.map(({ threshold }) => ({
    name: `the ${threshold.row === null ? '' : `${threshold.row} `}${threshold.metricName}`,
    threshold,
  }));
}

/** What is looked at when nothing is graded: the p95, if it rests on enough requests. */
function reportedP95(fold: RunFold): Looked[] {
  const threshold = { row: null, metric: { kind: 'percentile', quantile: 0.95 }, op: '<', limit: 0 } as const;
  const all = fold.header.profile.steady === null ? fold.tally(null) : fold.steadyTally(null);
  return all.requests < leastSamples(threshold) ? [] : [{ name: 'the p95', threshold }];
}

/** The seconds that were over when the run ended, or its record was cut: in a fraction of one, utilisation means little. */
function wholeSeconds({ generator, end, seconds }: RunFold): readonly GeneratorSecond[] {
  const until = end === null ? seconds - 1 : Math.floor(end.at / 1000);
  return generator.seconds.filter(({ second }) => second < until);
}
