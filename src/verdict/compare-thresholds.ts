import { foldRecord } from '../record/fold.ts';
import type { RunRecord } from '../record/record.ts';
import { gradeThreshold } from './grade.ts';
import { parseThreshold, sessionRow } from './threshold.ts';
import type { GradedThreshold } from './verdict.ts';

/**
 * Grades a record by other thresholds than its own, in their order: `compareThresholds(record, ['p95<300ms', 'follow-up.p99<=1s'])`.
 * The verdict of the run stays what it is.
 * @throws SqloadError (usage) for a text that is no threshold.
 */
export function compareThresholds(record: RunRecord, thresholds: readonly string[]): readonly GradedThreshold[] {
  const { rows, sessionRows } = record.header;
  const known = sessionRows.length > 0 ? [...rows, sessionRow] : rows;
  const read = thresholds.map((text) => parseThreshold(text, 'option', known));
  const fold = foldRecord(record);
  return read.map((threshold) => gradeThreshold(threshold, fold));
}
