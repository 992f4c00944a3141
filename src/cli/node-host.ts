import { readFileSync, statSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ExitCode, exitCodes } from '../core/errors.ts';
import type { Host, StopSignal, TextOutput } from './host.ts';
import type { LibraryProcess } from './library/library-host.ts';
import { StreamOutput } from './stream-output.ts';
import { tell } from './tell.ts';
import { sqloadVersion } from './version.ts';

/** Runs sqload in this process, from the command line to the exit code. */
export async function runProcess(): Promise<void> {
  const stdout = new StreamOutput(process.stdout);
  const stderr = new StreamOutput(process.stderr);
  const host = nodeHost(stdout, stderr);
  process.on('uncaughtException', (error) => {
    void tell(host, error).then((code) => process.exit(code));
  });
  let answered = false;
  process.on('exit', (code) => {
    if (!answered && code === exitCodes.passed) endedEarly();
  });
  const code = asksForVersion(host) ? tellVersion(host) : await (await import('./main.ts')).main(host);
  await stdout.flush();
  if (stdout.lost) stderr.write('sqload: The report could not be written to standard output: is its disk full?\n');
  await stderr.flush();
  answered = true;
  // Once said, the answer holds: a socket or thread left behind must not keep a CI job waiting.
  process.exit(stdout.lost ? withLostOutput(code) : code);
}

/** Nothing was left to wait for: without a verdict nobody may take it for passed. */
function endedEarly(): void {
  process.exitCode = exitCodes.invalid;
  writeSync(
    2,
    'sqload: The process ended before there was a verdict.\n  This is a bug in sqload: please report it with the command that caused it.\n',
  );
}

/** A lone `--version`, as scripts ask, does not wait for the rest of sqload to be loaded. */
const asksForVersion = ({ argv: [only, ...others] }: Host): boolean =>
  others.length === 0 && (only === '--version' || only === '-V');

function tellVersion(host: Host): ExitCode {
  host.stdout.write(`${sqloadVersion()}\n`);
  return exitCodes.passed;
}

function nodeHost(stdout: TextOutput, stderr: TextOutput): Host {
  const cwd = process.cwd();
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd,
    nodeVersion: process.versions.node,
    stdout,
    stderr,
    readFile: (path) => readFileSync(resolve(cwd, path), 'utf8'),
    fileExists: (path) => statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isFile() ?? false,
    onSignal,
    exit: (code) => process.exit(code),
  };
}

/** What a program that uses sqload as a library lends of its process. */
export const ownProcess = (): LibraryProcess => ({
  cwd: process.cwd(),
  nodeVersion: process.versions.node,
  env: process.env,
});

function onSignal(handler: (signal: StopSignal) => void): () => void {
  // A terminal that is closed sends SIGHUP: the run ends as with SIGTERM, with its reports.
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const listener = (signal: NodeJS.Signals): void => handler(signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/** A result that could not be written is no result; a worse answer stays. */
function withLostOutput(code: ExitCode): ExitCode {
  const milder: readonly ExitCode[] = [exitCodes.passed, exitCodes.failed, exitCodes.inconclusive];
  return milder.includes(code) ? exitCodes.invalid : code;
}
