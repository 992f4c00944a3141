import { formatCount } from '../core/format.ts';
import { medianOf } from '../statistics/median.ts';
import { z90 } from '../statistics/normal-quantiles.ts';
import { leastRankP, rankTest, shiftInterval } from '../statistics/rank-test.ts';
import { twoSidedT, twoSidedTPoint } from '../statistics/student-t.ts';
import { runsAgainst } from './runs-against.ts';
import { directionOf, plainDifference, type Test, type TestedSides, untested } from './tested.ts';

/** From how many runs on their spread foretells a single one. */
export const leastForetelling = 4;

/**
 * Where nothing but sides that lie wholly apart is called a difference (4 against 4), a shift must be so much greater. Of 4 000 simulated triples
 * of normal metrics, one of them shifted by what is printed, 82 % are called without it and 91 % with it.
 */
const onlyApart = 1.2;

/** What runs of each side there are allows which test; a clause for why none. */
export function runMethod(baseline: number, candidate: number): 'ranks' | 'prediction' | string {
  const fewer = Math.min(baseline, candidate);
  const more = Math.max(baseline, candidate);
  if (fewer === 1 && more >= leastForetelling) return 'prediction';
  const least = leastRankP(baseline, candidate);
  if (fewer > 1 && least <= 0.05) return 'ranks';
  const runs = runsAgainst(baseline, candidate);
  return fewer === 1
    ? `${runs} can show nothing: give one run a side with its record, or at least ${leastForetelling} runs on one side`
    : `${runs} can show nothing: were every run of one side the slower one, chance alone would do that in ${(least * 100).toFixed(0)} % of cases; it takes 4 against 4`;
}

/** How values are compared: by their ratio, or, where some are 0 and have none, by their difference. */
interface Scale {
  readonly of: (value: number) => number;
  /** How far a shift on that scale lies from a baseline, in its unit; of figures that are never negative, not below 0. */
  readonly away: (baseline: number, shift: number) => number;
  /** The same of a shift upwards; null where it is more than anybody would call a shift. */
  readonly rise: (baseline: number, shift: number) => number | null;
  /** The shift that is as much as `amount` above a baseline. */
  readonly toShift: (baseline: number, amount: number) => number;
  readonly back: (value: number) => number;
}

const tenfold = Math.log(10);

const ratios: Scale = {
  of: Math.log,
  away: (baseline, shift) => baseline * Math.expm1(shift),
  rise: (baseline, shift) => (shift > tenfold ? null : baseline * Math.expm1(shift)),
  toShift: (baseline, amount) => Math.log1p(amount / baseline),
  back: Math.exp,
};

const differences: Scale = {
  of: (value) => value,
  away: (baseline, shift) => (baseline >= 0 ? Math.max(-baseline, shift) : shift),
  rise: (_, shift) => shift,
  toShift: (_, amount) => amount,
  back: (value) => value,
};

/** Figures such as percentiles spread in proportion. */
const scaleOf = (values: readonly number[]): Scale => (values.every((value) => value > 0) ? ratios : differences);

/**
 * Whether the runs of one side rank above those of the other; each run is one value. Its difference is that of the medians, as they are shown;
 * the interval is that of the shift between both sides, of their ratio where there is one.
 */
export function rankedTest(baseline: readonly number[], candidate: readonly number[]): TestedSides {
  const [middle, other] = [medianOf(baseline), medianOf(candidate)];
  const apart = other === middle ? 0 : other - middle;
  const scale = scaleOf([...baseline, ...candidate]);
  const [from, to] = [baseline.map(scale.of), candidate.map(scale.of)];
  const shifts = Number.isFinite(apart) ? shiftInterval(from, to, 0.05) : null;
  // Runs that are all alike, as rounded figures may be, do not tell how much they vary.
  const known =
    shifts !== null && Number.isFinite(shifts.low) && Number.isFinite(shifts.high) && shifts.high > shifts.low
      ? shifts
      : null;
  return {
    baseline: middle,
    candidate: other,
    test: {
      kind: 'tested',
      difference: Number.isFinite(apart) ? apart : null,
      interval: known && {
        low: Math.min(apart, scale.away(middle, known.low)),
        high: Math.max(apart, scale.away(middle, known.high)),
      },
      p: rankTest(baseline, candidate),
      runs: { baseline, candidate },
      direction: directionOf(apart),
      detectable: (level, limit) => {
        if (known === null) return null;
        // The interval is about as wide as that of a t test, which loses a twentieth of the information at most (Hodges and Lehmann, 1963).
        // Held together with two unrelated metrics, simulated normal runs of 5 against 5 and 6 against 6 need that much, of 8 against 8 about a tenth more.
        const df = baseline.length + candidate.length - 2;
        const error = (known.high - known.low) / 2 / twoSidedTPoint(0.05, df);
        const sides = leastRankP(baseline.length, candidate.length) > 0.025 ? onlyApart : 1;
        const certain = sides * (twoSidedTPoint(level, df) + z90) * error;
        return scale.rise(middle, Math.max(certain, scale.toShift(middle, limit) + z90 * error));
      },
    },
  };
}

/** What the interval of a foretold value may miss: of 5 %, a part is left for values that are only about normal. */
const missed = 0.035;

/**
 * Whether a single run lies where the runs of the other side foretell one more of theirs: Student's t for a new value, on values that
 * are taken to be about normally distributed, their logarithms where they have one. One of the sides has one run. The value of the other
 * is the mean on that scale.
 */
export function predictionTest(baseline: readonly number[], candidate: readonly number[]): TestedSides {
  const several = baseline.length > 1 ? baseline : candidate;
  const medians = { baseline: medianOf(baseline), candidate: medianOf(candidate) };
  const missing = (reason: string): TestedSides => ({
    ...medians,
    test: untested(plainDifference(medians.baseline, medians.candidate), reason),
  });
  if (![...baseline, ...candidate].every(Number.isFinite))
    return missing('it lies among the failures in some of the runs: see the error rate');
  if (several.every((value) => value === several[0])) return unvaried(several, medians);
  const scale = scaleOf([...baseline, ...candidate]);
  const n = several.length;
  const values = several.map(scale.of);
  const mean = meanOf(values);
  const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1);
  const error = Math.sqrt(variance * (1 + 1 / n));
  const [from, to] = [meanOf(baseline.map(scale.of)), meanOf(candidate.map(scale.of))];
  const shift = to - from;
  const t = twoSidedTPoint(missed, n - 1);
  const start = scale.back(from);
  return {
    baseline: start,
    candidate: scale.back(to),
    test: {
      kind: 'tested',
      difference: scale.back(to) - start,
      interval: { low: scale.away(start, shift - t * error), high: scale.away(start, shift + t * error) },
      p: twoSidedT(shift / error, n - 1),
      runs: null,
      direction: directionOf(shift),
      detectable: (level, limit) =>
        scale.rise(
          start,
          Math.max((twoSidedTPoint(level, n - 1) + z90) * error, scale.toShift(start, limit) + z90 * error),
        ),
    },
  };
}

/** Runs that are all alike do not tell how much they vary: no more can be said than whether the single one is like them. */
function unvaried(
  several: readonly number[],
  { baseline, candidate }: { readonly baseline: number; readonly candidate: number },
): TestedSides {
  const runs = formatCount(several.length);
  const test: Test =
    baseline === candidate
      ? { kind: 'tested', difference: 0, interval: null, p: 1, runs: null, direction: 0, detectable: () => null }
      : untested(candidate - baseline, `${runs} runs have the same value, so that they do not tell how much it varies`);
  return { baseline, candidate, test };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of an error rate, whatever its runs say as values, no more than their counts do. */
export function noSurerThan(counts: TestedSides, ranked: TestedSides): TestedSides {
  const [of, by] = [counts.test, ranked.test];
  if (of.kind === 'untested' || by.kind === 'untested') return counts;
  return {
    ...counts,
    test: {
      ...of,
      p: Math.max(of.p, by.p),
      runs: by.runs,
      interval: of.interval && {
        low: Math.min(of.interval.low, by.interval?.low ?? of.interval.low),
        high: Math.max(of.interval.high, by.interval?.high ?? of.interval.high),
      },
      detectable: (level, limit) => {
        const [most, other] = [of.detectable(level, limit), by.detectable(level, limit)];
        // Where nothing but sides that lie wholly apart counts, none of few failures may fall short.
        const apart = leastRankP(by.runs?.baseline.length ?? 0, by.runs?.candidate.length ?? 0) > 0.025 ? onlyApart : 1;
        return most === null ? null : Math.max(apart * most, other ?? 0);
      },
    },
  };
}
