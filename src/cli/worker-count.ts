import { wholeNumber } from './quantity.ts';

const most = 64;

/** How many load threads: a number, or as many as the machine has room for. */
export type WorkerCount = number | 'auto';

/** Reads a number of load threads or `auto`. @throws RangeError saying what it must be. */
export function parseWorkers(text: string): WorkerCount {
  if (text === 'auto') return 'auto';
  try {
    return wholeNumber(1, most)(text);
  } catch {
    throw new RangeError(`must be a whole number from 1 to ${most}, or auto`);
  }
}

/**
 * How many load threads there will be. `auto` leaves one core to the main thread and one to the built-in server, and starts
 * no thread that would have no user.
 */
export function settleWorkers(
  workers: WorkerCount,
  { cores, users, builtIn }: { readonly cores: number; readonly users: number; readonly builtIn: boolean },
): number {
  return workers === 'auto' ? Math.max(1, Math.min(most, users, cores - 1 - (builtIn ? 1 : 0))) : workers;
}
