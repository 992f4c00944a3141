import { resolve } from 'node:path';
import { type ExitCode, exitCodes, SqloadError } from '../core/errors.ts';
import { readRecord } from '../io/record-store.ts';
import { checkWritable } from '../io/run-folder.ts';
import { foldRecord } from '../record/fold.ts';
import { judge } from '../verdict/judge.ts';
import { folderOfPrefix, type JudgedRun, printReport, wantsColor, writeReports } from './deliver-reports.ts';
import type { Host } from './host.ts';
import { type ReportFlags, reportOptions } from './options.ts';
import { resolveSettings } from './settings.ts';

/** Prints the report of an earlier run again, and answers with its exit code. */
export async function reportCommand(
  host: Host,
  { path, flags }: { readonly path: string; readonly flags: ReportFlags },
): Promise<ExitCode> {
  const settings = resolveSettings(reportOptions, host, { flags });
  const prefix = settings.csv.value;
  if (prefix !== null) checkWritable(folderOfPrefix(host, prefix), '--csv');
  const run = readForeign(resolve(host.cwd, path), path);
  if (prefix !== null)
    writeReports(run, { folder: null, prefix: resolve(host.cwd, prefix), fullHistory: settings.csvFullHistory.value });
  return printReport(host, run, { quiet: settings.quiet.value, color: wantsColor(host, settings.color.value) });
}

/** A record that somebody hands in may be damaged in ways that only its numbers tell. That is not a bug of sqload. */
export function readForeign(path: string, shown: string): JudgedRun {
  try {
    return readRun(path);
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
export function readRun(path: string): JudgedRun {
  const record = readRecord(path);
  const fold = foldRecord(record);
  return { record, fold, verdict: judge(fold) };
}
