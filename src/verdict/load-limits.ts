import type { RecordHeader } from '../record/record.ts';
import { isOfHooks } from './custom-metric.ts';
import { isUpper } from './holds.ts';
import { runThresholds } from './run-thresholds.ts';
import { isOfSessions, type Threshold } from './threshold.ts';

/**
 * The thresholds of a run that more load can break: upper limits on response times, errors, CPU and memory. Throughput and counts
 * grow with the load until something else gives way, and set-ups of sessions happen before their users are loaded.
 */
export const loadLimits = (header: Parameters<typeof runThresholds>[0]): readonly Threshold[] =>
  runThresholds(header).filter(isLoadLimit);

/** Whether more load can break a threshold. */
export const isLoadLimit = (threshold: Threshold): boolean =>
  isUpper(threshold) &&
  !isOfSessions(threshold) &&
  !isOfHooks(threshold) &&
  threshold.metric.kind !== 'rps' &&
  threshold.metric.kind !== 'count';

/** The share of the requests that a row is expected to have; 1 for all rows. */
export const expectedShareOf = (
  { row }: Pick<Threshold, 'row'>,
  { rows, load }: Pick<RecordHeader, 'rows'> & { readonly load: Pick<RecordHeader['load'], 'expectedShare'> },
): number => (row === null ? 1 : (load.expectedShare[rows.findIndex(({ id }) => id === row)] ?? 0));
