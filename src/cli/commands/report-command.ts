import { resolve } from 'node:path';
import type { ExitCode } from '../../core/errors.ts';
import { checkWritable } from '../../io/run-folder.ts';
import type { Host } from '../host.ts';
import { type ReportFlags, reportOptions } from '../options/options.ts';
import { folderOfPrefix, printReport, wantsColor, writeReports } from '../run/deliver-reports.ts';
import { readForeign } from '../run/read-run.ts';
import { resolveSettings } from '../settings/settings.ts';

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
