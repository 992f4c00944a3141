import type { ExitCode } from '../core/errors.ts';

/** All that the command line touches of the process: give it another host and a command runs inside a test. */
export interface Host {
  /** The words after `sqload`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Version of Node, without the `v`. */
  readonly nodeVersion: string;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** UTF-8 text of a file; a relative path starts at `cwd`. Throws what the system says (`code`: ENOENT, EACCES, …). */
  readFile(path: string): string;
  /** Whether the path is a file that exists; false for a folder. */
  fileExists(path: string): boolean;
  /** Tells each SIGINT and SIGTERM instead of dying of it, until the returned function is called. */
  onSignal(handler: (signal: StopSignal) => void): () => void;
  /** Leaves at once, whatever is still running. Commands otherwise end by returning their exit code. */
  exit(code: ExitCode): void;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Where text for people goes. Writing never throws: a reader that went away is no reason to stop a run. */
export interface TextOutput {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal in characters; 100 where there is none. */
  readonly columns: number;
}
