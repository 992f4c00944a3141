import { type ExitCode, exitCodes, SqloadError } from '../core/errors.ts';
import { escapeControls } from '../core/escape-controls.ts';
import { createRedactor } from '../core/redactor.ts';
import type { Host } from './host.ts';

/** Says what went wrong. A stack is for those who look for a bug: SQLOAD_DEBUG=1. */
export async function tell(host: Host, error: unknown): Promise<ExitCode> {
  if (error instanceof SqloadError) {
    host.stderr.write(
      `sqload: ${printable(error.message)}\n${error.hint === '' ? '' : `  ${printable(error.hint)}\n`}`,
    );
    await tellStack(host, error);
    return error.exitCode;
  }
  const redact = await redactorFor(host);
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  host.stderr.write(
    `sqload: ${printable(redact(what))}\n` +
      '  This is a bug in sqload: please report it with the command that caused it. SQLOAD_DEBUG=1 shows where it happened.\n',
  );
  await tellStack(host, error);
  return exitCodes.bug;
}

/** A message may quote a server or a file: only its line ends reach the terminal as they are. */
const printable = (text: string): string => text.split('\n').map(escapeControls).join('\n');

async function tellStack(host: Host, error: unknown): Promise<void> {
  if (!/^(1|true|yes|on)$/i.test(host.env['SQLOAD_DEBUG'] ?? '')) return;
  if (error instanceof Error && error.stack) host.stderr.write(`${(await redactorFor(host))(error.stack)}\n`);
}

/** Nobody knows what an unexpected error quotes. Loaded here, since `--version` has no use for the settings. */
async function redactorFor(host: Host): Promise<(text: string) => string> {
  const { givenSecrets } = await import('./settings/settings.ts');
  return createRedactor(givenSecrets(host));
}
