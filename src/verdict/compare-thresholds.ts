import { foldRecord } from '../record/fold.ts';
import type { RunRecord } from '../record/record.ts';
import { gradeThreshold } from './grade.ts';
import { parseThreshold, sessionRow } from './threshold.ts';
import type { GradedThreshold } from './verdict.ts';

/**
 * Grades a record by other thresholds than its own, in their order. The verdict of the run stays what it is.
 *
 *     import { compareThresholds, run } from 'sqload';
 *
 *     const { record } = await run({ scenario: 'sustained', users: 10, runTime: '4s', think: '50ms', mockLatency: '5ms' }).result;
 *     for (const { text, grade, reason } of compareThresholds(record, ['p95<2s', 'follow-up.count>=20']))
 *       console.log(text, grade, reason);
 *
 * @throws SqloadError (usage) for a text that is no threshold.
 */
export function compareThresholds(record: RunRecord, thresholds: readonly string[]): readonly GradedThreshold[] {
  const { rows, sessionRows } = record.header;
  const known = sessionRows.length > 0 ? [...rows, sessionRow] : rows;
  const read = thresholds.map((text) => parseThreshold(text, 'option', known));
  const fold = foldRecord(record);
  return read.map((threshold) => gradeThreshold(threshold, fold));
}
