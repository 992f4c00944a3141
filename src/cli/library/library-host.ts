import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Host, TextOutput } from '../host.ts';

/** What a program lends of its process, and no more. */
export interface LibraryProcess {
  readonly cwd: string;
  readonly nodeVersion: string;
  /** Variables, when the program wants them (and `.env`) to be read; null: neither is. */
  readonly env: Host['env'] | null;
}

/** A host inside somebody else's program: it writes nothing, installs no signal handler, and never leaves; `signal` is its Ctrl-C. */
export function libraryHost({ cwd, nodeVersion, env }: LibraryProcess, signal: AbortSignal): Host {
  return {
    argv: [],
    env: env ?? {},
    cwd,
    nodeVersion,
    stdout: silent,
    stderr: silent,
    readFile: (path) => readFileSync(resolve(cwd, path), 'utf8'),
    fileExists: (path) =>
      (env !== null || path !== '.env') && (statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isFile() ?? false),
    onSignal(handler) {
      const stop = (): void => handler('SIGINT');
      if (signal.aborted) queueMicrotask(stop);
      else signal.addEventListener('abort', stop, { once: true });
      return () => signal.removeEventListener('abort', stop);
    },
    exit: () => {},
  };
}

const silent: TextOutput = { write: () => {}, isTTY: false, columns: 100 };
