import { formatDuration } from '../../core/duration.ts';
import type { Connections, KeepAlive } from '../../io/connection-policy.ts';
import { readDuration } from './quantity.ts';

/** As many as there are local ports for them, and then some. */
const mostShared = 100_000;

/** Reads `per-user` or `shared:20`. Throws RangeError saying what it must be. */
export function parseConnections(text: string): Connections {
  if (text === 'per-user') return { kind: 'per-user' };
  const count = Number(/^shared:(\d+)$/.exec(text)?.[1]);
  if (!(count >= 1 && count <= mostShared))
    throw new RangeError('must be per-user, or shared:<n> with a whole number from 1 to 100 000');
  return { kind: 'shared', count };
}

export const showConnections = (connections: Connections): string =>
  connections.kind === 'per-user' ? 'per-user' : `shared:${connections.count}`;

/** Reads `keep`, `off`, or a duration above 0. Throws RangeError saying what it must be. */
export function parseKeepAlive(text: string): KeepAlive {
  if (text === 'keep' || text === 'off') return { kind: text };
  if (!/^\d/.test(text)) throw new RangeError('must be keep, off, or a duration like 4s');
  const limit = readDuration(text);
  if (limit <= 0) throw new RangeError('must be above 0; off is a new connection for each request');
  return { kind: 'idle', limit };
}

export const showKeepAlive = (keepAlive: KeepAlive): string =>
  keepAlive.kind === 'idle' ? formatDuration(keepAlive.limit) : keepAlive.kind;
