import { analyse } from '../../analysis/analyse.ts';
import { exitCodes, SqloadError } from '../../core/errors.ts';
import { readRecord } from '../../io/record-store.ts';
import { readWhole } from '../../record/read-whole.ts';
import type { RunRecord } from '../../record/record.ts';
import type { JudgedRun } from '../../report/judged-run.ts';
import { judge } from '../../verdict/judge.ts';

/** A record that somebody hands in may be damaged in ways that only its numbers tell. That is not a bug of sqload. */
export const readForeign = (path: string, shown: string): JudgedRun => asForeign(shown, () => readRun(path));

/** Reads something of a record that somebody hands in. @throws SqloadError (usage) also where its numbers do not add up. */
export function asForeign<Read>(shown: string, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (error instanceof SqloadError && error.exitCode !== exitCodes.bug) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new SqloadError(`Cannot read the record of ${shown}: its numbers do not add up. ${what}`, {
      exitCode: exitCodes.usage,
      hint: 'The file was changed or damaged after the run.',
      cause: error,
    });
  }
}

/** Reads and judges the run of a folder or a record file. @throws SqloadError (usage) when there is none. */
export const readRun = (path: string): JudgedRun => judgeRecord(readRecord(path));

/** Judges a record, and says what it means. */
export function judgeRecord(record: RunRecord): JudgedRun {
  const { fold, series } = readWhole(record);
  const verdict = judge(fold);
  return { record, fold, verdict, findings: analyse(series, fold, verdict) };
}
