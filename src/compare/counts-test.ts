import { z975 } from '../statistics/normal-quantiles.ts';
import { twoSidedTPoint } from '../statistics/student-t.ts';
import { detectableRise, type Rate, rateDifference, rateDifferenceP, shareOf, thinned } from './rate-difference.ts';
import { directionOf, type Test, type TestedSides } from './tested.ts';

/** Failures and requests of each run of both sides. */
export interface RunCounts {
  readonly baseline: readonly Rate[];
  readonly candidate: readonly Rate[];
}

/**
 * Whether the runs of one side fail more often than those of the other: all failures ÷ all requests of each. A side whose runs all had the same
 * rate, such as none, is still no surer than its counts; where runs of a side differ by more than independent failures would, failures and
 * requests count for fewer, and so they do where `together` of them are known to go together within a run.
 */
export function countsTest({ baseline, candidate }: RunCounts, together = 1): TestedSides {
  const [all, other] = [pooled(baseline), pooled(candidate)];
  const by = Math.max(together, overdispersion([baseline, candidate]));
  const [x, y] = [thinned(all, by), thinned(other, by)];
  const difference = shareOf(other) - shareOf(all);
  return {
    baseline: shareOf(all),
    candidate: shareOf(other),
    test: testOfCounts(difference, x, y),
  };
}

/** Of a difference in error rates, by failures and requests that count as if each failed by itself. */
export function testOfCounts(difference: number, x: Rate, y: Rate): Test {
  return {
    kind: 'tested',
    difference,
    interval: rateDifference(x, y, 0.05),
    p: rateDifferenceP(x, y),
    runs: null,
    direction: directionOf(difference),
    detectable: (level, limit) => detectableRise(x, y, level, limit),
  };
}

const pooled = (runs: readonly Rate[]): Rate =>
  runs.reduce(
    (sum, { failures, requests }) => ({ failures: sum.failures + failures, requests: sum.requests + requests }),
    { failures: 0, requests: 0 },
  );

/**
 * By how much more the runs of a side spread around its rate than independent failures would, at least 1: Pearson's chi-squared ÷ degrees
 * of freedom (McCullagh and Nelder, 1989, 4.5), both sides taken together, with the doubt of so few runs in it.
 */
function overdispersion(sides: readonly (readonly Rate[])[]): number {
  let [square, df] = [0, 0];
  for (const runs of sides) {
    const share = shareOf(pooled(runs));
    const busy = runs.filter(({ requests }) => requests > 0);
    if (busy.length < 2 || share <= 0 || share >= 1) continue;
    for (const { failures, requests } of busy)
      square += (failures - requests * share) ** 2 / (requests * share * (1 - share));
    df += busy.length - 1;
  }
  return df === 0 ? 1 : Math.max(1, (square / df) * (twoSidedTPoint(0.05, df) / z975) ** 2);
}
