import { usageError } from '../core/errors.ts';

/** Files that Node, the record and the reports need beside the connections. */
const reserve = 64;

/**
 * Holds the connections of a run, one for each user, against the number of files that this process may open. The built-in
 * server lives in the same process and has the other end of each. `arriving` are those of the users that open load may bring
 * at a time.
 * @throws SqloadError (exit 2) that says what to set: better now than as thousands of failed requests.
 */
export function checkOpenFiles(users: number, builtIn: boolean, limit: number | null, arriving = 0): void {
  const needed = users * (builtIn ? 2 : 1) + reserve;
  if (limit === null || needed <= limit) return;
  const fit = Math.floor((limit - reserve) / (builtIn ? 2 : 1));
  const places = fit - (users - arriving);
  const remedy =
    arriving > 0 && places > 0 ? `, or give --max-users ${places}` : fit > 0 ? `, or use at most ${fit} users` : '';
  throw usageError(
    `${users} users${arriving > 0 ? ' at a time' : ''} need ${needed} open files${builtIn ? ' with the built-in server' : ''}, but this process may open ${limit}.`,
    `Raise the limit in this shell with "ulimit -n ${needed}"${remedy}.`,
  );
}
