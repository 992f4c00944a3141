import { join, relative, resolve } from 'node:path';
import { type ExitCode, exitCodes, type SqloadError } from '../core/errors.ts';
import { seededRandom } from '../core/random.ts';
import { createRedactor } from '../core/redactor.ts';
import { millis } from '../core/units.ts';
import { preflight } from '../engine/preflight.ts';
import { RunStop } from '../engine/stop.ts';
import type { LoadCrew } from '../io/load-threads.ts';
import { RecordWriter, recordFile } from '../io/record-store.ts';
import { checkWritable, createRunFolder } from '../io/run-folder.ts';
import type { RecordHeader } from '../record/record.ts';
import { type Slice, shareOf } from '../workload/slice.ts';
import { checkOpenFiles } from './check-open-files.ts';
import { conductRun } from './conduct-run.ts';
import { folderOfPrefix } from './deliver-reports.ts';
import { deliverRun } from './deliver-run.ts';
import type { Host } from './host.ts';
import { introduction } from './introduction.ts';
import { type Machinery, realMachinery } from './machinery.ts';
import { misfitError } from './preflight-trouble.ts';
import { renderConfig } from './print-config.ts';
import { processSlice } from './process-slice.ts';
import { ProgressScreen } from './progress-screen.ts';
import type { RunInput } from './run-options.ts';
import { runOptions } from './run-options.ts';
import { type SettledRun, settleRun } from './settle-run.ts';
import { showSlice } from './slice-text.ts';
import { startMoment } from './start-time.ts';
import { openTarget, type Target } from './target.ts';
import { waitForStart } from './wait-for-start.ts';
import { settleWorkers } from './worker-count.ts';

/** From the order to start to time 0 of the run: every load thread has heard of it by then. */
const lead = millis(50);

/** Runs a scenario: load, record, reports, verdict. */
export async function runCommand(host: Host, input: RunInput, machinery: Machinery = realMachinery): Promise<ExitCode> {
  const run = settleRun(host, input);
  const { settings } = run;
  if (settings.printConfig.value) {
    host.stdout.write(renderConfig(runOptions, settings));
    return exitCodes.passed;
  }
  const share = shareOfProcess(run, machinery);
  const moment = settings.startAt.value === null ? null : startMoment(settings.startAt.value, machinery.date());
  const out = resolve(host.cwd, settings.out.value);
  const prefix = settings.csv.value === null ? null : resolve(host.cwd, settings.csv.value);
  checkWritable(out);
  if (prefix !== null) checkWritable(folderOfPrefix(host, prefix), '--csv');

  const target = await openTarget(run, machinery);
  try {
    const { crew, requests } = await getReady(run, target, share, machinery);
    try {
      const left =
        moment === null ? null : await waitForStart(moment, { host, machinery, lead, quiet: settings.quiet.value });
      if (left !== null) return left;
      const played = await play(host, run, { target, crew, share, out, requests }, machinery);
      return await deliverRun(host, settings, { ...played, prefix });
    } finally {
      await crew.dismiss();
    }
  } finally {
    await target.close();
  }
}

/** What this process plays of the run, and with how many threads. */
interface Share {
  readonly slice: Slice;
  readonly workers: number;
}

/** @throws SqloadError (exit 2) when it cannot be had, or not on this machine. */
function shareOfProcess({ settings, plan }: SettledRun, machinery: Machinery): Share {
  const slice = processSlice(settings);
  const builtIn = settings.host.value === null;
  const [users, arriving] = [shareOf(plan.profile.peak, slice), shareOf(plan.profile.arrivals?.limit ?? 0, slice)];
  const connections = settings.connections.value;
  const workers = settleWorkers(settings.workers.value, {
    cores: machinery.cores(),
    users: users + arriving,
    places: plan.profile.arrivals === null ? null : Math.floor(plan.profile.arrivals.limit / slice.count),
    connections,
    builtIn,
  });
  checkOpenFiles({ users, arriving, connections, workers, builtIn }, machinery.openFileLimit());
  return { slice, workers };
}

/** Tries the target while the load threads come up. @throws SqloadError when the target does not answer, or a thread does not come up. */
async function getReady(
  run: SettledRun,
  target: Target,
  share: Share,
  machinery: Machinery,
): Promise<Pick<Stage, 'crew' | 'requests'>> {
  const { plan, seed, settings } = run;
  const [tried, prepared] = await Promise.allSettled([
    settings.preflight.value ? tryTarget(run, target, machinery) : 0,
    machinery.prepareLoad({ plan, seed, transport: target.transport, ...share }),
  ]);
  if (prepared.status === 'rejected') throw prepared.reason;
  if (tried.status === 'fulfilled') return { crew: prepared.value, requests: tried.value };
  await prepared.value.dismiss();
  throw tried.reason;
}

async function tryTarget(run: SettledRun, target: Target, machinery: Machinery): Promise<number> {
  const clock = machinery.clock();
  const transport = machinery.connect({ ...target.transport, clock });
  try {
    const random = seededRandom(run.seed);
    const { requests, misfit } = await preflight(target.preflightPlan(run.plan), { clock, random, transport });
    if (misfit !== null) throw misfitError(misfit, target.address, createRedactor(run.plan.secrets), null);
    return requests;
  } finally {
    await transport.close();
  }
}

/** All that a run is played with. */
interface Stage {
  readonly target: Target;
  readonly crew: LoadCrew;
  readonly share: Share;
  /** Where the folder of the run is made. */
  readonly out: string;
  /** Of the preflight. */
  readonly requests: number;
}

/** Where the record of a run is, and what kept sqload itself from measuring or writing all of it. */
interface Played {
  readonly folder: string;
  readonly trouble: SqloadError | null;
}

/** Plays the load and keeps its record. */
async function play(host: Host, run: SettledRun, stage: Stage, machinery: Machinery): Promise<Played> {
  const { settings } = run;
  const { target, crew, out } = stage;
  const startedAt = new Date(machinery.date().getTime() + lead);
  const header = headerOf(run, stage, startedAt);
  const folder = createRunFolder(out, header.scenario, startedAt);
  const record = RecordWriter.open(join(folder, recordFile));
  record.write(header);
  const screen = settings.quiet.value ? null : new ProgressScreen(host.stderr);
  screen?.print(`${introduction(header)}\n${generator(header)}`);

  const stop = new RunStop();
  const load = crew.start(stop, lead);
  try {
    await conductRun(load.events, {
      host,
      header,
      stop,
      stopTimeout: run.plan.stopTimeout,
      abortOnFail: settings.abortOnFail.value,
      screen,
      keep: (event) => record.write(event),
    });
  } finally {
    record.close();
  }
  screen?.print(`Results are in ${relative(host.cwd, folder) || folder}\n\n`);
  return { folder, trouble: target.died() ?? load.trouble() ?? record.error };
}

function headerOf({ facts }: SettledRun, { target, share, requests }: Stage, at: Date): RecordHeader {
  const startedAt = at.toISOString();
  return {
    ...facts,
    startedAt,
    target: { address: target.address, builtIn: target.builtIn },
    preflight: { requests },
    slices: { count: share.slice.count, parts: [{ index: share.slice.index, startedAt }] },
    workers: share.workers,
  };
}

/** Who plays the load, where that is more than one thread or less than the whole run. */
function generator({ slices: { count, parts }, workers, profile }: RecordHeader): string {
  const threads = workers === 1 ? '' : `${workers} load threads`;
  const [part] = parts;
  if (part === undefined || count === 1) return threads === '' ? '' : `The load comes from ${threads}\n`;
  const slice = { index: part.index, count };
  const users = profile.peak === 0 ? [] : [`${shareOf(profile.peak, slice)} of ${profile.peak} users`];
  const arrivals = profile.arrivals === null ? [] : [`one in ${count} of the arrivals`];
  return `This is slice ${showSlice(slice)} of the run: ${[...users, ...arrivals].join(', ')}${threads === '' ? '' : ` on ${threads}`}; "sqload merge" joins the records of all slices\n`;
}
