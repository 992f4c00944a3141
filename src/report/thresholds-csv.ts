import type { RunFold } from '../record/fold.ts';
import { isOfHooks } from '../verdict/custom-metric.ts';
import { isOfSessions } from '../verdict/threshold.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { csv } from './csv.ts';

/**
 * A line per threshold: limit, measured value and 95 % interval in `unit`, the seconds of the run that it is graded over: the
 * steady window, or for sessions all that the record has.
 * An empty cell: nothing was measured, or the bound is open; `inf`: the percentile lies beyond every success.
 */
export function thresholdsCsv(fold: RunFold, verdict: Verdict): string {
  const { steady } = fold.header.profile;
  return csv([
    [
      ...['threshold', 'row', 'metric', 'operator', 'limit', 'measured', 'unit', 'interval_low', 'interval_high'],
      ...['samples', 'samples_needed', 'window_start_s', 'window_end_s', 'source', 'verdict', 'reason'],
    ],
    ...verdict.thresholds.map((threshold) => [
      threshold.text,
      threshold.row ?? '',
      threshold.metric,
      threshold.op,
      threshold.limit,
      threshold.beyondFailures ? 'inf' : (threshold.measured ?? ''),
      threshold.unit,
      threshold.interval?.low ?? '',
      threshold.interval?.high ?? '',
      threshold.samples,
      threshold.samplesNeeded,
      ...(isOfSessions(threshold) || isOfHooks(threshold)
        ? [0, fold.seconds]
        : [steady?.start ?? '', steady?.end ?? '']),
      threshold.source,
      threshold.grade,
      threshold.reason,
    ]),
  ]);
}
