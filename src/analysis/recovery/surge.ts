import type { Span } from '../../record/series.ts';
import type { LoadProfile } from '../../workload/load-profile.ts';

/** A load that rises from a low level to a high one and comes back. */
export interface Surge {
  /** It stands at the low level, up to the climb. */
  readonly baseline: Span;
  /** From the climb until the load is back down. */
  readonly surge: Span;
  /** It stands low again. */
  readonly after: Span;
  /** The highest load, in words: `500 users`, `40 conversations/s`. */
  readonly height: string;
}

interface Level {
  /** Seconds of the run. */
  readonly at: number;
  readonly level: number;
}

/** Shorter stands are no baseline, s: a pause between two steps of the climb. */
const leastStand = 5;
/** What is low, as a share of the highest load; and how much higher than before the low level afterwards may be. */
const low = 0.5;
const alike = 1.5;

/** The surge to the highest load of a profile of users, or of arrivals; null where there is none, and for loads of both kinds at once. */
export function findSurge({ points, peak, arrivals }: LoadProfile): Surge | null {
  if (arrivals !== null && peak > 0) return null;
  const levels: readonly Level[] = arrivals
    ? arrivals.points.map(({ at, rate }) => ({ at: at / 1000, level: rate }))
    : points.map(({ at, users }) => ({ at: at / 1000, level: users }));
  const highest = Math.max(0, ...levels.map(({ level }) => level));
  const top = levels.find(({ level }) => level === highest)?.at ?? 0;
  const quiet = standsOf(levels).filter(({ level }) => level > 0 && level <= low * highest);
  const before = quiet.findLast(({ end }) => end <= top);
  const after = quiet.find(({ start, level }) => start >= top && level <= alike * (before?.level ?? 0));
  if (!before || !after) return null;
  const height = arrivals ? `${highest} conversations/s` : `${highest} users`;
  const [climb, back] = [Math.floor(before.end), Math.ceil(after.start)];
  return {
    baseline: { start: Math.ceil(before.start), end: climb },
    surge: { start: climb, end: back },
    after: { start: back, end: Math.floor(after.end) },
    height,
  };
}

/** Where the curve is flat for long enough. */
function standsOf(levels: readonly Level[]): (Span & { readonly level: number })[] {
  const stands: (Span & { readonly level: number })[] = [];
  levels.forEach(({ at, level }, i) => {
    const next = levels[i + 1];
    if (next?.level !== level || next.at === at) return;
    const last = stands.at(-1);
    if (last?.end === at && last.level === level) stands[stands.length - 1] = { ...last, end: next.at };
    else stands.push({ start: at, end: next.at, level });
  });
  return stands.filter(({ start, end }) => end - start >= leastStand);
}
