import type { ExitCode } from '../core/errors.ts';
import type { Host } from './host.ts';
import { type Actions, runProgram } from './program.ts';
import { tell } from './tell.ts';

/**
 * The whole command line of sqload: runs what `host.argv` asks for and answers with the exit code. Never throws; what goes
 * wrong is one sentence and a hint on standard error.
 */
export async function main(host: Host, actions?: Actions): Promise<ExitCode> {
  try {
    return await runProgram(host, actions);
  } catch (error) {
    return tell(host, error);
  }
}
