import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { millis, plus } from '../core/units.ts';
import type { Connection } from '../engine/world.ts';
import type { EventAnswer, WireReply, WireRequest } from '../protocol/wire.ts';
import { httpAnswer, type RawExchange, rawServer } from '../testing/raw-server.ts';
import type { ConnectionPolicy } from './connection-policy.ts';
import { httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

const clock = realClock();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const streamHead = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const message = (data: string): string => chunk(`event: message\r\ndata: ${data}\r\n\r\n`);
const ping = chunk(': ping\r\n\r\n');
const endpoint = (path: string): string => chunk(`event: endpoint\r\ndata: ${path}\r\n\r\n`);
const accepted = httpAnswer('Accepted', 202);

const opening: WireRequest = {
  method: 'GET',
  path: '/sse',
  headers: ['accept', 'text/event-stream'],
  body: null,
  events: { on: 'opened-stream', isAnswer: ({ type }) => type === 'endpoint' },
};
/** Its `isAnswer` throws at events without data. */
const ask = (id: number, path: string): WireRequest => {
  const events: EventAnswer = { on: 'held-stream', isAnswer: ({ data }) => JSON.parse(data).id === id };
  return { method: 'POST', path, headers: [], body: `{"id":${id}}`, events };
};
const send = (connection: Connection, request: WireRequest, ms = 5000): Promise<WireReply> =>
  connection.send(request, plus(clock.now(), millis(ms)));
const plain = (connection: Connection): Promise<WireReply> =>
  send(connection, { method: 'GET', path: '/plain', headers: [], body: null });
const bodyOf = (reply: WireReply): string =>
  reply.kind === 'answered' ? reply.body : `${reply.error}: ${reply.detail}`;

/** A POST as the server saw it, with the stream of its user. */
interface Post extends RawExchange {
  readonly stream: Socket;
  readonly id: number;
}

/** A server of the transport HTTP+SSE: a stream for each GET, whose endpoint names it, and POSTs that the script answers. */
async function serve(script: (post: Post) => void, policy: Partial<ConnectionPolicy> = {}) {
  const streams: Socket[] = [];
  const posts: Post[] = [];
  const server = await rawServer((exchange) => {
    if (exchange.path === '/plain') exchange.socket.write(httpAnswer('plain'));
    else if (exchange.path === '/sse') {
      exchange.socket.write(streamHead + endpoint(`/messages?session=${streams.length}`));
      streams.push(exchange.socket);
    } else {
      const stream = streams[Number(exchange.path.split('=')[1])];
      if (stream === undefined) throw new Error(`no stream for ${exchange.path}`);
      const post = { ...exchange, stream, id: JSON.parse(exchange.body).id };
      posts.push(post);
      script(post);
    }
  });
  cleanups.push(() => server.close());
  const transport = httpTransport({ origin: server.origin, clock, tls: { insecure: false, ca: null }, ...policy });
  cleanups.push(() => transport.close());
  return { server, transport, streams, posts };
}

/** A user that holds a stream, and where its requests go. */
async function hold(script: (post: Post) => void, policy: Partial<ConnectionPolicy> = {}) {
  const served = await serve(script, policy);
  const connection = served.transport.open(0);
  const opened = await send(connection, opening);
  return { ...served, connection, opened, path: bodyOf(opened), stream: served.streams[0] as Socket };
}

/** The answer to a request, with something of its own. */
const answerTo = (id: number): string => message(`{"id":${id},"é":"🙂"}`);
const dataOf = (id: number): string => `{"id":${id},"é":"🙂"}`;
const both = ({ socket, stream, id }: Post): void => {
  socket.write(accepted);
  stream.write(answerTo(id));
};

/** A byte in each packet, and not before those that were to be written before. */
const written = new WeakMap<Socket, Promise<void>>();
const byByte = (socket: Socket, text: string): void => {
  const write = async (): Promise<void> => {
    for (const byte of Buffer.from(text)) {
      await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  written.set(socket, (written.get(socket) ?? Promise.resolve()).then(write));
};

const policies: readonly [string, Partial<ConnectionPolicy>][] = [
  ['a connection for each user', {}],
  ['connections shared', { connections: { kind: 'shared', count: 2 } }],
  ['a connection for each request', { keepAlive: { kind: 'off' } }],
];

// A machine that stands still reads in one go what came in two: then once more.
describe.each(policies)('an answer on a held stream, with %s', { retry: 2 }, (_, policy) => {
  const reuses = policy.keepAlive?.kind !== 'off';

  test('comes on a connection of its own, which opens with its first answer', async () => {
    const { server, connection, opened, path } = await hold(both, policy);
    expect(opened).toMatchObject({
      kind: 'answered',
      status: 200,
      contentType: 'text/event-stream',
      body: '/messages?session=0',
      opened: true,
      retried: false,
    });
    expect(opened.firstEvent).toBe(opened.ended);
    expect(opened.freed).toBe(opened.ended);
    expect(opened.connect).toBeGreaterThan(0);
    for (let id = 0; id < 3; id++) {
      const reply = await send(connection, ask(id, path));
      expect(reply).toMatchObject({
        kind: 'answered',
        status: 200,
        contentType: 'text/event-stream',
        body: dataOf(id),
      });
      expect(reply.opened).toBe(!reuses || id === 0);
      expect(reply.firstEvent).toBe(reply.ended);
      expect(reply.ended).toBeGreaterThanOrEqual(reply.firstByte);
      expect(reply.firstByte).toBeGreaterThanOrEqual(reply.sent);
      expect(reply.bytesSent).toBeGreaterThan(50);
      expect(reply.bytesReceived).toBeGreaterThan(dataOf(id).length);
    }
    expect([server.requests, server.connections]).toEqual([4, reuses ? 2 : 4]);
    expect(connection.streamEnded()).toBe(false);
  });

  test.each<[string, (post: Post) => void, { freed: 'with the answer' | 'later'; firstEvent: 'answer' | 'earlier' }]>([
    [
      'after the reply',
      ({ socket, stream, id }) => {
        socket.write(accepted);
        setTimeout(() => stream.write(answerTo(id)), 15);
      },
      { freed: 'with the answer', firstEvent: 'answer' },
    ],
    [
      'before the reply',
      ({ socket, stream, id }) => {
        stream.write(answerTo(id));
        setTimeout(() => socket.write(accepted), 15);
      },
      { freed: 'later', firstEvent: 'answer' },
    ],
    [
      'before the reply, which is without a body',
      ({ socket, stream, id }) => {
        stream.write(answerTo(id));
        setTimeout(() => socket.write(httpAnswer('', 204)), 15);
      },
      { freed: 'later', firstEvent: 'answer' },
    ],
    [
      'among other events',
      ({ socket, stream, id }) => {
        socket.write(accepted);
        stream.write(chunk('id: 1\ndata: \n\n') + ping + message('{"method":"notifications/progress"}'));
        setTimeout(() => stream.write(answerTo(id + 1) + answerTo(id) + message(`{"id":${id},"second":true}`)), 15);
      },
      { freed: 'with the answer', firstEvent: 'earlier' },
    ],
    [
      'byte by byte',
      ({ socket, stream, id }) => {
        socket.write(accepted);
        byByte(stream, answerTo(id));
      },
      { freed: 'with the answer', firstEvent: 'answer' },
    ],
  ])('is found %s', async (_, script, { freed, firstEvent }) => {
    const { server, connection, path, posts } = await hold(script, policy);
    for (let id = 0; id < 3; id++) {
      const reply = await send(connection, ask(id, path));
      expect(reply).toMatchObject({ kind: 'answered', status: 200, body: dataOf(id), retried: false });
      expect(reply.opened).toBe(!reuses || id === 0);
      if (freed === 'later') expect(reply.freed).toBeGreaterThan(reply.ended);
      else expect(reply.freed).toBe(reply.ended);
      if (firstEvent === 'earlier') expect(reply.firstEvent).toBeLessThan(reply.ended);
      else expect(reply.firstEvent).toBe(reply.ended);
      expect(reply.firstByte).toBeLessThanOrEqual(reply.ended);
    }
    expect(posts.map(({ id }) => id)).toEqual([0, 1, 2]);
    expect(server.connections).toBe(reuses ? 2 : 4);
  });

  test('does not wait longer for a reply that does not come, or not to its end', async () => {
    const { server, connection, path } = await hold(({ socket, stream, id }) => {
      if (id === 1) socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\nAcc');
      stream.write(answerTo(id));
    }, policy);
    for (let id = 0; id < 2; id++) {
      const reply = await send(connection, ask(id, path));
      expect(reply).toMatchObject({ kind: 'answered', status: 200, body: dataOf(id), opened: true, retried: false });
      expect(reply.freed - reply.ended).toBeGreaterThanOrEqual(250);
    }
    expect(await plain(connection)).toMatchObject({ kind: 'answered', body: 'plain', opened: true });
    expect([server.requests, server.connections]).toEqual([4, 4]);
  });

  test('is the reply itself where that says no', async () => {
    const refusals = [
      httpAnswer('Could not find session', 404),
      httpAnswer('{"detail":"x"}', 422),
      httpAnswer('', 500),
    ];
    const { server, connection, path } = await hold(({ socket, id }) => socket.write(refusals[id] ?? accepted), policy);
    const replies: WireReply[] = [];
    for (let id = 0; id < 3; id++) replies.push(await send(connection, ask(id, path), 1000));
    expect(replies).toMatchObject([
      { kind: 'answered', status: 404, body: 'Could not find session', contentType: '' },
      { kind: 'answered', status: 422, body: '{"detail":"x"}' },
      { kind: 'answered', status: 500, body: '' },
    ]);
    for (const reply of replies) expect([reply.freed, reply.firstEvent]).toEqual([reply.ended, Number.NaN]);
    expect([server.requests, server.connections]).toEqual([4, reuses ? 2 : 4]);
  });

  test('that does not come is a timeout, and one that comes too late is nobody’s', async () => {
    const { connection, path, stream } = await hold(({ socket, id }) => {
      if (id === 0) socket.write(accepted);
      if (id === 2) both({ socket, id, stream } as Post);
    }, policy);
    const handed = clock.now();
    const late = await send(connection, ask(0, path), 80);
    expect(late).toMatchObject({
      kind: 'broken',
      error: 'timeout',
      detail: 'no complete answer within 80 ms: given up while waiting for the event that is the answer',
    });
    expect(late.ended - handed).toBeGreaterThanOrEqual(80);
    stream.write(answerTo(0));
    await sleep(20);
    expect(await send(connection, ask(1, path), 80)).toMatchObject({
      error: 'timeout',
      detail: expect.stringContaining('waiting for the first byte'),
      opened: !reuses,
    });
    stream.write(answerTo(1));
    await sleep(20);
    expect(await send(connection, ask(2, path))).toMatchObject({ kind: 'answered', body: dataOf(2), opened: true });
    expect(connection.streamEnded()).toBe(false);
  });

  test.each<[string, (stream: Socket) => void, RegExp]>([
    ['ends in order', (stream) => stream.write('0\r\n\r\n'), /^the stream of events ended before the answer \(/],
    ['is closed', (stream) => stream.end(), /^the stream of events ended before the answer \(/],
    ['is reset', (stream) => stream.resetAndDestroy(), /^the stream of events ended before the answer \(/],
  ])('is lost with a stream that %s, before the reply and after it', async (_, act, detail) => {
    const { server, connection, path, streams, posts } = await hold(({ socket, stream, id }) => {
      if (id === 0) socket.write(accepted);
      if (id < 2) setTimeout(() => act(stream), 15);
      else both({ socket, stream, id } as Post);
    }, policy);
    const after = await send(connection, ask(0, path));
    expect(after).toMatchObject({ kind: 'broken', error: 'reset', detail: expect.stringMatching(detail) });
    expect([connection.streamEnded(), connection.streamEnded()]).toEqual([true, false]);
    const without = await send(connection, ask(9, path));
    expect(without).toMatchObject({ kind: 'broken', error: 'reset', bytesSent: 0 });
    expect(without).toMatchObject({ detail: 'there is no stream of events on which the answer could come' });

    const second = bodyOf(await send(connection, opening));
    const before = await send(connection, ask(1, second));
    expect(before).toMatchObject({ kind: 'broken', error: 'reset', detail: expect.stringMatching(detail) });
    const third = bodyOf(await send(connection, opening));
    // Of the stream that was lost before there is nothing more to say.
    expect(connection.streamEnded()).toBe(false);
    expect(await send(connection, ask(2, third))).toMatchObject({ kind: 'answered', body: dataOf(2) });
    expect(posts.map(({ id }) => id)).toEqual([0, 1, 2]);
    expect([streams.length, server.requests]).toEqual([3, 6]);
  });

  test('is lost with a stream that turns into nonsense, or into an event without end', async () => {
    const nonsense = [`nonsense\r\n`, chunk(`data: ${'x'.repeat(1 << 20)}`)];
    const { connection } = await hold(({ socket, stream, id }) => {
      socket.write(accepted);
      stream.write(nonsense[id] ?? '');
    }, policy);
    for (let id = 0; id < 2; id++) {
      const reply = await send(connection, ask(id, `/messages?session=${id}`));
      expect(reply).toMatchObject({ error: 'protocol-error', detail: expect.stringContaining('the stream of events') });
      expect(connection.streamEnded()).toBe(true);
      await send(connection, opening);
    }
  });

  test('of one user is not that of another, and each request gets one', async () => {
    const { transport, server, posts } = await serve((post) => {
      // The same ids for all: only the stream tells whose answer it is.
      const { socket, stream, path, id } = post;
      const answer = message(`{"id":${id},"of":"${path}"}`);
      if (id % 3 === 0) socket.write(accepted);
      setTimeout(() => stream.write(ping + answer), id % 2 === 0 ? 0 : 3);
      if (id % 3 !== 0) setTimeout(() => socket.write(accepted), id % 3 === 1 ? 0 : 5);
    }, policy);
    const users = await Promise.all(
      Array.from({ length: 6 }, async (_, user) => {
        const connection = transport.open(user);
        const path = bodyOf(await send(connection, opening));
        const bodies: string[] = [];
        for (let id = 0; id < 12; id++) bodies.push(bodyOf(await send(connection, ask(id, path))));
        return { path, bodies };
      }),
    );
    for (const { path, bodies } of users)
      expect(bodies).toEqual(Array.from({ length: 12 }, (_, id) => `{"id":${id},"of":"${path}"}`));
    expect(new Set(users.map(({ path }) => path)).size).toBe(6);
    expect(posts).toHaveLength(72);
    expect(server.requests).toBe(78);
  });

  test.each<[string, (post: Post) => void, string]>([
    ['before the reply', () => {}, 'the run ended while waiting for the first byte'],
    [
      'after the reply',
      ({ socket }) => socket.write(accepted),
      'the run ended while waiting for the event that is the answer',
    ],
  ])('is unfinished when the user leaves or the run ends %s', async (_, script, detail) => {
    for (const end of ['close', 'end'] as const) {
      const { server, transport, connection, path } = await hold(script, policy);
      const reply = send(connection, ask(0, path));
      await sleep(30);
      if (end === 'close') connection.close();
      else void transport.close();
      expect(await reply).toMatchObject({ kind: 'broken', error: 'unfinished', detail });
      expect(connection.streamEnded()).toBe(false);
      await transport.close();
      await server.idle();
    }
  });
});

describe('a held stream', { retry: 2 }, () => {
  test('that is lost while nobody waits is told of once, and not when it was closed from here', async () => {
    const { connection, stream, streams, server } = await hold(both);
    stream.write(ping);
    await sleep(10);
    expect(connection.streamEnded()).toBe(false);
    stream.end('0\r\n\r\n');
    await sleep(20);
    expect([connection.streamEnded(), connection.streamEnded()]).toEqual([true, false]);
    await send(connection, opening);
    await send(connection, opening);
    await sleep(20);
    // The new one has taken the place of the old one.
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true, false]);
    expect(connection.streamEnded()).toBe(false);
    connection.close();
    await server.idle();
    expect(connection.streamEnded()).toBe(false);
  });

  test('that is lost while its user waits for something else does no harm to that', async () => {
    const { connection, path, stream, posts } = await hold(({ socket, id }) => {
      stream.end();
      setTimeout(() => socket.write(httpAnswer(`${id}`)), 20);
    });
    const { events, ...other } = ask(3, path);
    expect(events).toBeDefined();
    expect(await send(connection, other)).toMatchObject({ kind: 'answered', body: '3' });
    expect([connection.streamEnded(), posts.length]).toEqual([true, 1]);
  });

  test('carries on while its user sends other requests, and drops what nobody has asked for', async () => {
    const { connection, path, stream, server } = await hold(both);
    stream.write(answerTo(5) + message('{"method":"notifications/message"}'));
    await sleep(10);
    expect(await plain(connection)).toMatchObject({ kind: 'answered', body: 'plain', opened: true });
    const silent = send(connection, { ...ask(4, path), events: { on: 'reply', isAnswer: () => false } });
    expect(await silent).toMatchObject({ kind: 'answered', status: 202, body: 'Accepted', opened: false });
    expect(await send(connection, ask(5, path))).toMatchObject({ body: dataOf(5), opened: false });
    expect(server.connections).toBe(2);
  });

  test.each<[string, string, object]>([
    ['an error', httpAnswer('no such thing', 404), { kind: 'answered', status: 404, body: 'no such thing' }],
    ['another type', httpAnswer('{}'), { kind: 'answered', status: 200, body: '{}' }],
    ['an end without the answer', `${streamHead}${ping}0\r\n\r\n`, { kind: 'answered', status: 200, body: '' }],
    [
      'other events only',
      `${streamHead}${message('{}')}`,
      { error: 'timeout', detail: expect.stringContaining('event') },
    ],
    ['nonsense', 'nonsense', { error: 'protocol-error' }],
  ])('is none when the server answers with %s', async (_, text, expected) => {
    const server = await rawServer(({ socket, path }) => socket.write(path === '/sse' ? text : accepted));
    cleanups.push(() => server.close());
    const transport = httpTransport({ origin: server.origin, clock, tls: { insecure: false, ca: null } });
    cleanups.push(() => transport.close());
    const connection = transport.open(0);
    expect(await send(connection, opening, 100)).toMatchObject(expected);
    // Its connection is gone with it.
    await server.idle();
    expect(await send(connection, ask(0, '/m'))).toMatchObject({ error: 'reset', opened: false });
    expect(connection.streamEnded()).toBe(false);
    expect([server.requests, server.connections]).toEqual([1, 1]);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['before it begins', (socket) => socket.end()],
    ['before the answer', (socket) => socket.end(streamHead + ping)],
    ['by a reset', (socket) => socket.resetAndDestroy()],
  ])('is none when the server closes it %s, and the request goes out once', async (_, act) => {
    const server = await rawServer(({ socket }) => act(socket));
    cleanups.push(() => server.close());
    const transport = httpTransport({ origin: server.origin, clock, tls: { insecure: false, ca: null } });
    cleanups.push(() => transport.close());
    const connection = transport.open(0);
    expect(await send(connection, opening)).toMatchObject({ kind: 'broken', error: 'reset', retried: false });
    expect(connection.streamEnded()).toBe(false);
    await server.idle();
    expect(server.requests).toBe(1);
  });

  test('that nobody accepts is refused', async () => {
    const server = await rawServer(() => {});
    await server.close();
    const transport = httpTransport({ origin: server.origin, clock, tls: { insecure: false, ca: null } });
    cleanups.push(() => transport.close());
    expect(await send(transport.open(0), opening)).toMatchObject({ error: 'refused', opened: false });
  });

  test('brings the answer to a request that went out again after a close had crossed it', async () => {
    const { server, connection, path, posts } = await hold((post) => {
      if (post.id === 1 && posts.filter(({ id }) => id === 1).length === 1) post.socket.end();
      else both(post);
    });
    expect(await send(connection, ask(0, path))).toMatchObject({ body: dataOf(0), opened: true, retried: false });
    expect(await send(connection, ask(1, path))).toMatchObject({ body: dataOf(1), opened: true, retried: true });
    expect(posts.map(({ id }) => id)).toEqual([0, 1, 1]);
    expect(server.connections).toBe(3);
  });

  test.each<[string, (post: Post) => void]>([
    [
      'and then the connection closes',
      ({ socket, stream, id }) => void stream.write(answerTo(id), () => setTimeout(() => socket.end(), 15)),
    ],
    [
      'and then the connection is reset',
      ({ socket, stream, id }) => void stream.write(answerTo(id), () => setTimeout(() => socket.resetAndDestroy(), 15)),
    ],
    [
      'and then the server says no',
      ({ socket, stream, id }) =>
        void stream.write(answerTo(id), () => setTimeout(() => socket.write(httpAnswer('', 500)), 15)),
    ],
  ])('has answered, %s without a reply: the request is not sent again', async (_, script) => {
    const { connection, path, posts } = await hold((post) => (post.id === 0 ? both(post) : script(post)));
    await send(connection, ask(0, path));
    const reply = await send(connection, ask(1, path));
    expect(reply).toMatchObject({ kind: 'answered', status: 200, body: dataOf(1), opened: false, retried: false });
    expect(reply.freed).toBeGreaterThan(reply.ended);
    expect(posts.map(({ id }) => id)).toEqual([0, 1]);
    expect(await plain(connection)).toMatchObject({ kind: 'answered', body: 'plain' });
  });

  test('answers a request once, when the close of its connection and the answer cross', async () => {
    for (let wait = 0; wait < 6; wait++) {
      const { connection, path, posts } = await hold((post) => {
        const { socket, stream, id } = post;
        if (id === 1 && posts.filter((other) => other.id === 1).length === 1) {
          socket.end();
          if (wait === 0) stream.write(answerTo(id));
          else setTimeout(() => stream.write(answerTo(id)), wait / 2);
        } else both(post);
      });
      await send(connection, ask(0, path));
      expect(await send(connection, ask(1, path))).toMatchObject({ kind: 'answered', status: 200, body: dataOf(1) });
      // What the second attempt brings besides is nobody's.
      await sleep(20);
      expect(await send(connection, ask(2, path))).toMatchObject({ kind: 'answered', body: dataOf(2) });
      expect(connection.streamEnded()).toBe(false);
    }
  });

  test('says so where a request cannot be sent', async () => {
    const { connection } = await hold(both);
    expect(await send(connection, { ...opening, path: '/a b' })).toMatchObject({ error: 'generator-error' });
    expect(await send(connection, ask(0, '/m?session=0'))).toMatchObject({ error: 'reset' });
  });
});
