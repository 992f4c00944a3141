import type { RecordHeader } from '../record/record.ts';
import { parseThreshold, sessionRow, type Threshold } from './threshold.ts';

/**
 * The thresholds that a run is judged by. Where there are sessions, their set-ups are held to the limit on the errors of all
 * rows too, the default or one's own, unless they have one of their own: without a session nobody can ask, and questions that
 * were never asked are in no row.
 */
export function runThresholds({
  thresholds,
  rows,
  sessionRows,
}: Pick<RecordHeader, 'thresholds' | 'rows' | 'sessionRows'>): readonly Threshold[] {
  const known = [...rows, sessionRow];
  const asked = thresholds.map(({ text, source }) => parseThreshold(text, source, known));
  const limited = asked.some(({ row, metric }) => row === sessionRow.id && metric.kind === 'error_rate');
  if (sessionRows.length === 0 || limited) return asked;
  return asked.flatMap((threshold) =>
    limitsAllErrors(threshold)
      ? [threshold, parseThreshold(`${sessionRow.id}.${threshold.text}`, 'default', known)]
      : [threshold],
  );
}

const limitsAllErrors = ({ row, metric, op }: Threshold): boolean =>
  row === null && metric.kind === 'error_rate' && (op === '<' || op === '<=');
