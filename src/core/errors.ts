/** What the process answers to the shell; higher precedence first is 70, 2, 5, 130/143, 4, 1, 3, 0. */
export const exitCodes = {
  /** Every threshold that the load can decide holds. */
  passed: 0,
  /** A threshold does not hold, or nothing succeeded. */
  failed: 1,
  /** A wrong option, scenario or file; nothing was sent. */
  usage: 2,
  /** Too little data for an answer, or a record that was cut short. */
  inconclusive: 3,
  /** sqload itself was the limit, or a result could not be written. */
  invalid: 4,
  /** The server was not reached before the load, or does not speak the protocol. */
  unreachable: 5,
  /** A bug in sqload. */
  bug: 70,
  /** Stopped by Ctrl-C or an AbortSignal. */
  interrupted: 130,
  /** Stopped by SIGTERM or a closed terminal. */
  terminated: 143,
} as const;

/** One of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * A failing tool (not a failing server): one sentence, what to do about it, and the exit code.
 *
 *     import { run, SqloadError } from 'sqload';
 *
 *     const wrong = await run({ scenario: 'spike', users: 'many' }).result.catch((error) => error);
 *     if (wrong instanceof SqloadError) console.log(wrong.exitCode, wrong.message, wrong.hint);
 */
export class SqloadError extends Error {
  override readonly name = 'SqloadError';
  /** What the command line leaves with: 2 for usage, 5 for a server that was not reached. */
  readonly exitCode: ExitCode;
  /** What to do about it, in a sentence; empty where there is nothing to say. */
  readonly hint: string;

  constructor(message: string, options: { exitCode: ExitCode; hint?: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode;
    this.hint = options.hint ?? '';
  }
}

/** Wrong usage or configuration: exit 2, nothing was touched. */
export const usageError = (message: string, hint = ''): SqloadError =>
  new SqloadError(message, { exitCode: exitCodes.usage, hint });

/** A bug in sqload: exit 70. */
export const bug = (message: string): SqloadError =>
  new SqloadError(message, {
    exitCode: exitCodes.bug,
    hint: 'This is a bug in sqload: please report it with the command that caused it.',
  });
