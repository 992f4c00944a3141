import { basename, dirname, join, resolve } from 'node:path';
import type { ExitCode } from '../../core/errors.ts';
import { makeFolders, writeWhole } from '../../io/run-folder.ts';
import { renderConsole } from '../../report/console-report.ts';
import type { JudgedRun } from '../../report/judged-run.ts';
import { renderFiles } from '../../report/run-files.ts';
import { buildView } from '../../report/view.ts';
import type { Host } from '../host.ts';

/** What `--csv <prefix>` asks for under names of one's own: the files that Locust writes, how the generator fared, and sessions. */
const prefixedFiles: ReadonlySet<string> = new Set([
  ...['stats.csv', 'stats_history.csv', 'failures.csv', 'exceptions.csv'],
  ...['generator.csv', 'sessions.csv', 'monitors.csv', 'custom.csv'],
]);

/**
 * Writes every report file of a run into its folder, and those that spreadsheets read under the prefix as well.
 * @throws SqloadError with exit code 4 when one cannot be written; the others are written all the same.
 */
export function writeReports(
  run: JudgedRun,
  where: { readonly folder: string | null; readonly prefix: string | null; readonly fullHistory: boolean },
): void {
  const failures: unknown[] = [];
  if (where.prefix !== null) makeFolders(dirname(where.prefix));
  const write = (path: string, text: string): void => {
    try {
      writeWhole(path, text);
    } catch (error) {
      failures.push(error);
    }
  };
  for (const { name, text } of renderFiles(run, { fullHistory: where.fullHistory })) {
    if (where.folder !== null) write(join(where.folder, name), text);
    if (where.prefix !== null && prefixedFiles.has(name)) write(prefixed(where.prefix, name), text);
  }
  if (failures.length > 0) throw failures[0];
}

/** `out/today` and `stats.csv` are `out/today_stats.csv`. */
const prefixed = (prefix: string, name: string): string => join(dirname(prefix), `${basename(prefix)}_${name}`);

/** The folder that the files of a prefix go to. */
export const folderOfPrefix = (host: Host, prefix: string): string => dirname(resolve(host.cwd, prefix));

/** Prints the final report, or its verdict only, and answers with the exit code of the run. */
export function printReport(
  host: Host,
  run: JudgedRun,
  { quiet, color }: { readonly quiet: boolean; readonly color: boolean },
): ExitCode {
  const text = quiet ? `${run.verdict.sentence}\n` : renderConsole(buildView(run), { color });
  host.stdout.write(text);
  return run.verdict.exitCode;
}

/** Colours are for terminals; `allowed` is the setting, in which --no-color and NO_COLOR have had their say. */
export const wantsColor = (host: Host, allowed: boolean): boolean => allowed && host.stdout.isTTY;
