import type { RunFold } from '../record/fold.ts';
import type { RunSeries } from '../record/series.ts';
import { brokenStep } from '../verdict/climb-notes.ts';
import { partialLoad } from '../verdict/partial-run.ts';
import { runThresholds } from '../verdict/run-thresholds.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { breakingPoint } from './breaking/breaking-point.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import { drift } from './drift/drift.ts';
import type { Finding } from './finding.ts';
import { recovery } from './recovery/recovery.ts';

/** The limits that the whole of a run broke, or that ended it, as they were written. */
const failedLimits = ({ end }: RunFold, { thresholds }: Verdict): readonly string[] => [
  ...(end?.broke?.limits ?? []),
  ...thresholds.filter(({ grade }) => grade === 'failed').map(({ text }) => text),
];

/**
 * What a run means: the answers to what its scenario asks (where does it break, does it stay as it was, does it recover), then
 * what its numbers show of the server. Nothing is asked of numbers that sqload itself may have made, of a part of the load, or of nothing: an invalid run, slices
 * that are not all there, and a run in which no request ended have no findings.
 */
export function analyse(series: RunSeries, fold: RunFold, verdict: Verdict): readonly Finding[] {
  if (verdict.outcome === 'invalid' || partialLoad(fold.header).length > 0 || fold.tally(null).requests === 0)
    return [];
  const thresholds = runThresholds(series.header);
  const asked = [
    ...breakingPoint(series, thresholds, { stopped: brokenStep(fold), failed: failedLimits(fold, verdict) }),
    ...recovery(series),
  ];
  // Whoever lets a load climb or surge does not ask for drift, and need not hear that it cannot be told.
  const drifts = drift(series, thresholds).filter(({ outcome }) => asked.length === 0 || outcome !== 'undecided');
  return [...asked, ...drifts, ...diagnose(series)];
}
