import { Worker } from 'node:worker_threads';
import { exitCodes, SqloadError } from '../core/errors.ts';
import { createRedactor } from '../core/redactor.ts';
import { type Millis, plus, seconds } from '../core/units.ts';
import type { RunStop } from '../engine/stop.ts';
import { joinEvents } from '../record/join.ts';
import type { RunEvent } from '../record/run-event.ts';
import { divide, type Slice, shareOf } from '../workload/slice.ts';
import type { TransportOptions } from './connection-policy.ts';
import { type LoadPort, RemoteLoad, type ThreadOrder } from './load-messages.ts';
import { processVitals, withProcess } from './process-vitals.ts';
import { monotonic } from './real-clock.ts';

/** The load that one process plays: plain data. */
export interface LoadOrder extends ThreadOrder {
  /** The share of the run that this process plays; its threads divide it among themselves. */
  readonly slice: Slice;
  readonly workers: number;
}

/** Load threads that wait for the start. */
export interface LoadCrew {
  /** Begins the run `lead` from now, and ends it when `stop` says so. May be called once. */
  start(stop: RunStop, lead: Millis): LoadPlay;
  /** Ends the threads, whatever they are doing. May be called more than once. */
  dismiss(): Promise<void>;
}

/** A run under way. */
export interface LoadPlay {
  /** What all threads together tell. Whoever leaves it early ends the threads. */
  readonly events: AsyncIterable<RunEvent>;
  /** Why a thread died; null while none has. */
  trouble(): SqloadError | null;
}

/** A thread as it was just started: it may still fail to become ready. */
export interface LoadThread {
  readonly port: LoadPort;
  /** Resolves when the thread is gone, with what it died of in words. */
  readonly ended: Promise<string>;
  terminate(): Promise<unknown>;
}

/** When a thread dies the others have this long for the requests in flight. */
const graceAfterDeath = seconds(1);

/**
 * Starts the load threads of a run and waits until all of them are ready. A thread that dies later ends the run: the others
 * stop in order, and the end is `thread-died`.
 * @throws SqloadError with exit code 4 when one does not come up.
 */
export async function startLoadThreads(
  order: LoadOrder,
  startThread: (order: ThreadOrder, name: string) => LoadThread = workerThread(),
): Promise<LoadCrew> {
  const { workers, ...shared } = order;
  const redact = createRedactor(order.plan.secrets);
  const threads = Array.from({ length: workers }, (_, j) => {
    const slice = divide(order.slice, j, workers);
    const transport = shareTransport(order.transport, j, workers);
    const thread = startThread({ ...shared, transport, slice }, `sqload load ${j + 1}/${workers}`);
    const remote = new RemoteLoad(thread.port);
    void thread.ended.then((cause) => remote.fail(death(j, workers, redact(cause))));
    return { thread, remote };
  });
  const remotes = threads.map(({ remote }) => remote);
  const dismiss = async (): Promise<void> => {
    await Promise.all(threads.map(({ thread }) => thread.terminate()));
  };
  try {
    await Promise.all(remotes.map((remote) => remote.ready()));
  } catch (error) {
    await dismiss();
    throw error;
  }
  return { start: (stop, lead) => begin(remotes, stop, lead, dismiss), dismiss };
}

/** Shared connections are divided among the threads: a connection lives in one. */
function shareTransport(transport: TransportOptions, index: number, count: number): TransportOptions {
  if (transport.connections?.kind !== 'shared') return transport;
  const own = shareOf(transport.connections.count, { index, count });
  return { ...transport, connections: { kind: 'shared', count: Math.max(1, own) } };
}

function begin(remotes: readonly RemoteLoad[], stop: RunStop, lead: Millis, dismiss: () => Promise<void>): LoadPlay {
  const at = plus(monotonic(), lead);
  for (const remote of remotes) remote.start(at);
  const forward = (): void => {
    if (stop.reason) for (const remote of remotes) remote.stop(stop.reason);
  };
  if (stop.stopped) forward();
  else stop.signal.addEventListener('abort', forward, { once: true });
  const told = remotes.map((remote) => watched(remote, stop));
  async function* events(): AsyncGenerator<RunEvent, void, undefined> {
    try {
      yield* withProcess(joinEvents(told, { unfinished: 'thread-died' }), processVitals());
    } finally {
      stop.signal.removeEventListener('abort', forward);
      await dismiss();
    }
  }
  return { events: events(), trouble: () => remotes.find(({ failure }) => failure !== null)?.failure ?? null };
}

/** What a thread tells; if it dies the others are stopped. */
async function* watched(remote: RemoteLoad, stop: RunStop): AsyncGenerator<RunEvent, void, undefined> {
  yield* remote.events();
  if (remote.failure) stop.stop({ reason: 'thread-died', grace: graceAfterDeath });
}

function death(index: number, workers: number, cause: string): SqloadError {
  const which = workers === 1 ? 'The load thread' : `Load thread ${index + 1} of ${workers}`;
  return new SqloadError(`${which} has died: ${cause.replace(/\.$/, '')}.`, {
    exitCode: exitCodes.invalid,
    hint: /EMFILE/.test(cause)
      ? 'It may open no more files: raise the limit in this shell with ulimit -n, or use fewer --workers.'
      : /memory/i.test(cause)
        ? 'Give each thread less to do: more --workers, fewer users, or slices on more machines (--slice).'
        : 'What the threads measured before is kept and reported, but it is not the run that was asked for: run it again.',
  });
}

/** Built from load-worker.ts. Node 20 starts no thread from a `.ts` file, so this works from `dist/` only. */
const workerFile = new URL('./load-worker.js', import.meta.url);

/**
 * Room for young objects, MB. What a thinking user holds survives a collection and is moved by it: little room makes
 * collections short. At 10 000 users the 99th percentile of lateness is 3 ms with it and 8 ms with the 48 MB of Node.
 */
const youngGeneration = 3;

/** Starts load threads from a file. */
export function workerThread(file: URL = workerFile): (order: ThreadOrder, name: string) => LoadThread {
  return (order, name) => {
    // Its output is taken and thrown away, so that none of it gets into a report; it takes no flags of the main thread.
    const worker = new Worker(file, {
      workerData: order,
      name,
      stdout: true,
      stderr: true,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: youngGeneration },
    });
    worker.stdout.resume();
    worker.stderr.resume();
    let cause: unknown = null;
    worker.on('error', (error: unknown) => {
      cause = error;
    });
    const ended = new Promise<string>((resolve) => {
      worker.on('exit', (code) => resolve(inWords(cause, code)));
    });
    return { port: worker, ended, terminate: () => worker.terminate() };
  };
}

function inWords(cause: unknown, code: number): string {
  if (cause === null) return `it left with exit code ${code}`;
  return cause instanceof Error ? cause.message : String(cause);
}
