import { readFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { getActiveResourcesInfo } from 'node:process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { millis, plus } from '../core/units.ts';
import type { Connection, Transport } from '../engine/world.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import {
  httpAnswer,
  type RawExchange,
  type RawServer,
  type RawServerOptions,
  rawServer,
} from '../testing/raw-server.ts';
import { httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

const clock = realClock();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const get: WireRequest = { method: 'GET', path: '/health', headers: ['accept', 'application/json'], body: null };
const post = (body: string): WireRequest => ({
  method: 'POST',
  path: '/questions',
  headers: ['content-type', 'application/json'],
  body,
});
const noTls = { insecure: false, ca: null };

function transportTo(origin: string, tls: { insecure: boolean; ca: string | null } = noTls): Transport {
  const transport = httpTransport({ origin, clock, tls });
  cleanups.push(() => transport.close());
  return transport;
}

async function serve(
  script: (exchange: RawExchange) => void,
  options: RawServerOptions = {},
): Promise<{ server: RawServer; transport: Transport; connection: Connection }> {
  const server = await rawServer(script, options);
  cleanups.push(() => server.close());
  const transport = transportTo(server.origin);
  return { server, transport, connection: transport.open(0) };
}

const within = (ms: number) => plus(clock.now(), millis(ms));
const send = (connection: Connection, request = get, ms = 5000): Promise<WireReply> =>
  connection.send(request, within(ms));

const answered = (body: string, status = 200) => ({ kind: 'answered', status, body });
const broken = (error: string, detail: RegExp = /./) => ({
  kind: 'broken',
  error,
  detail: expect.stringMatching(detail),
});

describe('httpTransport() reads answers', () => {
  test('with a content-length, over one connection, request after request', async () => {
    const { server, connection } = await serve(({ socket, method, path, body, headers }) =>
      socket.write(
        httpAnswer(`${method} ${path} ${headers.get('content-type')} ${body}`, 200, { 'Content-Type': 'text/plain' }),
      ),
    );
    const first = await send(connection, post('{"é":1}'));
    const second = await send(connection, post('two'));
    expect(first).toMatchObject({ ...answered('POST /questions application/json {"é":1}'), contentType: 'text/plain' });
    expect(first).toMatchObject({ opened: true, retried: false });
    expect(second).toMatchObject({ ...answered('POST /questions application/json two'), opened: false, connect: 0 });
    expect(server.connections).toBe(1);
  });

  test('with times in order on the clock it was given', async () => {
    const { connection } = await serve(({ socket }) => socket.write(httpAnswer('{}')));
    const handed = clock.now();
    const { sent, firstByte, ended, connect } = await send(connection);
    expect([handed, sent, firstByte, ended]).toEqual([handed, sent, firstByte, ended].sort((a, b) => a - b));
    expect(connect).toBeGreaterThan(0);
    expect(sent - handed).toBeGreaterThanOrEqual(connect);
  });

  test('and counts the bytes of the whole request and of the body of the answer', async () => {
    const { connection } = await serve(({ socket, bytes }) => socket.write(httpAnswer(`é${bytes}`)));
    for (const request of [get, post('héllo'), get]) {
      const reply = await send(connection, request);
      expect(reply).toMatchObject(answered(`é${reply.bytesSent}`));
      expect(reply.bytesReceived).toBe(Buffer.byteLength(`é${reply.bytesSent}`));
    }
  });

  test('with headers in Latin-1 beside a body in UTF-8, and bytes counted as they are', async () => {
    const { connection } = await serve(({ socket, bytes, headers, body }) =>
      socket.write(httpAnswer(`${bytes} ${headers.get('x-name')} ${body}`)),
    );
    const reply = await send(connection, { ...post('hé€'), headers: ['x-name', 'Zoé'] });
    expect(reply).toMatchObject(answered(`${reply.bytesSent} Zoé hé€`));
  });

  test.each([
    ['in one piece', (body: string) => httpAnswer(body)],
    ['in chunks', (body: string) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunksOf(body)}`],
  ])('of many reads, %s, and of several connections at a time', async (_, write) => {
    const { transport, server } = await serve(({ socket, body }) => socket.write(write(body.repeat(40_000))));
    const users = Array.from({ length: 5 }, (_, user) => transport.open(user));
    for (let round = 0; round < 2; round++) {
      const replies = await Promise.all(users.map((user, i) => send(user, post(`é${i}€${round}`))));
      for (const [i, reply] of replies.entries()) {
        expect(reply).toMatchObject({ kind: 'answered', bytesReceived: 40_000 * 7 });
        expect(reply.kind === 'answered' && reply.body === `é${i}€${round}`.repeat(40_000)).toBe(true);
      }
    }
    expect(server.connections).toBe(5);
  });

  test('at a name with more addresses than the server listens at', async () => {
    const { server } = await serve(({ socket }) => socket.write(httpAnswer('{}')));
    const connection = transportTo(`http://localhost:${server.port}`).open(0);
    for (const opened of [true, false]) expect(await send(connection)).toMatchObject({ ...answered('{}'), opened });
  });

  test('in chunks, with a character cut in two', async () => {
    const { connection } = await serve(({ socket }) => {
      const [left, right] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      socket.write(Buffer.concat([Buffer.from('2\r\na'), left, Buffer.from('\r\n')]));
      setImmediate(() => socket.write(Buffer.concat([Buffer.from('2\r\n'), right, Buffer.from('b\r\n0\r\n\r\n')])));
    });
    expect(await send(connection)).toMatchObject({ ...answered('aéb'), bytesReceived: 4 });
    expect(await send(connection)).toMatchObject({ ...answered('aéb'), opened: false });
  });

  test('that end with the connection, and opens another for the next', async () => {
    const { connection, server } = await serve(({ socket }) => socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end'));
    expect(await send(connection)).toMatchObject(answered('until the end'));
    expect(await send(connection)).toMatchObject({ ...answered('until the end'), opened: true, retried: false });
    expect(server.connections).toBe(2);
  });

  test.each([204, 301, 404, 500])('with status %i, and follows nothing', async (status) => {
    const { connection, server } = await serve(({ socket }) =>
      socket.write(httpAnswer(status === 204 ? '' : 'x', status, { location: '/elsewhere' })),
    );
    expect(await send(connection, post('{}'))).toMatchObject(answered(status === 204 ? '' : 'x', status));
    expect(server.requests).toBe(1);
  });

  test('after an interim answer, whose first byte is not the first of the answer', async () => {
    const { connection } = await serve(({ socket }) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n');
      setTimeout(() => socket.write(httpAnswer('late')), 20);
    });
    const reply = await send(connection);
    expect(reply).toMatchObject(answered('late'));
    expect(reply.firstByte - reply.sent).toBeGreaterThan(15);
  });

  test('up to 1 MiB, counts the rest, and does not pass a cut answer off as bad JSON', async () => {
    const long = 'x'.repeat(1024 * 1024 + 1);
    const { connection } = await serve(({ socket, index }) => socket.write(httpAnswer(long, index === 0 ? 200 : 500)));
    expect(await send(connection)).toMatchObject({
      ...broken('protocol-error', /longer than 1 MiB/),
      bytesReceived: long.length,
    });
    expect(await send(connection)).toMatchObject({ ...answered(long.slice(1), 500), opened: false });
  });

  test('and keeps the connection whatever the server hints about keep-alive', async () => {
    const { connection, server } = await serve(({ socket }) =>
      socket.write(httpAnswer('{}', 200, { 'keep-alive': 'timeout=1' })),
    );
    for (let i = 0; i < 3; i++) await send(connection);
    expect(server.connections).toBe(1);
  });
});

describe('httpTransport() and closed connections', () => {
  test('a close of the idle connection is no failure: the next request opens another', async () => {
    const { connection, server } = await serve(({ socket }) => {
      socket.write(httpAnswer('{}'));
      setTimeout(() => socket.end(), 5);
    });
    expect(await send(connection)).toMatchObject({ kind: 'answered' });
    await server.idle();
    expect(await send(connection)).toMatchObject({ kind: 'answered', opened: true, retried: false });
  });

  test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
    'a close that crosses a request on a used connection (%s) is retried once',
    async (way) => {
      const { connection, server } = await serve(({ socket, indexOnConnection }) => {
        if (indexOnConnection === 0) socket.write(httpAnswer('{}'));
        else socket[way]();
      });
      await send(connection);
      expect(await send(connection, post('{}'))).toMatchObject({ ...answered('{}'), opened: true, retried: true });
      expect([server.connections, server.requests]).toEqual([2, 3]);
    },
  );

  test('a reset that comes before the request is written is no second attempt: it leaves once, on a fresh connection', async () => {
    const sockets: Socket[] = [];
    const { connection, server } = await serve(({ socket }) => {
      sockets.push(socket);
      socket.write(httpAnswer('{}'));
    });
    await send(connection);
    // From here the reset is read before the wire, which waits for a turn of the event loop, writes the request.
    await new Promise(setImmediate);
    sockets[0]?.resetAndDestroy();
    expect(await send(connection, post('{}'))).toMatchObject({ ...answered('{}'), opened: true, retried: false });
    expect(server.requests).toBe(2);
  });

  test('a retry that fails reports its own failure', async () => {
    const { connection, server } = await serve(({ socket, index }) => {
      if (index === 0) socket.write(httpAnswer('{}'));
      else socket.resetAndDestroy();
    });
    await send(connection);
    expect(await send(connection, post('{}'))).toMatchObject({
      ...broken('reset', /before the answer began/),
      retried: true,
    });
    expect(server.requests).toBe(3);
  });

  test('a retry runs against the deadline of the request', async () => {
    const { connection } = await serve(({ socket, index }) => {
      if (index === 0) socket.write(httpAnswer('{}'));
      else if (index === 1) socket.destroy();
    });
    await send(connection);
    const start = clock.now();
    const reply = await send(connection, get, 60);
    expect(reply).toMatchObject({ ...broken('timeout', /first byte/), retried: true });
    expect(reply.ended - start).toBeGreaterThanOrEqual(60);
  });

  test('a reset on a fresh connection is not retried', async () => {
    const { connection, server } = await serve(({ socket }) => socket.resetAndDestroy());
    expect(await send(connection)).toMatchObject({ ...broken('reset'), opened: true, retried: false });
    expect(server.requests).toBe(1);
  });

  test('a connection that is closed before a request can be written is a reset', async () => {
    const { connection } = await serve(() => {}, { onConnection: (socket) => socket.resetAndDestroy() });
    expect(await send(connection)).toMatchObject(broken('reset'));
  });

  test.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'],
    ['a length and a close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\nhalf'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['chunks and a close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('an answer with %s that stops half-way is a reset, and not retried', async (_, half) => {
    const { connection, server } = await serve(({ socket, indexOnConnection }) => {
      if (indexOnConnection === 0) socket.write(httpAnswer('{}'));
      else socket.end(half);
    });
    await send(connection);
    expect(await send(connection)).toMatchObject({
      ...broken('reset', /in the middle of the answer/),
      bytesReceived: 4,
      retried: false,
    });
    expect(server.requests).toBe(2);
    expect(await send(connection)).toMatchObject({ kind: 'answered', opened: true });
  });

  test('half a status line is a reset, and not retried', async () => {
    const { connection, server } = await serve(({ socket, indexOnConnection }) => {
      if (indexOnConnection === 0) socket.write(httpAnswer('{}'));
      else socket.end('HTTP/1.1 20');
    });
    await send(connection);
    expect(await send(connection)).toMatchObject({ ...broken('reset'), retried: false });
    expect(server.requests).toBe(2);
  });
});

describe('httpTransport() says why there is no answer', () => {
  test.each(['127.0.0.1', 'localhost'])('refused at %s', async (host) => {
    const connection = transportTo(`http://${host}:${await unusedPort()}`).open(0);
    const reply = await send(connection);
    expect(reply).toMatchObject({ ...broken('refused', /ECONNREFUSED/), opened: false, bytesSent: 0 });
    expect(reply.firstByte).toBeNaN();
    expect(await send(connection)).toMatchObject(broken('refused'));
  });

  test('an unknown host', async () => {
    expect(await send(transportTo('http://name.invalid').open(0), get, 20_000)).toMatchObject(
      broken('dns', /name\.invalid/),
    );
  });

  test.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['endless headers', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`],
  ])('%s instead of an answer', async (_, text) => {
    const { connection } = await serve(({ socket }) => socket.write(text));
    expect(await send(connection)).toMatchObject({ ...broken('protocol-error'), retried: false });
  });

  test('a header that cannot be sent is the fault of this side', async () => {
    const { connection } = await serve(({ socket }) => socket.write(httpAnswer('{}')));
    expect(await send(connection, { ...get, headers: ['x', 'two\nlines'] })).toMatchObject(broken('generator-error'));
    expect(await send(connection)).toMatchObject({ kind: 'answered' });
  });
});

describe('httpTransport() gives up at the deadline', () => {
  test.each([
    ['waiting for the first byte', 'nothing', ''],
    ['waiting for the first byte', 'an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['waiting for the first byte', 'half a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['reading the body', 'half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'],
  ])('%s, when %s came', async (stage, _, text) => {
    const { connection, server } = await serve(({ socket, index }) =>
      socket.write(index === 0 ? text : httpAnswer('{}')),
    );
    const start = clock.now();
    const reply = await send(connection, get, 50);
    expect(reply).toMatchObject(broken('timeout', new RegExp(`50 ms.*${stage}`)));
    expect(reply.ended - start).toBeGreaterThanOrEqual(50);
    expect(await send(connection)).toMatchObject({ kind: 'answered', opened: true });
    expect(server.connections).toBe(2);
  });

  test('connecting, and leaves no half-open socket behind', async () => {
    const server = await rawServer(() => {}, {});
    cleanups.push(() => server.close());
    // A TLS client waits for a hello that a plain server never sends.
    const connection = transportTo(server.origin.replace('http:', 'https:')).open(0);
    const reply = await send(connection, get, 50);
    expect(reply).toMatchObject({ ...broken('timeout', /connecting/), opened: false, bytesSent: 0 });
    await server.idle();
    expect(server.connections).toBe(1);
    expect(await send(connection, get, 50)).toMatchObject(broken('timeout', /connecting/));
    expect(server.connections).toBe(2);
  });
});

describe('httpTransport() over TLS', () => {
  const pem = (name: string) => readFileSync(new URL(`../testing/tls/localhost-${name}.pem`, import.meta.url), 'utf8');
  const tls = { key: pem('key'), cert: pem('cert') };

  test.each([
    ['with its authority', { insecure: false, ca: tls.cert }],
    ['insecurely', { insecure: true, ca: null }],
  ])('accepts a self-signed certificate %s', async (_, options) => {
    const server = await rawServer(({ socket }) => socket.write(httpAnswer('{}')), { tls });
    cleanups.push(() => server.close());
    const connection = transportTo(server.origin, options).open(0);
    expect(await send(connection)).toMatchObject({ ...answered('{}'), opened: true });
    expect(await send(connection)).toMatchObject({ ...answered('{}'), opened: false });
  });

  test('refuses a self-signed certificate otherwise', async () => {
    const server = await rawServer(({ socket }) => socket.write(httpAnswer('{}')), { tls });
    cleanups.push(() => server.close());
    expect(await send(transportTo(server.origin).open(0))).toMatchObject(broken('tls', /self-signed/));
  });

  test('finds a server without TLS out', async () => {
    const server = await rawServer(() => {}, { onConnection: (socket) => socket.write(httpAnswer('{}')) });
    cleanups.push(() => server.close());
    const connection = transportTo(server.origin.replace('http:', 'https:')).open(0);
    expect(await send(connection)).toMatchObject(broken('tls'));
  });
});

describe('httpTransport() ends', () => {
  test('close() settles all that is in flight as unfinished, and later requests at once', async () => {
    let arrived = 0;
    let allArrived = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      allArrived = resolve;
    });
    const { transport, connection, server } = await serve(({ socket, path }) => {
      if (path === '/half') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
      if (++arrived === 2) setImmediate(allArrived);
    });
    const waiting = send(connection);
    const reading = send(transport.open(1), { ...get, path: '/half' });
    await arrival;
    const connecting = send(transport.open(2));
    await transport.close();
    expect(await Promise.all([waiting, reading, connecting])).toMatchObject([
      broken('unfinished', /waiting/),
      broken('unfinished', /reading|waiting/),
      broken('unfinished', /connecting/),
    ]);
    expect(await send(connection)).toMatchObject(broken('unfinished', /run was over/));
    expect(await send(transport.open(3))).toMatchObject(broken('unfinished'));
    await server.idle();
  });

  test('leaves no timer behind for requests that are over', async () => {
    const timers = (): number => getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const { connection } = await serve(({ socket }) => socket.write(httpAnswer('{}')));
    await send(connection);
    const before = timers();
    for (let i = 0; i < 20; i++) await send(connection, get, 600_000 + i * 1000);
    expect(timers() - before).toBeLessThan(10);
  });

  test('Connection.close() closes the connection of its user only', async () => {
    const { transport, connection, server } = await serve(({ socket }) => socket.write(httpAnswer('{}')));
    await send(connection);
    connection.close();
    await server.idle();
    expect(await send(connection)).toMatchObject(broken('unfinished'));
    expect(await send(transport.open(1))).toMatchObject({ kind: 'answered' });
  });

  test('closes the connections of users who leave together a few in a turn, and all of them in the end', async () => {
    const { server } = await serve(({ socket }) => socket.write(httpAnswer('{}')));
    let time = 0;
    const now = () => {
      time += 0.6;
      return millis(time);
    };
    const slow = { now, until: clock.until };
    const transport = httpTransport({ origin: server.origin, clock: slow, tls: noTls });
    cleanups.push(() => transport.close());
    const users = Array.from({ length: 100 }, (_, i) => transport.open(i));
    await Promise.all(users.map((user) => user.send(get, millis(1_000_000))));
    const destroy = vi.spyOn(Socket.prototype, 'destroy');
    cleanups.push(async () => destroy.mockRestore());
    for (const user of users) user.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(destroy.mock.calls.length).toBeLessThan(20);
    await server.idle();
    expect(server.connections).toBe(100);
  });

  test('loses no reply of 200 users, whatever the server does', async () => {
    const { transport, server } = await serve(({ socket, body, index }) => {
      if (index % 11 === 3) socket.destroy();
      else if (index % 13 === 5) socket.end(httpAnswer(body, 200, { connection: 'close' }));
      else if (index % 17 === 7) socket.write('nonsense');
      else socket.write(httpAnswer(body));
    });
    const users = Array.from({ length: 200 }, async (_, user) => {
      const connection = transport.open(user);
      const replies: string[] = [];
      for (let step = 0; step < 5; step++) {
        const reply = await send(connection, post(`${user} ${step}`), 20_000);
        replies.push(reply.kind === 'answered' ? reply.body : reply.error);
      }
      connection.close();
      return replies;
    });
    const replies = await Promise.all(users);
    const own = replies.map((of, user) => of.map((reply, step) => reply === `${user} ${step}`));
    const failed = replies.flat().filter((reply) => !/^\d/.test(reply));
    expect(new Set(failed)).toEqual(new Set(['reset', 'protocol-error']));
    expect(own.flat().filter(Boolean).length).toBe(1000 - failed.length);
    expect(failed.length).toBeLessThan(250);
    await server.idle();
  });
});

/** The text in chunks of 1000 characters. */
function chunksOf(text: string): string {
  const chunks = text.match(/.{1,1000}/gsu) ?? [];
  return `${chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
