import type { Host, StopSignal } from '../cli/host.ts';
import type { ExitCode } from '../core/errors.ts';

export interface FakeHostOptions {
  /** The words after `sqload`. */
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files by path, as the command names them. */
  readonly files?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface FakeHost extends Host {
  /** All that was written so far. */
  readonly written: { stdout: string; stderr: string };
  /** Codes given to `exit()`; a fake host lives on. */
  readonly exits: readonly ExitCode[];
  /** Sends a signal to whoever listens; says whether anybody did. */
  signal(signal: StopSignal): boolean;
}

/** A host inside a test: captured output, files in memory, signals on call. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const { argv = [], env = {}, files = {}, isTTY = false, columns = 100 } = options;
  const written = { stdout: '', stderr: '' };
  const exits: ExitCode[] = [];
  const handlers = new Set<(signal: StopSignal) => void>();
  const output = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY,
    columns,
  });
  return {
    argv,
    env,
    cwd: '/project',
    nodeVersion: '20.18.1',
    stdout: output('stdout'),
    stderr: output('stderr'),
    readFile: (path) => files[path] ?? missing(path),
    fileExists: (path) => files[path] !== undefined,
    onSignal(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    exit: (code) => exits.push(code),
    written,
    exits,
    signal(signal) {
      for (const handler of handlers) handler(signal);
      return handlers.size > 0;
    },
  };
}

function missing(path: string): never {
  throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
}
