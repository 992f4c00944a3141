import { type ExitCode, exitCodes, SqloadError } from '../../core/errors.ts';
import { escapeControls } from '../../core/escape-controls.ts';
import type { JudgedRun } from '../../report/judged-run.ts';
import type { Host } from '../host.ts';
import type { Values } from '../options/option-spec.ts';
import type { reportOptions } from '../options/options.ts';
import type { Settings } from '../settings/settings.ts';
import { tell } from '../tell.ts';
import { addToHistory } from './add-to-history.ts';
import { printReport, wantsColor, writeReports } from './deliver-reports.ts';
import { readRun } from './read-run.ts';
import type { RunFollower } from './run-follower.ts';

/** Where a run was put. */
export interface Delivery {
  /** Holds the record. */
  readonly folder: string;
  /** Of the files of Locust, an absolute path; null: none is wanted. */
  readonly prefix: string | null;
  /** What kept sqload itself from measuring or writing all of it. */
  readonly trouble: SqloadError | null;
  /** Whom to tell how the run was judged. */
  readonly follower?: RunFollower;
}

type Output = Pick<Settings<typeof reportOptions>, Exclude<keyof Values<typeof reportOptions>, 'csv'>>;

/** Prints the report and writes the files, as far as the record goes, and then tells what went wrong meanwhile. */
export async function deliverRun(
  host: Host,
  settings: Output,
  { folder, prefix, trouble, follower }: Delivery,
): Promise<ExitCode> {
  const troubles = trouble === null ? [] : [trouble];
  let code: ExitCode = exitCodes.invalid;
  const attempt = async (step: () => void | Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof SqloadError)) throw error;
      // A record that could not be written cannot be read either: the first of the two says why.
      if (trouble === null || error.exitCode !== exitCodes.usage) troubles.push(error);
    }
  };
  await attempt(async () => {
    const judged = readRun(folder);
    code = printReport(host, judged, {
      quiet: settings.quiet.value,
      color: wantsColor(host, settings.color.value),
    });
    await attempt(() => writeReports(judged, { folder, prefix, fullHistory: settings.csvFullHistory.value }));
    await attempt(() => addToHistory(judged, folder));
    if (follower) await tellVerdict(host, follower, judged, folder);
  });
  for (const each of troubles) code = worse(code, await tell(host, each));
  return code;
}

/** Its hooks may do what takes a while, and what goes wrong with them is too late for the record. */
async function tellVerdict(host: Host, follower: RunFollower, { verdict }: JudgedRun, folder: string): Promise<void> {
  const before = follower.troubles.length;
  await follower.judged({ kind: 'verdict', ...verdict, folder });
  const troubles = follower.troubles.slice(before);
  for (const { hook, message } of troubles)
    host.stderr.write(`sqload: The hook ${hook} ${escapeControls(message.replace(/\.$/, ''))}.\n`);
  if (troubles.length > 0)
    host.stderr.write(
      '  That came after the verdict: the reports do not tell it, and the exit code is as without it.\n',
    );
}

/** From the exit code that outranks all others down. */
const ranks: readonly ExitCode[] = [70, 2, 5, 130, 143, 4, 1, 3, 0];

export const worse = (code: ExitCode, other: ExitCode): ExitCode =>
  ranks.indexOf(other) < ranks.indexOf(code) ? other : code;
