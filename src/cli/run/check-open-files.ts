import { usageError } from '../../core/errors.ts';
import { counted } from '../../core/format.ts';
import type { Connections } from '../../io/connection-policy.ts';

/** Files that Node with one load thread, the record and the reports need beside the connections, and each further thread. */
const [reserve, perThread] = [64, 8];

/** What a process needs connections for. */
export interface ConnectionNeeds {
  /** Most users of the closed load at a time. */
  readonly users: number;
  /** Most users that open load may bring at a time. */
  readonly arriving: number;
  readonly connections: Connections;
  /** Each user holds a stream of events beside the connection that it asks on. */
  readonly streams: boolean;
  /** Load threads. */
  readonly workers: number;
  /** The built-in server lives in the same process and has the other end of each. */
  readonly builtIn: boolean;
}

/**
 * Holds the connections of a run against the number of files that this process may open; null: the system does not say.
 * @throws SqloadError (exit 2) that says what to set: better now than as thousands of failed requests.
 */
export function checkOpenFiles(needs: ConnectionNeeds, limit: number | null): void {
  const { users, arriving, connections, streams, workers, builtIn } = needs;
  const shared = connections.kind === 'shared' && connections.count < users + arriving;
  const count = shared ? connections.count : users + arriving;
  const held = streams ? users + arriving : 0;
  const ends = builtIn ? 2 : 1;
  const others = reserve + (workers - 1) * perThread;
  const needed = (count + held) * ends + others;
  if (limit === null || needed <= limit) return;
  const room = Math.floor((limit - others) / ends);
  const fit = shared ? room - held : Math.floor(room / (streams ? 2 : 1));
  const noun = shared ? 'shared connections' : arriving > 0 ? 'users at a time' : 'users';
  throw usageError(
    `${count} ${noun}${streams ? ', and a stream of events for each user,' : ''}${workers === 1 ? '' : ` on ${workers} load threads`} need ${needed} open files${builtIn ? ' with the built-in server' : ''}, but this process may open ${limit}.`,
    `Raise the limit in this shell with "ulimit -n ${needed}"${remedy(fit, fit - users, shared, arriving > 0)}.`,
  );
}

/** The most users whose connections this process may open; infinite where the system does not say. */
export function usersThatFit(
  { streams, workers, builtIn }: Omit<ConnectionNeeds, 'users' | 'arriving' | 'connections'>,
  limit: number | null,
): number {
  if (limit === null) return Number.POSITIVE_INFINITY;
  const room = Math.floor((limit - reserve - (workers - 1) * perThread) / (builtIn ? 2 : 1));
  return Math.max(1, Math.floor(room / (streams ? 2 : 1)));
}

function remedy(fit: number, places: number, shared: boolean, open: boolean): string {
  if (fit <= 0) return '';
  if (shared) return `, or use at most ${counted(fit, 'shared connection')}`;
  return open && places > 0 ? `, or give --max-users ${places}` : `, or use at most ${counted(fit, 'user')}`;
}
