import { usageError } from '../core/errors.ts';

/** Files that Node, the record and the reports need beside the connections. */
const reserve = 64;

/**
 * Holds the connections of a run, one for each user, against the number of files that this process may open. The built-in
 * server lives in the same process and has the other end of each.
 * @throws SqloadError (exit 2) that says what to set: better now than as thousands of failed requests.
 */
export function checkOpenFiles(users: number, builtIn: boolean, limit: number | null): void {
  const needed = users * (builtIn ? 2 : 1) + reserve;
  if (limit === null || needed <= limit) return;
  const fit = Math.floor((limit - reserve) / (builtIn ? 2 : 1));
  throw usageError(
    `${users} users need ${needed} open files${builtIn ? ' with the built-in server' : ''}, but this process may open ${limit}.`,
    `Raise the limit in this shell with "ulimit -n ${needed}"${fit > 0 ? `, or use at most ${fit} users` : ''}.`,
  );
}
