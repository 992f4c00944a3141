import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { millis, plus } from '../core/units.ts';
import type { WireReply } from '../protocol/wire.ts';
import { type FullBacklog, fullBacklog } from '../testing/full-backlog.ts';
import { httpAnswer, type RawServer, rawServer } from '../testing/raw-server.ts';
import type { ConnectionPolicy } from './connection-policy.ts';
import { httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

// How soon after its deadline a request ends is a matter of the machine, and measured by bench/deadline.js.

const limit = 100;
const clock = realClock();
const cleanups: (() => Promise<void>)[] = [];
let backlog: FullBacklog | null = null;
beforeAll(async () => {
  backlog = await fullBacklog();
});
afterAll(() => backlog?.close());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const policies: readonly [string, Partial<ConnectionPolicy>][] = [
  ['a connection for each user', {}],
  ['connections shared', { connections: { kind: 'shared', count: 2 } }],
  ['a connection for each request', { keepAlive: { kind: 'off' } }],
];

async function serve(act: (socket: Socket) => void): Promise<RawServer> {
  const server = await rawServer(({ socket }) => act(socket));
  cleanups.push(() => server.close());
  return server;
}

/** Sends one request and expects that it ends by our timer, never early, and says what it was doing. */
async function expectTimeout(origin: string, policy: Partial<ConnectionPolicy>, doing: string): Promise<WireReply> {
  const transport = httpTransport({ origin, clock, tls: { insecure: true, ca: null }, ...policy });
  cleanups.push(() => transport.close());
  const handed = clock.now();
  const request = { method: 'GET', path: '/', headers: [], body: null } as const;
  const reply = await transport.open(0).send(request, plus(handed, millis(limit)));
  expect(reply).toMatchObject({
    kind: 'broken',
    error: 'timeout',
    detail: `no complete answer within ${limit} ms: given up while ${doing}`,
    retried: false,
  });
  expect(reply.ended - handed).toBeGreaterThanOrEqual(limit);
  return reply;
}

/** Writes the text now and then, for longer than anyone waits. */
function drip(socket: Socket, begin: string, text: string): void {
  socket.write(begin);
  const timer = setInterval(() => socket.write(text), 5);
  socket.once('close', () => clearInterval(timer));
}

// What came while the machine stood still for all of the limit is read after the timer has fired: then once more.
describe.each(policies)('the deadline, with %s', { retry: 2 }, (_, policy) => {
  test('counts a connect that nobody accepts', async ({ skip }) => {
    if (!backlog) return skip('this system accepts connections without end');
    const reply = await expectTimeout(`http://127.0.0.1:${backlog.port}`, policy, 'connecting');
    expect(reply).toMatchObject({ opened: false, connect: 0, bytesSent: 0 });
    expect(reply.firstByte).toBeNaN();
  });

  test('counts a TLS handshake that hangs', async () => {
    const server = await serve(() => {});
    const reply = await expectTimeout(server.origin.replace('http:', 'https:'), policy, 'connecting');
    expect(reply).toMatchObject({ opened: false, bytesSent: 0 });
    await server.idle();
  });

  test.each<[string, (socket: Socket) => void, string]>([
    ['says nothing', () => {}, 'waiting for the first byte'],
    ['sends headers without end', (s) => drip(s, 'HTTP/1.1 200 OK\r\n', 'x: y\r\n'), 'waiting for the first byte'],
    [
      'sends interim answers without end',
      (s) => drip(s, '', 'HTTP/1.1 102 Processing\r\n\r\n'),
      'waiting for the first byte',
    ],
    [
      'sends a body byte by byte',
      (s) => drip(s, 'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n', 'x'),
      'reading the body',
    ],
    [
      'sends chunks without end',
      (s) => drip(s, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'),
      'reading the body',
    ],
  ])('takes the request back from a server that %s', async (_, act, doing) => {
    const server = await serve(act);
    const reply = await expectTimeout(server.origin, policy, doing);
    expect(reply).toMatchObject({ opened: true });
    expect(reply.bytesSent).toBeGreaterThan(0);
    // The transport is still open: the connection is gone since the request was.
    await server.idle();
    expect([server.connections, server.requests]).toEqual([1, 1]);
  });

  test('of a request is its own, after others on the same connection that had more time, and less', async () => {
    let silent = false;
    const server = await serve((socket) => {
      if (!silent) socket.write(httpAnswer('{}'));
    });
    const transport = httpTransport({ origin: server.origin, clock, tls: { insecure: false, ca: null }, ...policy });
    cleanups.push(() => transport.close());
    const connection = transport.open(0);
    const send = (ms: number): Promise<WireReply> =>
      connection.send({ method: 'GET', path: '/', headers: [], body: null }, plus(clock.now(), millis(ms)));
    for (const ms of [60_000, 5000, 60_000]) expect(await send(ms)).toMatchObject({ kind: 'answered' });
    silent = true;
    for (const ms of [50, 100, 50]) {
      const handed = clock.now();
      const reply = await send(ms);
      expect(reply).toMatchObject({ error: 'timeout' });
      expect(reply.ended - handed).toBeGreaterThanOrEqual(ms);
      expect(reply.ended - handed).toBeLessThan(5000);
    }
  });
});
