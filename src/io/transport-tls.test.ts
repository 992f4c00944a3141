import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { millis, plus } from '../core/units.ts';
import type { Connection } from '../engine/world.ts';
import type { WireReply } from '../protocol/wire.ts';
import { httpAnswer, type RawExchange, type RawServer, rawServer } from '../testing/raw-server.ts';
import type { ConnectionPolicy } from './connection-policy.ts';
import { httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

const clock = realClock();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const pem = (name: string) => readFileSync(new URL(`../testing/tls/localhost-${name}.pem`, import.meta.url), 'utf8');
const certificate = { key: pem('key'), cert: pem('cert') };
const plain = ({ socket }: RawExchange): void => void socket.write(httpAnswer('{}'));

async function serve(script: (exchange: RawExchange) => void = plain): Promise<RawServer> {
  const server = await rawServer(script, { tls: certificate });
  cleanups.push(() => server.close());
  return server;
}

function transportTo(origin: string, policy: Partial<ConnectionPolicy> = {}, ca: string | null = certificate.cert) {
  const transport = httpTransport({ origin, clock, tls: { insecure: false, ca }, ...policy });
  cleanups.push(() => transport.close());
  return transport;
}

const send = (connection: Connection, ms = 5000): Promise<WireReply> =>
  connection.send({ method: 'GET', path: '/', headers: [], body: null }, plus(clock.now(), millis(ms)));
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('TLS', () => {
  test('takes a part of the time to connect, on a connection that is opened only', async () => {
    const server = await serve();
    const connection = transportTo(server.origin).open(0);
    const first = await send(connection);
    expect(first).toMatchObject({ kind: 'answered', opened: true, resumed: false });
    expect(first.tls).toBeGreaterThan(0);
    expect(first.connect).toBeGreaterThan(first.tls);
    expect(await send(connection)).toMatchObject({ kind: 'answered', opened: false, tls: 0, connect: 0 });
    expect(server.connections).toBe(1);
  });

  test('carries answers of many reads, for several users at a time', async () => {
    const server = await serve(({ socket, body }) => socket.write(httpAnswer(body.repeat(100_000))));
    const transport = transportTo(server.origin);
    const replies = await Promise.all(
      Array.from({ length: 4 }, (_, user) => {
        const request = { method: 'POST', path: '/', headers: [], body: `é${user}` } as const;
        return transport.open(user).send(request, plus(clock.now(), millis(5000)));
      }),
    );
    for (const [user, reply] of replies.entries())
      expect(reply.kind === 'answered' && reply.body === `é${user}`.repeat(100_000)).toBe(true);
  });

  test.each([
    ['every handshake is a full one', false, [false, false, false, false]],
    ['with --tls-resumption all but the first resume a session', true, [false, true, true, true]],
  ])('%s, among all users of a transport', async (_, tlsResumption, resumed) => {
    const server = await serve();
    const transport = transportTo(server.origin, { tlsResumption });
    const replies: WireReply[] = [];
    for (let user = 0; user < 4; user++) {
      replies.push(await send(transport.open(user)));
      // Tickets come after the answer began.
      await turn();
    }
    expect(replies.map((reply) => reply.resumed)).toEqual(resumed);
    expect(replies.every(({ opened, tls }) => opened && tls > 0)).toBe(true);
    // Not two transports: a session is no ambient state.
    expect(await send(transportTo(server.origin, { tlsResumption }).open(0))).toMatchObject({ resumed: false });
  });

  test('a session that the server does not know any more is a full handshake, not a failure', async () => {
    const server = await serve();
    const transport = transportTo(server.origin, { tlsResumption: true });
    await send(transport.open(0));
    await turn();
    const port = server.port;
    await server.close();
    // Another server at the same address has other ticket keys.
    const next = await rawServer(plain, { tls: certificate, port });
    cleanups.push(() => next.close());
    expect(await send(transport.open(1))).toMatchObject({ kind: 'answered', opened: true, resumed: false });
  });

  test.each<[string, Partial<ConnectionPolicy>]>([
    ['a connection for each user', {}],
    ['connections shared', { connections: { kind: 'shared', count: 2 } }],
  ])(
    'a close_notify on an idle connection is no failure: the next request opens another, with %s',
    async (_, policy) => {
      const server = await serve(({ socket }) => {
        socket.write(httpAnswer('{}'));
        setTimeout(() => socket.end(), 5);
      });
      const connection = transportTo(server.origin, policy).open(0);
      for (let i = 0; i < 3; i++) {
        expect(await send(connection)).toMatchObject({ kind: 'answered', opened: true, retried: false });
        await server.idle();
        await turn();
      }
      expect([server.connections, server.requests]).toEqual([3, 3]);
    },
  );

  test('a close that crosses a request on a used connection is retried once', async () => {
    const server = await serve(({ socket, indexOnConnection }) => {
      if (indexOnConnection === 0) socket.write(httpAnswer('{}'));
      else socket.destroy();
    });
    const connection = transportTo(server.origin).open(0);
    await send(connection);
    expect(await send(connection)).toMatchObject({ kind: 'answered', opened: true, retried: true });
    expect([server.connections, server.requests]).toEqual([2, 3]);
  });

  test('a certificate that nobody vouches for is a failure of kind tls, each time, resumption or not', async () => {
    const server = await serve();
    const connection = transportTo(server.origin, { tlsResumption: true }, null).open(0);
    for (let i = 0; i < 3; i++) {
      expect(await send(connection)).toMatchObject({ kind: 'broken', error: 'tls', opened: false, bytesSent: 0 });
      await turn();
    }
    expect(server.requests).toBe(0);
  });

  test.each<[string, (socket: Socket) => void, string]>([
    ['a reset', (socket) => socket.resetAndDestroy(), 'reset'],
    ['a close', (socket) => socket.end(), 'reset'],
    ['plain HTTP', (socket) => socket.end(httpAnswer('{}', 400)), 'tls'],
    ['silence', () => {}, 'timeout'],
  ])('%s in the handshake', async (_, act, error) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {}).once('data', () => act(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const connection = transportTo(`https://127.0.0.1:${port}`).open(0);
    const handed = clock.now();
    const limit = error === 'timeout' ? 60 : 5000;
    const reply = await send(connection, limit);
    expect(reply).toMatchObject({ kind: 'broken', error, opened: false, retried: false, bytesSent: 0 });
    if (error === 'timeout') expect(reply.ended - handed).toBeGreaterThanOrEqual(limit);
    expect(sockets).toHaveLength(1);
  });
});
