import { type Millis, millis } from '../core/units.ts';
import { endOf, type LoadProfile } from './load-profile.ts';
import type { Slice } from './slice.ts';

/** From when to when one virtual user is there. */
export interface UserLife {
  /** Unique in a run, counted from 0 in the order of start. */
  readonly user: number;
  readonly start: Millis;
  /** No step begins at or after this time. */
  readonly stop: Millis;
}

/** A piece of the curve that is not flat. */
interface Piece {
  readonly at: number;
  readonly until: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The users of one slice, ascending by start. Think of users as a stack under the curve, one at each height 0, 1, 2 …:
 * the user at height h is there while the curve is above h. On a piece that goes from u0 to u1 within t0 … t1 the curve
 * passes h at `t0 + (h − u0)(t1 − t0)/(u1 − u0)`; upwards a new user starts there, downwards the one at h stops. So the
 * newest stop first, and a climb after a fall starts new users. Pure arithmetic; takes constant memory.
 */
export function* closedSchedule(profile: LoadProfile, slice: Slice): Generator<UserLife, void, undefined> {
  const pieces = piecesOf(profile);
  let firstUser = 0;
  for (const [i, piece] of pieces.entries()) {
    if (piece.to <= piece.from) continue;
    const lowest = Math.ceil(piece.from);
    const count = Math.ceil(piece.to) - lowest;
    const falls = pieces.slice(i + 1).filter(({ from, to }) => to < from);
    // The least k with (firstUser + k) % slice.count === slice.index.
    const skip = (((slice.index - firstUser) % slice.count) + slice.count) % slice.count;
    for (let k = skip; k < count; k += slice.count) {
      const height = lowest + k;
      const fall = falls.find(({ to }) => to <= height);
      yield {
        user: firstUser + k,
        start: passes(piece, height),
        stop: fall ? passes(fall, height) : endOf(profile),
      };
    }
    firstUser += count;
  }
}

/** How many users `closedSchedule` starts in the whole run. */
export function closedUsers(profile: LoadProfile): number {
  return piecesOf(profile).reduce((sum, { from, to }) => sum + (to > from ? Math.ceil(to) - Math.ceil(from) : 0), 0);
}

const passes = ({ at, until, from, to }: Piece, height: number): Millis =>
  millis(at + ((height - from) * (until - at)) / (to - from));

function piecesOf({ points }: LoadProfile): Piece[] {
  return points.flatMap((point, i) => {
    const before = points[i - 1];
    if (!before || before.users === point.users) return [];
    return [{ at: before.at, until: point.at, from: before.users, to: point.users }];
  });
}
