import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import type { TransportOptions } from './connection-policy.ts';

/** Takes what a socket reads: the bytes are valid during the call only. */
export type Reader = (length: number, bytes: Buffer) => boolean;

/** Opens the connections of one transport. */
export interface Dialler {
  readonly secure: boolean;
  /** A socket that is about to connect. It is ready at `connect`, with TLS at `secureConnect`. */
  dial(reader: Reader): Socket;
}

/** As much as one read of a socket can bring. */
const readBytes = 64 * 1024;
/** After so long without a sign of life the system asks whether the other side is still there. */
const keepAliveInitialDelay = 60_000;

export function dialler({ origin, tls, tlsResumption = false }: TransportOptions): Dialler {
  const url = new URL(origin);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (secure ? 443 : 80);
  // One buffer for all sockets: each is read to the end before the next one is. A buffer for each read would be garbage.
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  const common = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay };
  if (!secure) return { secure, dial: (callback) => connectTcp({ ...common, onread: { buffer, callback } }) };

  const options: ConnectionOptions = {
    ...common,
    rejectUnauthorized: !tls.insecure,
    // Made once: reading the authorities anew for each connection costs more than its handshake.
    secureContext: createSecureContext(tls.ca === null ? {} : { ca: tls.ca }),
    ALPNProtocols: ['http/1.1'],
    // An address is no server name (RFC 6066, section 3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
  let last: Buffer | null = null;
  return {
    secure,
    dial(callback) {
      const session = last === null ? {} : { session: last };
      // Documented for sockets, and passed on to them, but not among the types of TLS.
      const onread = { onread: { buffer, callback } };
      const socket = connectTls({ ...options, ...session, ...onread });
      // With TLS 1.3 tickets come after the handshake, several of them: the newest is the one to use.
      if (tlsResumption)
        socket.on('session', (ticket) => {
          last = ticket;
        });
      return socket;
    },
  };
}

export const isResumed = (socket: Socket): boolean => socket instanceof TLSSocket && socket.isSessionReused();
