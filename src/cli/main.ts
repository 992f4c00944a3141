import { type ExitCode, exitCodes } from '../core/errors.ts';
import type { Host } from './host.ts';
import type { Actions } from './program.ts';
import { tell } from './tell.ts';
import { sqloadVersion } from './version.ts';

/**
 * The whole command line of sqload: runs what `host.argv` asks for and answers with the exit code. Never throws; what goes
 * wrong is one sentence and a hint on standard error.
 */
export async function main(host: Host, actions?: Actions): Promise<ExitCode> {
  try {
    const [only, ...others] = host.argv;
    // Asked for by scripts: it does not wait for the command line to be loaded.
    if (others.length === 0 && (only === '--version' || only === '-V')) {
      host.stdout.write(`${sqloadVersion()}\n`);
      return exitCodes.passed;
    }
    const { runProgram } = await import('./program.ts');
    return await runProgram(host, actions);
  } catch (error) {
    return tell(host, error);
  }
}
