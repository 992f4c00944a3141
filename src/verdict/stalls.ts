import { formatCount, formatMillis } from '../core/format.ts';
import type { RunFold } from '../record/fold.ts';
import { type GeneratorSecond, stallFrom } from '../record/generator-fold.ts';
import { secondRanges } from './second-ranges.ts';

/** `the load thread stood still for 412 ms at 0:14`, or what else held requests up; `from` is the delay in ms to be named. */
export function causeOf(fold: RunFold, from: number): string {
  const stalls = named(fold, from, ({ delay }) => delay ?? 0);
  const lates = named(fold, from, ({ lateness }) => lateness);
  // A thread that stands still makes requests late, so that the stall is the better answer when it is long enough for it.
  if (stalls.when.length === 0 || stalls.size * 2 < lates.size)
    return `requests left up to ${formatMillis(lates.size)} after they were due (${secondRanges(lates.when)})`;
  return stoodStill(fold, stalls);
}

/** The stalls of the window that are long enough to be told; null when there are none. */
export function stallsIn(fold: RunFold): string | null {
  const seconds = fold.generator.seconds.filter(
    ({ second, delay }) => inWindow(fold, second) && (delay ?? 0) >= stallFrom,
  );
  if (seconds.length === 0) return null;
  return stoodStill(fold, {
    when: seconds.map(({ second }) => second),
    size: Math.max(...seconds.map(({ delay }) => delay ?? 0)),
  });
}

/** What took time of the steady window from the load threads. */
export function lossCause(fold: RunFold): string {
  const unheard = unheardSeconds(fold);
  if (fold.generator.seconds.some(({ delay }) => (delay ?? 0) > stallFrom)) return causeOf(fold, stallFrom);
  return `${theThread(fold)} was not heard of in ${formatCount(unheard.length)} s (${secondRanges(unheard)})`;
}

/**
 * Seconds of the steady window that stalls took from the load threads, mean over the threads: what their delays tell, and the
 * seconds that no thread told of although they did before and after, unless a delay already counts for them.
 */
export function lostSeconds(fold: RunFold): number {
  const { steady } = fold.header.profile;
  if (steady === null || fold.generator.threads === 0) return 0;
  const end = steady.start + fold.steadySeconds;
  let lost = 0;
  for (const { second, delay, stood } of fold.generator.seconds) {
    const first = inWindow(fold, second) ? second : steady.start;
    const over = second + (delay ?? 0) / 1000;
    // A stall is told by the second in which it began, and may reach into the window or out of it.
    const most = second < steady.start ? over - first : end - first;
    if (second < end) lost += Math.max(0, Math.min(stood / 1000 / fold.generator.threads, most));
  }
  return Math.min(fold.steadySeconds, lost + unheardSeconds(fold).length);
}

function unheardSeconds(fold: RunFold): number[] {
  const { seconds } = fold.generator;
  const last = seconds.findLast(({ utilisation }) => utilisation !== null)?.second ?? -1;
  const unheard: number[] = [];
  let told = -1;
  for (const { second, delay, utilisation } of seconds) {
    if (utilisation !== null) told = Math.max(told, second + Math.floor((delay ?? 0) / 1000));
    else if (told >= 0 && second > told && second < last && inWindow(fold, second)) unheard.push(second);
  }
  return unheard;
}

interface Stalls {
  readonly when: readonly number[];
  /** The longest, ms. */
  readonly size: number;
}

function stoodStill(fold: RunFold, { when, size }: Stalls): string {
  const stood = `${theThread(fold)} stood still for`;
  return when.length === 1
    ? `${stood} ${formatMillis(size)} at ${secondRanges(when)}`
    : `${stood} up to ${formatMillis(size)} (${secondRanges(when)})`;
}

/** The seconds of the window, or if there are none of the whole run, in which a delay was above `from`, and the greatest. */
function named(fold: RunFold, from: number, delayIn: (second: GeneratorSecond) => number): Stalls {
  const all = fold.generator.seconds.filter((second) => delayIn(second) > from);
  const inside = all.filter(({ second }) => inWindow(fold, second));
  const told = inside.length > 0 ? inside : all;
  return { when: told.map(({ second }) => second), size: Math.max(0, ...told.map(delayIn)) };
}

export const theThread = ({ generator }: RunFold): string =>
  generator.threads > 1 ? 'a load thread' : 'the load thread';

export function inWindow({ header }: RunFold, second: number): boolean {
  const { steady } = header.profile;
  return steady === null || (second >= steady.start && second < steady.end);
}
