import { join, relative, resolve } from 'node:path';
import { type ExitCode, exitCodes, SqloadError } from '../core/errors.ts';
import { seededRandom } from '../core/random.ts';
import { preflight } from '../engine/preflight.ts';
import { runSlice } from '../engine/run-slice.ts';
import { RunStop } from '../engine/stop.ts';
import type { World } from '../engine/world.ts';
import { RecordWriter, recordFile } from '../io/record-store.ts';
import { checkWritable, createRunFolder } from '../io/run-folder.ts';
import type { RecordHeader } from '../record/record.ts';
import { wholeRun } from '../workload/slice.ts';
import { checkOpenFiles } from './check-open-files.ts';
import { conductRun } from './conduct-run.ts';
import { folderOfPrefix, printReport, wantsColor, writeReports } from './deliver-reports.ts';
import type { Host } from './host.ts';
import { introduction } from './introduction.ts';
import { type Machinery, realMachinery } from './machinery.ts';
import { renderConfig } from './print-config.ts';
import { ProgressScreen } from './progress-screen.ts';
import { readRun } from './report-command.ts';
import type { RunInput } from './run-options.ts';
import { runOptions } from './run-options.ts';
import { type SettledRun, settleRun } from './settle-run.ts';
import { openTarget, type Target } from './target.ts';
import { tell } from './tell.ts';

/** Runs a scenario: load, record, reports, verdict. */
export async function runCommand(host: Host, input: RunInput, machinery: Machinery = realMachinery): Promise<ExitCode> {
  const run = settleRun(host, input);
  const { settings } = run;
  if (settings.printConfig.value) {
    host.stdout.write(renderConfig(runOptions, settings));
    return exitCodes.passed;
  }
  const out = resolve(host.cwd, settings.out.value);
  const prefix = settings.csv.value === null ? null : resolve(host.cwd, settings.csv.value);
  checkWritable(out);
  if (prefix !== null) checkWritable(folderOfPrefix(host, prefix), '--csv');

  const builtIn = settings.host.value === null;
  checkOpenFiles(run.plan.profile.peak, builtIn, machinery.openFileLimit(), settings.connections.value);

  const target = await openTarget(run, machinery);
  try {
    const requests = settings.preflight.value ? await tryTarget(run, target, machinery) : 0;
    const { folder, trouble } = await play(host, run, target, { out, requests }, machinery);
    return await deliver(host, run, { folder, prefix, trouble });
  } finally {
    await target.close();
  }
}

async function tryTarget(run: SettledRun, target: Target, machinery: Machinery): Promise<number> {
  const clock = machinery.clock();
  const transport = target.connect(clock);
  try {
    const random = seededRandom(run.seed);
    return (await preflight(target.preflightPlan, { clock, random, transport }, target.address)).requests;
  } finally {
    await transport.close();
  }
}

/** Where the record of a run is, and what kept sqload itself from measuring or writing all of it. */
interface Played {
  readonly folder: string;
  readonly trouble: SqloadError | null;
}

/** Plays the load and keeps its record. */
async function play(
  host: Host,
  run: SettledRun,
  target: Target,
  { out, requests }: { readonly out: string; readonly requests: number },
  machinery: Machinery,
): Promise<Played> {
  const { settings, facts } = run;
  const startedAt = machinery.date();
  const header: RecordHeader = {
    ...facts,
    startedAt: startedAt.toISOString(),
    target: { address: target.address, builtIn: target.builtIn },
    preflight: { requests },
    slices: { count: 1, parts: [{ index: 0, startedAt: startedAt.toISOString() }] },
  };
  const folder = createRunFolder(out, facts.scenario, startedAt);
  const record = RecordWriter.open(join(folder, recordFile));
  record.write(header);
  const screen = settings.quiet.value ? null : new ProgressScreen(host.stderr);
  screen?.print(`${introduction(header)}\n`);

  const stop = new RunStop();
  const random = seededRandom(run.seed);
  // The run begins here: the clock is at 0.
  const clock = machinery.clock();
  const world: World = { clock, random, transport: target.connect(clock), stop, vitals: null };
  try {
    await conductRun(runSlice(run.plan, wholeRun, world), {
      host,
      header,
      stop,
      stopTimeout: run.plan.stopTimeout,
      abortOnFail: settings.abortOnFail.value,
      screen,
      keep: (event) => record.write(event),
    });
  } finally {
    await world.transport.close();
    record.close();
  }
  screen?.print(`Results are in ${relative(host.cwd, folder) || folder}\n\n`);
  return { folder, trouble: target.died() ?? record.error };
}

/** Prints the report and writes the files, as far as the record goes, and then tells what went wrong meanwhile. */
async function deliver(
  host: Host,
  { settings }: SettledRun,
  { folder, prefix, trouble }: Played & { readonly prefix: string | null },
): Promise<ExitCode> {
  const troubles = trouble === null ? [] : [trouble];
  let code: ExitCode = exitCodes.invalid;
  try {
    const judged = readRun(folder);
    code = printReport(host, judged, {
      quiet: settings.quiet.value,
      color: wantsColor(host, settings.color.value),
    });
    writeReports(judged, { folder, prefix, fullHistory: settings.csvFullHistory.value });
  } catch (error) {
    if (!(error instanceof SqloadError)) throw error;
    // A record that could not be written cannot be read either: the first of the two says why.
    if (trouble === null || error.exitCode !== exitCodes.usage) troubles.push(error);
  }
  for (const each of troubles) code = worse(code, await tell(host, each));
  return code;
}

/** From the exit code that outranks all others down. */
const ranks: readonly ExitCode[] = [70, 2, 5, 130, 143, 4, 1, 3, 0];

const worse = (code: ExitCode, other: ExitCode): ExitCode =>
  ranks.indexOf(other) < ranks.indexOf(code) ? other : code;
