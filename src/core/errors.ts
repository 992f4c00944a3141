/** What the process answers to the shell; higher precedence first is 70, 2, 5, 130/143, 4, 1, 3, 0. */
export const exitCodes = {
  passed: 0,
  failed: 1,
  usage: 2,
  inconclusive: 3,
  invalid: 4,
  unreachable: 5,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failing tool (not a failing server): one sentence, what to do about it, and the exit code. */
export class SqloadError extends Error {
  override readonly name = 'SqloadError';
  readonly exitCode: ExitCode;
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
