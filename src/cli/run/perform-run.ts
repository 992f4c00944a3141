import { relative } from 'node:path';
import { type ExitCode, exitCodes, SqloadError } from '../../core/errors.ts';
import { counted } from '../../core/format.ts';
import { millis } from '../../core/units.ts';
import { RunStop } from '../../engine/stop.ts';
import type { LoadCrew } from '../../io/load-threads.ts';
import { withMonitors } from '../../io/monitors/monitor-watch.ts';
import type { Sampler } from '../../io/monitors/sampler.ts';
import { withCounter } from '../../io/monitors/server-counter.ts';
import type { CounterSource } from '../../monitor/counter-source.ts';
import type { RecordHeader } from '../../record/record.ts';
import { type Slice, shareOf } from '../../workload/slice.ts';
import type { Host } from '../host.ts';
import type { Machinery } from '../machinery.ts';
import { showSlice } from '../options/slice-text.ts';
import { startMoment } from '../options/start-time.ts';
import { settleWorkers } from '../options/worker-count.ts';
import { chosenSentence } from '../preflight/dialect-advice.ts';
import { findDialect } from '../preflight/find-dialect.ts';
import { openTarget, type Target } from '../preflight/target.ts';
import { tryServer } from '../preflight/try-server.ts';
import type { SettledRun } from '../settings/settle-run.ts';
import { checkOpenFiles } from './check-open-files.ts';
import { conductRun } from './conduct-run.ts';
import { countBefore } from './count-before.ts';
import { introduction } from './introduction.ts';
import { openMonitors, watchServer } from './open-monitors.ts';
import { processSlice } from './process-slice.ts';
import { ProgressScreen } from './progress-screen.ts';
import type { KeepRecord, RecordKeeper } from './record-keeper.ts';
import type { RunFollower } from './run-follower.ts';
import { waitForStart } from './wait-for-start.ts';

/** From the order to start to time 0 of the run: every load thread has heard of it by then. */
const lead = millis(50);

/** Who plays a run, and who follows it. */
export interface RunCompany {
  readonly host: Host;
  readonly machinery: Machinery;
  readonly keepRecord: KeepRecord;
  /** Before anything is touched: whether what the run comes to can be put where it is wanted. */
  readonly checkPlaces: () => void;
  /** Ends the waiting for a server that is tried before the load; within the load the host tells it as a signal. */
  readonly left?: AbortSignal | undefined;
  readonly follower: RunFollower;
  /** Whether nothing is told of the run but its progress on a terminal: it is one of many. */
  readonly brief?: boolean;
}

/** A run that was played to its end, whatever that was. */
export interface Performed {
  readonly keeper: RecordKeeper;
  /** What kept sqload itself from measuring or writing all of it. */
  readonly trouble: SqloadError | null;
}

/**
 * Opens the target, gets everything ready, plays the load, and keeps its record; nothing is left open then. Answers with the exit code alone
 * when a signal came before the load.
 * @throws SqloadError when there is no load to be played.
 */
export async function performRun(settled: SettledRun, company: RunCompany): Promise<Performed | ExitCode> {
  const { host, machinery } = company;
  const { settings } = settled;
  // Before anything is touched.
  shareOfProcess(settled, machinery);
  const moment = settings.startAt.value === null ? null : startMoment(settings.startAt.value, machinery.date());
  company.checkPlaces();

  const target = await openTarget(settled, machinery);
  const quiet = settings.quiet.value;
  try {
    const say = (text: string): void => (quiet || company.brief ? undefined : host.stderr.write(text));
    const ready = await unlessLeft(getReady(settled, target, company, say), company.left);
    try {
      const left = moment === null ? null : await waitForStart(moment, { host, machinery, lead, quiet });
      return left ?? (await play(company, ready));
    } finally {
      await ready.stage.crew.dismiss();
    }
  } finally {
    await target.close();
  }
}

/** @throws SqloadError (exit 130) when `left` aborts first; what comes of the waiting is then dismissed. */
async function unlessLeft(ready: Promise<Ready>, left: AbortSignal | undefined): Promise<Ready> {
  if (left === undefined) return ready;
  let leave = (): void => {};
  const gone = new Promise<never>((_, reject) => {
    leave = () =>
      reject(
        new SqloadError('The run was stopped before its load began.', {
          exitCode: exitCodes.interrupted,
          cause: left.reason,
        }),
      );
  });
  left.addEventListener('abort', leave, { once: true });
  if (left.aborted) leave();
  try {
    return await Promise.race([ready, gone]);
  } catch (error) {
    void ready.then(({ stage }) => stage.crew.dismiss()).catch(() => {});
    throw error;
  } finally {
    left.removeEventListener('abort', leave);
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
  const streams = 'transport' in plan.dialect && plan.dialect.transport === 'http+sse';
  checkOpenFiles({ users, arriving, connections, streams, workers, builtIn }, machinery.openFileLimit());
  return { slice, workers };
}

/**
 * Finds out what the server speaks, where that was left open, and then tries it while the load threads come up.
 * @throws SqloadError when the target does not answer, or a thread does not come up.
 */
async function getReady(settled: SettledRun, target: Target, company: RunCompany, say: Say): Promise<Ready> {
  const { machinery, follower } = company;
  const samplers = await openMonitors(settled, target, machinery);
  const { run, dialect, requests } = await findDialect(settled, target, machinery);
  if (dialect !== null) say(`${chosenSentence(dialect)}\n`);
  // Another dialect may need more connections.
  const share = shareOfProcess(run, machinery);
  const { plan, seed, settings } = run;
  const [tried, prepared] = await Promise.allSettled([
    settings.preflight.value ? tryServer(run, target, machinery) : 0,
    machinery.prepareLoad({
      plan: { ...plan, everyFailure: follower.wantsEveryFailure },
      seed,
      transport: target.transport,
      ...share,
    }),
  ]);
  if (prepared.status === 'rejected') throw prepared.reason;
  if (tried.status === 'fulfilled')
    return { run, stage: { target, samplers, crew: prepared.value, share, requests: requests + tried.value } };
  await prepared.value.dismiss();
  throw tried.reason;
}

type Say = (text: string) => void;

/** A run whose every question is answered, and all that it is played with. */
interface Ready {
  readonly run: SettledRun;
  readonly stage: Stage;
}

/** All that a run is played with. */
interface Stage {
  readonly target: Target;
  readonly samplers: readonly Sampler[];
  readonly crew: LoadCrew;
  readonly share: Share;
  /** Of the preflight, what found out the dialect included. */
  readonly requests: number;
}

/** Plays the load and keeps its record. */
async function play(company: RunCompany, { run, stage }: Ready): Promise<Performed> {
  const { host, machinery, keepRecord, follower, brief = false } = company;
  const { settings } = run;
  const { target, crew } = stage;
  const before = await countBefore(run, stage, machinery);
  const startedAt = new Date(machinery.date().getTime() + lead);
  const header = headerOf(run, stage, startedAt);
  const keeper = keepRecord(header, startedAt);
  const screen = settings.quiet.value || (brief && !host.stderr.isTTY) ? null : new ProgressScreen(host.stderr);
  if (!brief) screen?.print(`${introduction(header)}\n${generator(header)}`);
  follower.begin(header);

  const stop = new RunStop();
  const load = crew.start(stop, lead);
  const watch = watchServer(stage.samplers, machinery.clock(), lead, (text) => screen?.print(text));
  try {
    const watched = withMonitors(load.events, watch);
    const ask = (source: CounterSource) => machinery.readCounter(source, target.transport.tls);
    const events = before === null ? watched : withCounter(watched, before, ask);
    await conductRun(follower.follow(events), {
      ...{ host, header, stop, screen },
      stopTimeout: run.plan.stopTimeout,
      abortOnFail: settings.abortOnFail.value,
      keep: (event) => keeper.keep(event),
    });
  } finally {
    keeper.close();
  }
  if (keeper.folder !== null && !brief)
    screen?.print(`Results are in ${relative(host.cwd, keeper.folder) || keeper.folder}\n\n`);
  return { keeper, trouble: target.died() ?? load.trouble() ?? keeper.error };
}

function headerOf({ facts }: SettledRun, { target, samplers, share, requests }: Stage, at: Date): RecordHeader {
  const startedAt = at.toISOString();
  return {
    ...facts,
    startedAt,
    target: { address: target.address, builtIn: target.builtIn },
    monitors: samplers.map(({ monitor }) => ({ ...monitor, slice: share.slice.index })),
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
  const users = profile.peak === 0 ? [] : [`${shareOf(profile.peak, slice)} of ${counted(profile.peak, 'user')}`];
  const arrivals = profile.arrivals === null ? [] : [`one in ${count} of the arrivals`];
  return `This is slice ${showSlice(slice)} of the run: ${[...users, ...arrivals].join(', ')}${threads === '' ? '' : ` on ${threads}`}; "sqload merge" joins the records of all slices\n`;
}
