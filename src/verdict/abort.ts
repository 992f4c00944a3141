import type { RunFold } from '../record/fold.ts';
import { gradeThreshold } from './grade.ts';
import { gradedOver } from './graded-over.ts';
import { isOccasional } from './load-limits.ts';
import { runThresholds } from './run-thresholds.ts';
import { surelyBroken } from './surely-broken.ts';
import type { Threshold } from './threshold.ts';
import type { GradedThreshold } from './verdict.ts';

/** A mean is left alone until it rests on so many requests: the usual rule of thumb for means to settle. */
const meanSettlesAt = 30;

/** The thresholds that can be broken before a run is over; parsed once, since the question comes every second. */
const watched = new WeakMap<RunFold, readonly Threshold[]>();

/**
 * The first limit on response times or errors that a run under way has broken, over the requests of the steady window so far,
 * the set-ups of sessions or the timings of hooks so far: with enough of them, and clearly enough not to be chance, however often one looks. null while there is none.
 */
export function brokenForGood(fold: RunFold): GradedThreshold | null {
  for (const threshold of watchedBy(fold)) {
    if (fold.steadySeconds === 0 && !isOccasional(threshold)) continue;
    const graded = gradeThreshold(threshold, fold);
    if (graded.grade === 'failed' && graded.samples >= graded.samplesNeeded && isClear(threshold, graded, fold))
      return graded;
  }
  return null;
}

function watchedBy(fold: RunFold): readonly Threshold[] {
  const known = watched.get(fold);
  if (known) return known;
  const parsed = runThresholds(fold.header).filter(({ metric }) =>
    ['percentile', 'avg', 'max', 'error_rate'].includes(metric.kind),
  );
  watched.set(fold, parsed);
  return parsed;
}

/**
 * The question is asked every second, and each answer could be chance: the risk of 5 % is shared out among all of them
 * (Bonferroni), so that at most one run in twenty that would have kept its limit is stopped.
 */
function riskOfOneLook(threshold: Threshold, { header }: RunFold): number {
  const { steady, seconds } = header.profile;
  if (isOccasional(threshold)) return 0.05 / Math.max(1, seconds);
  return 0.05 / Math.max(1, steady === null ? 1 : steady.end - steady.start);
}

function isClear(threshold: Threshold, graded: GradedThreshold, fold: RunFold): boolean {
  switch (threshold.metric.kind) {
    case 'avg':
      return graded.samples >= meanSettlesAt;
    case 'max':
      // Only an upper limit stays broken: a lower one may still be reached.
      return threshold.op === '<' || threshold.op === '<=';
    default:
      return surelyBroken(threshold, gradedOver(threshold, fold).tally, riskOfOneLook(threshold, fold));
  }
}
