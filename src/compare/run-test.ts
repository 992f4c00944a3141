import { medianOf } from '../statistics/median.ts';
import { z90 } from '../statistics/normal-quantiles.ts';
import { leastRankP, rankTest, shiftInterval, shiftOf } from '../statistics/rank-test.ts';
import { twoSidedT, twoSidedTPoint } from '../statistics/student-t.ts';
import { directionOf } from './block-test.ts';
import { runsAgainst } from './runs-against.ts';
import { type Test, untested } from './tested.ts';

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

/** Whether the runs of one side rank above those of the other; each run is one value. */
export function rankedTest(baseline: readonly number[], candidate: readonly number[]): Test {
  const shift = shiftOf(baseline, candidate);
  const difference = Number.isFinite(shift) ? shift : null;
  const interval = shiftInterval(baseline, candidate, 0.05);
  const finite = interval !== null && Number.isFinite(interval.low) && Number.isFinite(interval.high) ? interval : null;
  return {
    kind: 'tested',
    difference,
    interval: finite,
    p: rankTest(baseline, candidate),
    runs: { baseline, candidate },
    direction: directionOf(Number.isNaN(shift) ? medianOf(candidate) - medianOf(baseline) : shift),
    detectable: (level, limit) => {
      if (finite === null) return null;
      // The interval is about as wide as that of a t test, which loses a twentieth of the information at most (Hodges and Lehmann, 1963).
      // Held together with two unrelated metrics, simulated normal runs of 5 against 5 and 6 against 6 need that much, of 8 against 8 about a tenth more.
      const df = baseline.length + candidate.length - 2;
      const error = (finite.high - finite.low) / 2 / twoSidedTPoint(0.05, df);
      const apart = leastRankP(baseline.length, candidate.length) > 0.025 ? onlyApart : 1;
      return Math.max(apart * (twoSidedTPoint(level, df) + z90) * error, limit + z90 * error);
    },
  };
}

/**
 * Whether a single run lies where the runs of the other side foretell one more of theirs: Student's t for a new value, on values that
 * are taken to be about normally distributed. `alone` is the single run's side.
 */
export function predictionTest(baseline: readonly number[], candidate: readonly number[]): Test {
  const [many, alone] = baseline.length > 1 ? [baseline, candidate] : [candidate, baseline];
  const value = alone[0] ?? Number.NaN;
  const n = many.length;
  const mean = many.reduce((sum, each) => sum + each, 0) / n;
  const variance = many.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1);
  const sign = baseline.length > 1 ? 1 : -1;
  const difference = sign * (value - mean);
  if (!Number.isFinite(difference) || !Number.isFinite(variance))
    return untested(null, 'it lies among the failures in some of the runs: see the error rate');
  const error = Math.sqrt(variance * (1 + 1 / n));
  const t = twoSidedTPoint(0.05, n - 1);
  return {
    kind: 'tested',
    difference,
    interval: { low: difference - t * error, high: difference + t * error },
    p: error === 0 ? Number(difference === 0) : twoSidedT(difference / error, n - 1),
    runs: null,
    direction: directionOf(difference),
    detectable: (level, limit) => Math.max((twoSidedTPoint(level, n - 1) + z90) * error, limit + z90 * error),
  };
}
