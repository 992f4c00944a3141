import { usageError } from '../../core/errors.ts';
import type { Connections } from '../../io/connection-policy.ts';
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

/** What decides how many threads make sense. */
interface Room {
  readonly cores: number;
  readonly users: number;
  /** For users that arrive, in this process; null without open load. */
  readonly places: number | null;
  readonly connections: Connections;
  readonly builtIn: boolean;
}

/**
 * How many load threads there will be. `auto` leaves one core to the main thread and one to the built-in server, and starts
 * no thread that would have no user or no connection.
 * @throws SqloadError (exit 2) when there are more threads than shared connections, or than places for users who arrive.
 */
export function settleWorkers(workers: WorkerCount, { cores, users, places, connections, builtIn }: Room): number {
  const shared = connections.kind === 'shared' ? connections.count : most;
  const room = places ?? most;
  if (workers === 'auto') return Math.max(1, Math.min(most, users, shared, room, cores - 1 - (builtIn ? 1 : 0)));
  if (workers > shared)
    throw usageError(
      `${workers} load threads cannot share ${shared} ${shared === 1 ? 'connection' : 'connections'}: each needs one of its own.`,
      `Give at most --workers ${shared}, or more connections.`,
    );
  if (workers > room)
    throw usageError(
      `${workers} load threads cannot share ${room} ${room === 1 ? 'place' : 'places'} for users that arrive: a thread without one would drop all of its arrivals.`,
      'Give a higher --max-users, or fewer threads or slices.',
    );
  return workers;
}
