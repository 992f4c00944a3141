import type { Span } from '../../record/series.ts';
import { binomialTail } from '../../verdict/binomial.ts';
import { rateSurelyAbove } from '../../verdict/interval.ts';
import { addUp, type BaselineBand, type Strays } from './baseline-band.ts';

/** Seconds of the run. */
export interface RecoveryTime {
  /** The first second from which the server is most likely back for good; null: none before the run ended. */
  readonly at: number | null;
  /** It surely was not before this; and surely (null: not surely) was by that. */
  readonly low: number;
  readonly high: number | null;
  /** Whether it surely was still disturbed when the run ended. */
  readonly disturbedToTheEnd: boolean;
}

/** What may be wrong: in all windows of one side together, and in the few looks for the other side. */
const doubt = 0.025;
const doubtOfLook = 0.005;
/** Still disturbed means at least this times the share that may be astray. */
const clearly = 2;

/**
 * Windows of 1, 2, 4 … s, side by side, over a span, in which more requests are astray, or fail, than the band allows: surely, with a doubt of
 * `risk` in all of them together.
 */
export function disturbedWindows(strays: readonly Strays[], band: BaselineBand, span: Span, risk = doubt): Span[] {
  const windows: Span[] = [];
  for (let length = 1; length <= span.end - span.start; length *= 2)
    for (let start = span.start; start + length <= span.end; start += length)
      windows.push({ start, end: start + length });
  const each = risk / (2 * windows.length);
  return windows.filter(({ start, end }) => {
    const { count, astray, failed } = addUp(strays, start, end);
    return rateSurelyAbove(astray, count, band.astray, each) || rateSurelyAbove(failed, count, band.failed, each);
  });
}

/**
 * When a disturbed server is back in the band for good, told from the requests due after the surge. Not before the last window that is surely
 * disturbed begins; most likely where the likelihood of "astray as in the surge before, as in the baseline after" is greatest; surely by
 * the end of the first stretch after that in which so few are astray that it cannot be as before: fewer than twice what the band allows. A higher bar would be
 * reached sooner, and too soon where the disturbance fades away and does not end at once. Half a second either way is in it, for which see `dueSeconds`.
 */
export function recoveryTime(strays: readonly Strays[], band: BaselineBand, after: Span): RecoveryTime {
  const disturbed = disturbedWindows(strays, band, after);
  const latest = disturbed.reduce((last: Span | null, each) => (last && last.start > each.start ? last : each), null);
  const low = latest === null ? after.start : Math.max(after.start, latest.start - 1);
  const at = Math.max(low, likeliestChange(strays, band, after));
  const start = Math.max(at, latest?.start ?? 0);
  const shown = firstShown(strays, clearly * band.astray, { start, end: after.end });
  const disturbedToTheEnd = latest !== null && shown === null && endsDisturbed(disturbed, after);
  return {
    at: shown === null ? null : at,
    low,
    high: shown === null ? null : Math.min(after.end, shown + 1),
    disturbedToTheEnd,
  };
}

/** The second at which the requests change from mostly astray to hardly: the greatest log-likelihood. */
function likeliestChange(strays: readonly Strays[], { astray }: BaselineBand, { start, end }: Span): number {
  const often = Math.max(0.3, clearly * astray);
  const [ifAstray, ifNot] = [Math.log(often / astray), Math.log((1 - often) / (1 - astray))];
  let [sum, most, at] = [0, 0, start];
  for (let second = start; second < end; second++) {
    const each = addUp(strays, second, second + 1);
    sum += each.astray * ifAstray + (each.count - each.astray) * ifNot;
    if (sum > most) [most, at] = [sum, second + 1];
  }
  return at;
}

/** The end of the shortest stretch from `start` that surely holds less than `share` astray; null: none. */
function firstShown(strays: readonly Strays[], share: number, { start, end }: Span): number | null {
  for (let until = start + 1; until <= end; until++) {
    const { count, astray } = addUp(strays, start, until);
    // P(X ≤ astray) for X ~ Binomial(count, share).
    if (1 - binomialTail(astray + 1, count, share) < doubtOfLook) return until;
  }
  return null;
}

/** Whether a disturbed window reaches into the last eighth of the time. */
const endsDisturbed = (windows: readonly Span[], { start, end }: Span): boolean =>
  windows.some((window) => window.end > end - (end - start) / 8);
