import type { Random } from '../core/random.ts';
import { type Millis, millis } from '../core/units.ts';
import { closedUsers } from './closed-schedule.ts';
import { type LoadProfile, type RatePiece, ratePieces } from './load-profile.ts';
import type { Slice } from './slice.ts';

/** A user of open load: when it comes. It plays one conversation and leaves. */
export interface Arrival {
  /** Unique in a run; counted on from the users of the closed load. */
  readonly user: number;
  readonly start: Millis;
}

/** A piece of the rate curve with the expected number of arrivals before it and up to its end. */
interface Stretch extends RatePiece {
  readonly before: number;
  readonly after: number;
}

/**
 * The arrivals of one slice, ascending by start. With A(t) the integral of the rate from the start of the run, an arrival
 * comes when A reaches its mark; on a piece whose rate goes from r0 to r1 within d, the area a is reached after
 *
 *     t = 2a / (r0 + √(r0² + 2a(r1 − r0)/d))
 *
 * Even arrivals have the marks 0, 1, 2 …; those of a Poisson process have the running sums of exponential distances of
 * mean 1 (Çinlar, Introduction to Stochastic Processes, 1975, ch. 4.7). A mark that falls where the rate is 0 waits until it
 * is not. Each slice of a Poisson process draws every distance and keeps its own arrivals. Pure arithmetic; takes constant
 * memory.
 */
export function* openSchedule(profile: LoadProfile, slice: Slice, random: Random): Generator<Arrival, void, undefined> {
  if (profile.arrivals === null) return;
  const stretches = stretchesOf(profile);
  const total = stretches.at(-1)?.after ?? 0;
  const firstUser = closedUsers(profile);
  const poisson = profile.arrivals.process === 'poisson' ? random.fork('arrivals') : null;
  // The least n with (firstUser + n) % slice.count === slice.index.
  const skip = (((slice.index - firstUser) % slice.count) + slice.count) % slice.count;
  const step = poisson ? 1 : slice.count;
  let i = 0;
  let sum = 0;
  for (let n = poisson ? 0 : skip; ; n += step) {
    if (poisson) sum -= Math.log(1 - poisson.next());
    const mark = poisson ? sum : n;
    if (mark >= total) return;
    let stretch = stretches[i];
    while (stretch && mark >= stretch.after) stretch = stretches[++i];
    if (!stretch) return;
    if (n % slice.count === skip) yield { user: firstUser + n, start: reaches(stretch, mark - stretch.before) };
  }
}

/** Expected number of arrivals in the whole run: the integral of the rate. */
export const expectedArrivals = (profile: LoadProfile): number => stretchesOf(profile).at(-1)?.after ?? 0;

function stretchesOf(profile: LoadProfile): Stretch[] {
  let before = 0;
  return ratePieces(profile).map((piece) => {
    const { at, until, from, to } = piece;
    // Without the binary noise: 0.1/s for 30 s are 3 arrivals and not a fourth at the very end.
    const after = Number((before + ((from + to) / 2) * ((until - at) / 1000)).toPrecision(12));
    const stretch = { ...piece, before, after };
    before = after;
    return stretch;
  });
}

/** When the area under the piece, in arrivals, comes to `area`. */
function reaches({ at, until, from, to }: Stretch, area: number): Millis {
  if (area <= 0) return millis(at);
  const length = (until - at) / 1000;
  const root = Math.sqrt(Math.max(0, from ** 2 + (2 * area * (to - from)) / length));
  return millis(Math.min(until, at + (2000 * area) / (from + root)));
}
