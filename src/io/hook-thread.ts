import { stderr, stdout } from 'node:process';
import { Worker } from 'node:worker_threads';
import { HookBoard } from './hook-board.ts';
import type { HookCaller } from './hook-caller.ts';
import type { HookOrder } from './hook-messages.ts';
import { realClock } from './real-clock.ts';
import { RemoteHooks } from './remote-hooks.ts';

/** Built from hook-worker.ts. Node 20 starts no thread from a `.ts` file, so this works from `dist/` only. */
const workerFile = new URL('./hook-worker.js', import.meta.url);

/**
 * Loads the hooks of a file into a thread of their own, which is ended when it does not come back. `shown` is the path as the user gave it.
 * @throws SqloadError (usage) when they cannot be loaded.
 */
export async function openHooks(path: string, shown: string, secrets: readonly string[]): Promise<HookCaller> {
  const board = new HookBoard();
  const order: HookOrder = { path, shown, secrets, board: board.cells };
  // With the flags of this process, since one may be what loads a hook's language.
  const worker = new Worker(workerFile, { workerData: order, name: 'sqload hooks', stdout: true, stderr: true });
  worker.unref();
  worker.stdout.on('data', (text) => print(stdout, text));
  worker.stderr.on('data', (text) => print(stderr, text));
  let cause: unknown = null;
  worker.on('error', (error: unknown) => {
    cause = error;
  });
  const ended = new Promise<string>((resolve) => {
    worker.on('exit', (code) => resolve(inWords(cause, code)));
  });
  const hooks = new RemoteHooks({ port: worker, ended, terminate: () => worker.terminate() }, board, realClock());
  try {
    await hooks.ready(shown);
  } catch (error) {
    await hooks.close();
    throw error;
  }
  return hooks;
}

/** Whoever reads it may be gone. */
function print(stream: NodeJS.WriteStream, text: Uint8Array): void {
  if (stream.writable) stream.write(text);
}

function inWords(cause: unknown, code: number): string {
  if (cause === null) return `it left with exit code ${code}, as with process.exit()`;
  return cause instanceof Error ? cause.message : String(cause);
}
