import type { Random } from '../core/random.ts';
import { rankLaw } from './rank-test.ts';
import { doubledRanks } from './ranks.ts';

/** One measure of the same units, such as the p95 of each run; `a` and `b` name the same units in every measure. */
export interface TwoSided {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** Up to so many ways of dividing the units all are looked at: 8 against 8 are 12 870. */
const mostDivisions = 20_000;
/** Of more, so many are drawn. */
const drawnDivisions = 9_999;

/**
 * p values of the rank test as they count when several measures of the same units are looked at together: the chance that any true "no
 * difference" is called one stays at or below the level. Units are divided anew with all their measures, and a measure's p is the share
 * of the divisions in which any measure, of those not yet decided, lies as far out (Westfall and Young, 1993, step-down min P). So few
 * units share the least p among many measures; where the rank test says the same of two, the one lies further out that the sides explain
 * more of (the correlation of value and side), so that 4 against 4 can show a shift of one measure among others that vary by chance.
 * Exact over all divisions where they are few. In the order given; never below the rank test's own p, and at most Holm's.
 */
export function jointRankTest(measures: readonly TwoSided[], random: Random): readonly number[] {
  const [first] = measures;
  if (first === undefined) return [];
  const [size, all] = [first.a.length, first.a.length + first.b.length];
  if (size === 0 || size === all) return measures.map(() => 1);
  const laws = measures.map(({ a, b }) => lawOf([...a, ...b], size));
  const seen = laws.map((law) => law(Array.from({ length: size }, (_, i) => i)));
  const order = seen.map((_, index) => index).sort((x, y) => compare(seen[y] ?? none, seen[x] ?? none));
  const asFar = new Array<number>(measures.length).fill(0);
  let divisions = 0;
  for (const division of divisionsOf(all, size, random)) {
    divisions += 1;
    let furthest = none;
    // From the measure that lies least far out: each step takes in all those after it.
    for (const index of order.toReversed()) {
      const here = laws[index]?.(division) ?? none;
      if (compare(here, furthest) > 0) furthest = here;
      if (compare(furthest, seen[index] ?? none) >= 0) asFar[index] = (asFar[index] ?? 0) + 1;
    }
  }
  const adjusted = new Array<number>(measures.length).fill(1);
  let floor = 0;
  for (const index of order) {
    floor = Math.max(floor, (asFar[index] ?? 0) / divisions, seen[index]?.p ?? 1);
    adjusted[index] = floor;
  }
  return adjusted;
}

/** How far out a division puts a measure: by the rank test first, then by how much of its spread the sides explain. */
interface Farness {
  readonly p: number;
  readonly explained: number;
}

const none: Farness = { p: 1, explained: 0 };

/** Above 0 when x lies further out. What rounding makes of equal ones is no difference. */
function compare(x: Farness, y: Farness): number {
  if (Math.abs(x.p - y.p) > 1e-9 * y.p) return y.p - x.p;
  return Math.abs(x.explained - y.explained) > 1e-9 ? x.explained - y.explained : 0;
}

function lawOf(values: readonly number[], size: number): (division: readonly number[]) => Farness {
  const doubled = doubledRanks(values);
  const p = rankLaw(doubled, size);
  const centred = centre(withinReach(values));
  const spread = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
  // r = Σ over one side of the centred values ÷ (their length × that of the centred side itself).
  const scale = spread * Math.sqrt((size * (values.length - size)) / values.length);
  return (division) => {
    let [ranks, part] = [0, 0];
    for (const unit of division) {
      ranks += doubled[unit] ?? 0;
      part += centred[unit] ?? 0;
    }
    return { p: p(ranks), explained: scale === 0 ? 0 : Math.abs(part) / scale };
  };
}

/** What has no limit, a percentile among the failures, stands twice as high as the greatest that has one. */
function withinReach(values: readonly number[]): readonly number[] {
  const greatest = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  return values.map((value) => (Number.isFinite(value) ? value : Math.sign(value) * Math.max(1, 2 * greatest)));
}

function centre(values: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** All ways of choosing `size` of `all` units; where these are too many, the given one and others by chance. */
function* divisionsOf(all: number, size: number, random: Random): Generator<readonly number[]> {
  let ways = 1;
  for (let i = 1; i <= size; i++) ways = (ways * (all - size + i)) / i;
  const chosen = Array.from({ length: size }, (_, i) => i);
  yield chosen;
  if (ways > mostDivisions + 0.5) return yield* drawn(all, size, random);
  for (;;) {
    // The next one in the order of a dictionary: the last unit that can move on does, those after it follow close behind.
    let at = size - 1;
    while (at >= 0 && chosen[at] === all - size + at) at -= 1;
    if (at < 0) return;
    const from = (chosen[at] ?? 0) + 1 - at;
    for (; at < size; at++) chosen[at] = from + at;
    yield chosen;
  }
}

function* drawn(all: number, size: number, random: Random): Generator<readonly number[]> {
  const units = Array.from({ length: all }, (_, i) => i);
  for (let i = 0; i < drawnDivisions; i++) {
    for (let at = 0; at < size; at++) {
      const other = at + Math.floor(random.next() * (all - at));
      [units[at], units[other]] = [units[other] ?? 0, units[at] ?? 0];
    }
    yield units.slice(0, size);
  }
}
