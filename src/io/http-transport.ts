import type { Clock } from '../core/clock.ts';
import type { Transport } from '../engine/world.ts';
import { defaultConnectionPolicy, type TransportOptions } from './connection-policy.ts';
import { dialler } from './dialler.ts';
import { KnownHeads } from './known-heads.ts';
import { NextTurn } from './next-turn.ts';
import { RequestText } from './request-text.ts';
import { SharedWires } from './shared-wires.ts';
import { type Keeper, UserConnection } from './user-connection.ts';
import { Wire, type WireSettings } from './wire.ts';

export interface HttpTransportOptions extends TransportOptions {
  readonly clock: Clock;
}

/**
 * Sends over HTTP/1.1, on the connections that the policy in `options` allows; redirects are not followed.
 * `bytesSent` counts request line, headers and body; `bytesReceived` the answer's body.
 */
export function httpTransport(options: HttpTransportOptions): Transport {
  const { origin, clock, connections, keepAlive, staleRetry } = { ...defaultConnectionPolicy, ...options };
  const open = new Set<UserConnection>();
  const settings: WireSettings = {
    clock,
    dialler: dialler(options),
    heads: new KnownHeads(),
    requests: new RequestText(new URL(origin).host, keepAlive.kind === 'off' ? 'close' : 'keep-alive'),
    turn: new NextTurn(),
    keepAlive,
    staleRetry,
  };
  const keeper: Keeper = {
    settings,
    forget: (connection) => open.delete(connection),
    leave: closeInTurns(clock),
  };
  const shared = connections.kind === 'shared' ? new SharedWires(settings, connections.count) : null;
  let closed = false;
  return {
    open() {
      const connection = new UserConnection(keeper, shared ? { shared } : { own: new Wire(settings, null) });
      if (closed) connection.close();
      else open.add(connection);
      return connection;
    },
    async close() {
      closed = true;
      shared?.stop();
      await Promise.all([...open].map((connection) => connection.end()));
      await shared?.discard();
    },
  };
}

/** How long closing may take in one turn of the event loop, ms. */
const closingTime = 1;

/**
 * Closing one connection costs as much as a few requests. When users leave by the hundred, as after a surge or at the end,
 * closing all of them at once would hold up the replies to everybody else, and the delay would be counted as the server's.
 */
function closeInTurns(clock: Clock): Keeper['leave'] {
  const leaving: UserConnection[] = [];
  const closeSome = (): void => {
    const until = clock.now() + closingTime;
    do void leaving.pop()?.end();
    while (leaving.length > 0 && clock.now() < until);
    if (leaving.length > 0) setImmediate(closeSome);
  };
  return (connection) => {
    if (leaving.push(connection) === 1) setImmediate(closeSome);
  };
}
