import { resolve } from 'node:path';
import { type ExitCode, SqloadError, usageError } from '../../core/errors.ts';
import type { Hooks } from '../../io/hooks.ts';
import { checkHooks } from '../../io/load-hooks.ts';
import { checkWritable } from '../../io/run-folder.ts';
import type { HookTrouble } from '../../record/hooks-event.ts';
import type { LiveEvent } from '../../report/live-event.ts';
import type { Machinery } from '../machinery.ts';
import { hooksOfProgram } from '../options/run-options.ts';
import { addToHistory, checkHistory } from '../run/add-to-history.ts';
import { folderOfPrefix, writeReports } from '../run/deliver-reports.ts';
import { worse } from '../run/deliver-run.ts';
import { type Performed, performRun } from '../run/perform-run.ts';
import { judgeRecord } from '../run/read-run.ts';
import { keepInFolder, keepInMemory } from '../run/record-keeper.ts';
import { followerOf } from '../run/run-follower.ts';
import { type RunReport, runReport } from '../run/run-report.ts';
import { settleRun } from '../settings/settle-run.ts';
import { EventQueue } from './event-queue.ts';
import { type LibraryProcess, libraryHost } from './library-host.ts';
import type { LoadSettings } from './load-settings.ts';
import { settingsAsFlags } from './settings-as-flags.ts';

/** What to run, and how: the options of the command line, and what only a program can say. */
export interface RunRequest extends Omit<LoadSettings, 'hooks'> {
  /** `ramp`, `sustained`, `spike`, or the path of a scenario file. */
  readonly scenario: string;
  /** Its abort is Ctrl-C: requests in flight get 5 s, and the run is judged `interrupted`; before the load, `result` rejects. */
  readonly signal?: AbortSignal | undefined;
  /** Whether variables `SQLOAD_…` and the file `.env` are read, as on the command line; false when left out. */
  readonly environment?: boolean | undefined;
  /** The path of a file with hooks, or the hooks themselves. */
  readonly hooks?: string | Hooks | undefined;
  /** Whether `requestFailed` is told, for every failed request; false when left out. A hook of that name hears it in any case. */
  readonly everyFailure?: boolean | undefined;
}

/** A run under way. To iterate it is to hear what it tells from then on; each iteration hears all of it. */
export interface Run extends AsyncIterable<LiveEvent> {
  /**
   * What came of it. A failing server is a result (`exitCode` 1); it rejects only when there was no load: with SqloadError for
   * options that make no sense (exit code 2) and a server that cannot be reached (5).
   */
  readonly result: Promise<RunResult>;
}

/** A run that is over, judged, and where its reports are. */
export interface RunResult extends RunReport {
  /** Of the record and its reports; null: nothing was written, since `out` was left out. */
  readonly folder: string | null;
  /** What kept sqload from measuring or writing all of it; null: nothing did. */
  readonly trouble: SqloadError | null;
  /** What went wrong with hooks, that for the verdict included. */
  readonly hookTroubles: readonly HookTrouble[];
}

/** Starts a run in this process. The load has threads of its own; the process is not touched otherwise. */
export function startRun(request: RunRequest, around: LibraryProcess, machinery: Machinery): Run {
  const queues = new Set<EventQueue>();
  const tell = (events: readonly LiveEvent[]): void => {
    for (const queue of queues) for (const event of events) queue.push(event);
  };
  // Later than this call: whoever iterates at once hears the beginning.
  const result = Promise.resolve().then(() => playRun(request, around, machinery, tell));
  const over = (error: unknown): void => {
    for (const queue of queues) queue.end(error);
  };
  const settled = result.then(
    () => over(null),
    (error) => over(error),
  );
  return {
    result,
    async *[Symbol.asyncIterator]() {
      const queue = new EventQueue();
      queues.add(queue);
      void settled.then(() => queue.end(null));
      try {
        yield* queue.read();
      } finally {
        queues.delete(queue);
      }
    },
  };
}

async function playRun(
  request: RunRequest,
  around: LibraryProcess,
  machinery: Machinery,
  tell: (events: readonly LiveEvent[]) => void,
): Promise<RunResult> {
  checkRequest(request);
  const {
    scenario,
    signal = new AbortController().signal,
    environment = false,
    everyFailure,
    hooks: given,
    ...settings
  } = request;
  const host = libraryHost({ ...around, env: environment ? around.env : null }, signal);
  const quiet = [{ name: 'quiet', text: 'true' }];
  const hooks = typeof given === 'object' ? checkHooks({ ...given }, 'the option hooks') : null;
  const flags = settingsAsFlags({ ...settings, hooks: hooks ? hooksOfProgram : (given as string | undefined) });
  const settled = settleRun(host, { scenario, settings: { ...flags, quiet } });
  const hear = (event: LiveEvent): void => tell([event]);
  const follower = await followerOf(settled, { host, machinery, hooks, listeners: { hear, everyFailure } });
  const out = settings.out === undefined ? null : resolve(host.cwd, settings.out);
  const prefix = settings.csv === undefined ? null : resolve(host.cwd, settings.csv);
  try {
    const performed = await performRun(settled, {
      host,
      machinery,
      keepRecord: out === null ? keepInMemory : keepInFolder(out),
      checkPlaces: () => {
        if (out !== null) {
          checkWritable(out);
          checkHistory(out);
        }
        if (prefix !== null) checkWritable(folderOfPrefix(host, prefix), 'csv');
      },
      left: signal,
      follower,
    });
    if (typeof performed === 'number') throw leftEarly(performed);
    const result = resultOf(performed, { prefix, fullHistory: settled.settings.csvFullHistory.value });
    await follower.judged({ kind: 'verdict', ...result.verdict, folder: result.folder });
    return { ...result, hookTroubles: follower.troubles };
  } finally {
    await follower.close();
  }
}

/** Programs need not be typed. @throws SqloadError (exit 2) for what only a program can say, and says wrongly. */
function checkRequest(request: unknown): void {
  if (typeof request !== 'object' || request === null)
    throw usageError('run() takes an object: run({ scenario: "spike" }).');
  const { scenario, signal, environment, everyFailure } = request as Readonly<Record<string, unknown>>;
  if (typeof scenario !== 'string' || scenario === '')
    throw usageError(
      'The option scenario must be ramp, sustained, spike, or the path of a scenario file.',
      'For example: run({ scenario: "spike" }).',
    );
  if (signal !== undefined && !isSignal(signal))
    throw usageError('The option signal must be an AbortSignal.', 'For example: new AbortController().signal.');
  for (const [name, value] of Object.entries({ environment, everyFailure }))
    if (value !== undefined && typeof value !== 'boolean')
      throw usageError(`The option ${name} must be true or false.`);
}

/** Also one that another realm or a library made. */
const isSignal = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;

const leftEarly = (exitCode: ExitCode): SqloadError =>
  new SqloadError('The run was stopped before its load began.', { exitCode });

function resultOf(
  { keeper, trouble }: Performed,
  { prefix, fullHistory }: { readonly prefix: string | null; readonly fullHistory: boolean },
): Omit<RunResult, 'hookTroubles'> {
  const record = keeper.record();
  const judged = judgeRecord(record);
  const report = runReport(judged);
  const { folder } = keeper;
  const written = troubleWriting(() => writeReports(judged, { folder, prefix, fullHistory }));
  const listed = folder === null ? null : troubleWriting(() => addToHistory(judged, folder));
  const found = trouble ?? written ?? listed;
  return {
    ...report,
    exitCode: found === null ? report.exitCode : worse(report.exitCode, found.exitCode),
    folder,
    trouble: found,
  };
}

function troubleWriting(write: () => void): SqloadError | null {
  try {
    write();
    return null;
  } catch (error) {
    if (error instanceof SqloadError) return error;
    throw error;
  }
}
