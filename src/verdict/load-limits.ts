import type { RecordHeader } from '../record/record.ts';
import { isOfHooks } from './custom-metric.ts';
import { isUpper } from './holds.ts';
import { runThresholds } from './run-thresholds.ts';
import { isOfSessions, type Threshold } from './threshold.ts';

/**
 * The thresholds of a run that more load can break: upper limits on response times, errors, CPU and memory, set-ups of sessions and what hooks
 * time among them. Throughput and counts grow with the load until something else gives way.
 */
export const loadLimits = (header: Parameters<typeof runThresholds>[0]): readonly Threshold[] =>
  runThresholds(header).filter(isLoadLimit);

/** Whether more load can break a threshold. */
export const isLoadLimit = (threshold: Threshold): boolean =>
  isUpper(threshold) && threshold.metric.kind !== 'rps' && threshold.metric.kind !== 'count';

/**
 * Whether what a threshold limits is none of the requests that users go on sending: set-ups of sessions, which come with new users, and what
 * hooks time, which comes when it comes. Nobody can plan a load that has enough of it, so that it may break a load, and need not be shown to hold at one.
 */
export const isOccasional = (threshold: Pick<Threshold, 'row'>): boolean =>
  isOfSessions(threshold) || isOfHooks(threshold);

/** The share of the requests that a row is expected to have; 1 for all rows. */
export const expectedShareOf = (
  { row }: Pick<Threshold, 'row'>,
  { rows, load }: Pick<RecordHeader, 'rows'> & { readonly load: Pick<RecordHeader['load'], 'expectedShare'> },
): number => (row === null ? 1 : (load.expectedShare[rows.findIndex(({ id }) => id === row)] ?? 0));
