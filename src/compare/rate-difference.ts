import { z90 } from '../statistics/normal-quantiles.ts';
import { regularizedBeta } from '../statistics/regularized-beta.ts';

/** Failures of so many requests; both may be fractions, where failures come in clusters and count for fewer. */
export interface Rate {
  readonly failures: number;
  readonly requests: number;
}

/**
 * The interval of the difference of two rates at level `risk`: each rate's exact limits (Clopper and Pearson, 1934) put together by the
 * method of Newcombe (1998, his 10 with exact limits), which holds for 0 failures too. Shares.
 */
export function rateDifference(a: Rate, b: Rate, risk: number): { readonly low: number; readonly high: number } {
  const [x, y] = [shareOf(a), shareOf(b)];
  const [ofA, ofB] = [limitsOf(a, risk), limitsOf(b, risk)];
  return {
    low: y - x - Math.hypot(y - ofB.low, ofA.high - x),
    high: y - x + Math.hypot(ofB.high - y, x - ofA.low),
  };
}

/** The level at which that interval just touches 0: the two-sided p of "no difference". 1 for equal rates. */
export function rateDifferenceP(a: Rate, b: Rate): number {
  if (shareOf(a) === shareOf(b)) return 1;
  const excludes = (risk: number): boolean => {
    const { low, high } = rateDifference(a, b, risk);
    return low > 0 || high < 0;
  };
  // Over the logarithm: what matters is a thousandth as much as a half.
  let [low, high] = [-30, 0];
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (excludes(Math.exp(middle))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}

/** What is left of the counts where failures come `by` at a time. */
export const thinned = ({ failures, requests }: Rate, by: number): Rate => ({
  failures: failures / by,
  requests: requests / by,
});

/**
 * The smallest rise that nine in ten such comparisons would have shown at `level`, of which `limit` counts; shares. null: none would have been.
 * A tenth of them find as few failures as the normal law says of the rise, the interval must leave out 0 for those.
 */
export function detectableRise(a: Rate, b: Rate, level: number, limit: number): number | null {
  const from = shareOf(a);
  // With a failure and a request more on each side, so that it is no 0 where there were none.
  const chance = ({ requests }: Rate, failures: number): number => {
    const share = Math.min(1, (failures + 1) / (requests + 2));
    return (share * (1 - share)) / Math.max(1, requests);
  };
  const seen = (rise: number): number => {
    const share = Math.min(1, from + rise);
    const error = Math.sqrt(chance(a, a.failures) + (share * (1 - share)) / Math.max(1, b.requests));
    return share - z90 * error;
  };
  const shown = (rise: number): boolean => {
    const failures = Math.max(0, seen(rise)) * b.requests;
    return rateDifference(a, { failures, requests: b.requests }, level).low > 0;
  };
  if (!shown(1)) return null;
  // Over the logarithm: from one in a million to all.
  let [low, high] = [Math.log(1e-6), 0];
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (shown(Math.exp(middle))) high = middle;
    else low = middle;
  }
  return Math.max(Math.exp(high), limit + z90 * Math.sqrt(chance(a, a.failures) + chance(b, b.failures)));
}

export const shareOf = ({ failures, requests }: Rate): number => (requests === 0 ? 0 : failures / requests);

function limitsOf({ failures, requests }: Rate, risk: number): { readonly low: number; readonly high: number } {
  const successes = Math.max(0, requests - failures);
  return {
    low: failures <= 0 ? 0 : betaPoint(risk / 2, failures, successes + 1),
    high: successes <= 0 ? 1 : betaPoint(1 - risk / 2, failures + 1, successes),
  };
}

/** The x below which a Beta(a, b) value lies with chance `p`. */
function betaPoint(p: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  // A rate of one in a million still has six digits.
  for (let i = 0; i < 44; i++) {
    const middle = (low + high) / 2;
    if (regularizedBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
