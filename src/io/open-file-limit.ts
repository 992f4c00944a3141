import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * How many files, sockets among them, this process may have open; null where the system does not say. Node raises its soft
 * limit to the hard one as it starts, so this is what a run can really use.
 */
export function openFileLimit(): number | null {
  try {
    return softLimitIn(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return askShell();
  }
}

/** The soft limit in the text of `/proc/self/limits`; null when it is unlimited or not there. */
export function softLimitIn(limits: string): number | null {
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? null : Number(soft);
}

/** Where there is no /proc (macOS): a shell inherits the limit and prints it. */
function askShell(): number | null {
  try {
    const limit = Number(
      execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    return Number.isInteger(limit) ? limit : null;
  } catch {
    return null;
  }
}
