import { Worker } from 'node:worker_threads';
import { bug, type SqloadError } from '../core/errors.ts';
import type { MockOptions } from '../mock/mock-options.ts';
import { type MockVitals, RemoteMock } from './mock-messages.ts';
import type { RunningMockServer } from './mock-server.ts';

export interface MockThreadHooks {
  /** The thread has ended although nobody closed it: the server is gone, with every connection to it. */
  readonly onExit: (error: SqloadError) => void;
}

/** A server in a thread of its own. */
export interface MockThread extends RunningMockServer {
  /** How its thread fared since it was last asked. */
  vitals(): Promise<MockVitals>;
}

/** Built from mock-worker.ts. Node 20 starts no thread from a `.ts` file, so this works from `dist/` only. */
const workerFile = new URL('./mock-worker.js', import.meta.url);

/**
 * Starts the reference server in a worker thread, so that it takes no time from the load thread.
 * @throws SqloadError with exit code 2 when an option does not hold or the port cannot be had, and 70 when the thread does not start.
 */
export async function startMockThread(
  options: MockOptions,
  { onExit }: MockThreadHooks,
  file: URL = workerFile,
): Promise<MockThread> {
  // Its output is taken and thrown away, so that none of it gets into a report; it takes no flags of the main thread.
  const worker = new Worker(file, {
    workerData: options,
    name: 'sqload mock',
    stdout: true,
    stderr: true,
    execArgv: [],
  });
  worker.stdout.resume();
  worker.stderr.resume();
  const remote = new RemoteMock(worker);
  let cause: unknown = null;
  let serving = false;
  worker.on('error', (error: unknown) => {
    cause = error;
  });
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      const error = ended(cause, code);
      remote.fail(error);
      if (serving) onExit(error);
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    serving = false;
    await worker.terminate();
    await exited;
  };
  try {
    const address = await remote.address;
    serving = true;
    return { address, stats: () => remote.stats(), vitals: () => remote.vitals(), close: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function ended(cause: unknown, code: number): SqloadError {
  const said = cause === null ? `exit code ${code}` : cause instanceof Error ? cause.message : String(cause);
  return bug(`The thread of the built-in server has ended: ${said}`);
}
