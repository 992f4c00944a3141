import { usageError } from '../core/errors.ts';
import { type Connections, defaultConnectionPolicy } from '../io/connection-policy.ts';

/** Files that Node, the record and the reports need beside the connections. */
const reserve = 64;

/**
 * Holds the connections of a run against the number of files that this process may open. The built-in server lives in the
 * same process and has the other end of each.
 * @throws SqloadError (exit 2) that says what to set: better now than as thousands of failed requests.
 */
export function checkOpenFiles(
  users: number,
  builtIn: boolean,
  limit: number | null,
  connections: Connections = defaultConnectionPolicy.connections,
): void {
  const shared = connections.kind === 'shared' && connections.count < users;
  const count = shared ? connections.count : users;
  const needed = count * (builtIn ? 2 : 1) + reserve;
  if (limit === null || needed <= limit) return;
  const fit = Math.floor((limit - reserve) / (builtIn ? 2 : 1));
  const noun = shared ? 'shared connections' : 'users';
  throw usageError(
    `${count} ${noun} need ${needed} open files${builtIn ? ' with the built-in server' : ''}, but this process may open ${limit}.`,
    `Raise the limit in this shell with "ulimit -n ${needed}"${fit > 0 ? `, or use at most ${fit} ${noun}` : ''}.`,
  );
}
