import { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { buildConnector, Client, type Dispatcher } from 'undici';
import type { Clock } from '../core/clock.ts';
import { type Millis, millis } from '../core/units.ts';
import type { TransportOptions } from './connection-policy.ts';

/** What happens to a request on the wire: undici 7's older handler interface, which is called without adapters. */
export type WireHandler = Required<
  Pick<
    Dispatcher.DispatchHandler,
    'onConnect' | 'onResponseStarted' | 'onHeaders' | 'onData' | 'onComplete' | 'onError'
  >
>;

/** How a connection came about. */
export interface Opening {
  readonly connect: Millis;
  /** 0 without TLS. */
  readonly tls: Millis;
  readonly resumed: boolean;
}

/** Called when undici opens a connection: at once with the socket, then when it is ready. */
export interface OpeningListener {
  opening(socket: Socket): void;
  opened(socket: Socket, opening: Opening): void;
}

/** Opens the connections of one transport. */
export type Opener = (listener: OpeningListener) => buildConnector.connector;

/** A client of one origin with one connection at a time. */
export function undiciClient(origin: string, connect: buildConnector.connector): Client {
  return new Client(origin, {
    connect,
    pipelining: 1,
    // undici's own timeouts tick at half a second.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: forever,
    keepAliveMaxTimeout: forever,
    // Subtracted from a server's hint, so that no hint is short.
    keepAliveTimeoutThreshold: -forever,
  });
}

/** Takes the time that connections need to open, and that TLS has in it. */
export function opener(options: TransportOptions, clock: Clock): Opener {
  const connector = connectorOf(options);
  const secure = new URL(options.origin).protocol === 'https:';
  return (listener) => (target, callback) => {
    const started = clock.now();
    let reached = started;
    const socket: unknown = connector(target, (...result) => {
      const ready: unknown = result[1];
      if (ready instanceof Socket) {
        const ended = clock.now();
        listener.opened(ready, {
          connect: millis(ended - started),
          tls: millis(secure ? ended - reached : 0),
          resumed: ready instanceof TLSSocket && ready.isSessionReused(),
        });
      }
      callback(...result);
    });
    if (!(socket instanceof Socket)) return;
    if (secure) {
      socket.once('connect', () => {
        reached = clock.now();
      });
    }
    listener.opening(socket);
  };
}

/** undici's cache of TLS sessions depends on the garbage collector, so it stays off: sessions are resumed always or never. */
function connectorOf({ origin, tls, tlsResumption }: TransportOptions): buildConnector.connector {
  const settings = {
    timeout: 0,
    maxCachedSessions: 0,
    rejectUnauthorized: !tls.insecure,
    // Made once: reading the authorities anew for each connection costs more than its handshake.
    ...(origin.startsWith('https:')
      ? { secureContext: createSecureContext(tls.ca === null ? {} : { ca: tls.ca }) }
      : {}),
  };
  if (!tlsResumption) return buildConnector(settings);
  let last: Buffer | null = null;
  return (target, callback) => {
    const connect = buildConnector(last === null ? settings : { ...settings, session: last });
    const socket: unknown = connect(target, callback);
    // With TLS 1.3 tickets come after the handshake, several of them: the newest is the one to use.
    if (socket instanceof Socket)
      socket.on('session', (session: Buffer) => {
        last = session;
      });
    return socket;
  };
}

/** The longest span that a Node timer takes. */
const forever = 2 ** 31 - 1;
