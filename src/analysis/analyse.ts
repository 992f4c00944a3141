import type { RunFold } from '../record/fold.ts';
import type { RunRecord } from '../record/record.ts';
import { type RunSeries, readSeries } from '../record/series.ts';
import { partialLoad } from '../verdict/partial-run.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Finding } from './finding.ts';

/** What an analysis may read of a run. */
export interface Analysed {
  readonly series: RunSeries;
  readonly fold: RunFold;
  readonly verdict: Verdict;
}

/** In the order in which their answers are told. */
const analyses: readonly ((run: Analysed) => readonly Finding[])[] = [];

/**
 * What a run means. Nothing is asked of numbers that sqload itself may have made, of a part of the load, or of nothing: an invalid run, slices
 * that are not all there, and a run in which no request ended have no findings.
 */
export function analyse(record: RunRecord, fold: RunFold, verdict: Verdict): readonly Finding[] {
  if (verdict.outcome === 'invalid' || partialLoad(fold.header).length > 0 || fold.tally(null).requests === 0)
    return [];
  const run = { series: readSeries(record), fold, verdict };
  return analyses.flatMap((analysis) => analysis(run));
}
