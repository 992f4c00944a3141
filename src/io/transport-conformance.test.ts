import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { millis, plus } from '../core/units.ts';
import type { Transport } from '../engine/world.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import { httpAnswer, type RawExchange, rawServer } from '../testing/raw-server.ts';
import type { ConnectionPolicy } from './connection-policy.ts';
import { httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

// Three requests for each case and policy: a plain one, the one that meets the case, and a plain one again. Whatever
// happens to the second, the first and the last are answered, each gets one reply, and the server reads each once for
// every attempt that the reply admits to.

const clock = realClock();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** What becomes of a request, and whether its connection can be used again. */
interface Fate {
  readonly reply: 'answered' | 'reset' | 'stale-connection' | 'protocol-error' | 'timeout';
  readonly status?: number;
  /** Bytes of body that came. */
  readonly bytes?: number;
  readonly body?: string;
  readonly keeps?: boolean;
}

interface Case {
  readonly name: string;
  /** Called with the first attempt of the request in question, whole; all else is answered plainly. */
  readonly act?: (exchange: RawExchange) => void;
  /** The same, but as soon as its head is there; true: the rest is dropped unread. */
  readonly actEarly?: (socket: Socket) => boolean;
  /** A close before the first byte of the answer: retried on a used connection, on a fresh one a reset. */
  readonly race?: true;
  readonly fate?: Fate;
  readonly requestBody?: number;
}

const inTurn = (socket: Socket, ...pieces: readonly (string | Buffer)[]): void => {
  const [piece, ...rest] = pieces;
  if (piece === undefined || socket.destroyed) return;
  socket.write(piece);
  setTimeout(() => inTurn(socket, ...rest), 3);
};
/** One byte in each packet. */
const byByte = (socket: Socket, text: string): void => {
  const bytes = Buffer.from(text);
  const next = (i: number): void => {
    if (i === bytes.length || socket.destroyed) return;
    socket.write(bytes.subarray(i, i + 1), () => setImmediate(() => next(i + 1)));
  };
  next(0);
};
const later = (act: () => void): void => void setTimeout(act, 15);

const ok = (headers: string, rest = ''): string => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${rest}`;
const chunked = (chunks: string): string => ok('Transfer-Encoding: chunked', chunks);
const answer = httpAnswer('{"é":1}');
const whole: Fate = { reply: 'answered', status: 200, body: '{"é":1}', bytes: 8, keeps: true };
const thenGone: Fate = { ...whole, keeps: false };
const hello: Fate = { reply: 'answered', status: 200, body: 'hello', bytes: 5, keeps: true };
const cut = (bytes: number): Fate => ({ reply: 'reset', bytes, keeps: false });
const nonsense: Fate = { reply: 'protocol-error', keeps: false };
const late = (bytes: number): Fate => ({ reply: 'timeout', bytes, keeps: false });

const bodies: readonly Case[] = [
  { name: 'a body with a content-length', act: ({ socket }) => socket.write(answer), fate: whole },
  { name: 'an answer in a packet for each byte', act: ({ socket }) => byByte(socket, answer), fate: whole },
  { name: 'a body in one chunk', act: ({ socket }) => socket.write(chunked('5\r\nhello\r\n0\r\n\r\n')), fate: hello },
  {
    name: 'a chunked body with extensions and trailers',
    act: ({ socket }) => socket.write(chunked('2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n')),
    fate: hello,
  },
  {
    name: 'a chunked body with trailers in a packet for each byte',
    act: ({ socket }) => byByte(socket, chunked('2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 1\r\n\r\n')),
    fate: hello,
  },
  {
    name: 'no content',
    act: ({ socket }) => socket.write(httpAnswer('', 204)),
    fate: { ...whole, status: 204, body: '', bytes: 0 },
  },
  {
    name: 'a body that ends with the connection',
    act: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'),
    fate: { ...hello, keeps: false },
  },
  {
    name: 'an answer of HTTP/1.0',
    act: ({ socket }) => socket.write('HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello'),
    fate: { ...hello, keeps: false },
  },
];

const slow: readonly Case[] = [
  {
    name: 'slow headers',
    act: ({ socket }) => inTurn(socket, 'HTTP/1.1 2', '00 OK\r\nContent-', 'Length: 5\r\n', '\r\n', 'hello'),
    fate: hello,
  },
  {
    name: 'a slow body',
    act: ({ socket }) => inTurn(socket, ok('Content-Length: 5'), 'h', 'e', 'l', 'l', 'o'),
    fate: hello,
  },
  {
    name: 'slow chunks',
    act: ({ socket }) => inTurn(socket, chunked(''), '2\r\nhe\r\n', '3\r\nl', 'lo\r\n0', '\r\n\r\n'),
    fate: hello,
  },
  { name: 'silence', act: () => {}, fate: late(0) },
  { name: 'a server that does not even read any more', actEarly: (socket) => socket.pause() === socket, fate: late(0) },
  {
    name: 'headers without end',
    act: ({ socket }) => inTurn(socket, 'HTTP/1.1 200 OK\r\n', ...Array<string>(200).fill('x: y\r\n')),
    fate: late(0),
  },
  { name: 'a body that stops', act: ({ socket }) => inTurn(socket, ok('Content-Length: 5'), 'hel'), fate: late(3) },
  { name: 'chunks that stop', act: ({ socket }) => inTurn(socket, chunked('3\r\nhel\r\n')), fate: late(3) },
];

const interim: readonly Case[] = [
  {
    name: '103 in the same packet',
    act: ({ socket }) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${answer}`),
    fate: whole,
  },
  {
    name: '102 and 103 in their own packets',
    act: ({ socket }) =>
      inTurn(socket, 'HTTP/1.1 102 Processing\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n', answer),
    fate: whole,
  },
  { name: '103 and then a close', act: ({ socket }) => socket.end('HTTP/1.1 103 Early Hints\r\n\r\n'), fate: cut(0) },
  {
    name: 'a 100 Continue that nobody asked for',
    act: ({ socket }) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${answer}`),
    fate: whole,
  },
];

const closes: readonly Case[] = [
  { name: 'a close instead of the answer', act: ({ socket }) => socket.end(), race: true },
  { name: 'a reset instead of the answer', act: ({ socket }) => socket.resetAndDestroy(), race: true },
  {
    name: 'a reset after the first bytes of the request',
    actEarly: (socket) => socket.resetAndDestroy() === socket,
    race: true,
    requestBody: 1 << 20,
  },
  { name: 'a close within the status line', act: ({ socket }) => socket.end('HTTP/1.1 20'), fate: cut(0) },
  { name: 'a reset within the status line', act: ({ socket }) => resetAfter(socket, 'HTTP/1.1 20'), fate: cut(0) },
  {
    name: 'a close within the headers',
    act: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Le'),
    fate: cut(0),
  },
  {
    name: 'a reset within the headers',
    act: ({ socket }) => resetAfter(socket, 'HTTP/1.1 200 OK\r\nContent-Le'),
    fate: cut(0),
  },
  { name: 'a close after the headers', act: ({ socket }) => socket.end(ok('Content-Length: 5')), fate: cut(0) },
  { name: 'a reset after the headers', act: ({ socket }) => resetAfter(socket, ok('Content-Length: 5')), fate: cut(0) },
  { name: 'a close within the body', act: ({ socket }) => socket.end(ok('Content-Length: 5', 'hel')), fate: cut(3) },
  {
    name: 'a reset within the body',
    act: ({ socket }) => resetAfter(socket, ok('Content-Length: 5', 'hel')),
    fate: cut(3),
  },
  { name: 'a close within a chunk', act: ({ socket }) => socket.end(chunked('5\r\nhel')), fate: cut(3) },
  {
    name: 'a reset before the last chunk',
    act: ({ socket }) => resetAfter(socket, chunked('5\r\nhello\r\n')),
    fate: cut(5),
  },
  {
    name: 'a reset within a body that would end with the connection',
    act: ({ socket }) => resetAfter(socket, 'HTTP/1.1 200 OK\r\n\r\nhel'),
    fate: cut(3),
  },
  { name: 'a close with the last byte', act: ({ socket }) => socket.end(answer), fate: thenGone },
  { name: 'a reset after the last byte', act: ({ socket }) => resetAfter(socket, answer), fate: thenGone },
  {
    name: 'an announced close',
    act: ({ socket }) => socket.end(httpAnswer('hello', 200, { connection: 'close' })),
    fate: { ...hello, keeps: false },
  },
  {
    name: 'an announced close that never comes',
    act: ({ socket }) => socket.write(httpAnswer('hello', 200, { connection: 'close' })),
    fate: { ...hello, keeps: false },
  },
];

const early: readonly Case[] = [
  {
    name: 'an answer before the body of the request is read, which then is',
    actEarly: (socket) => {
      if (socket.listenerCount('answered') === 0) socket.once('answered', () => {}).write(httpAnswer('too long', 413));
      return false;
    },
    fate: { reply: 'answered', status: 413, body: 'too long', bytes: 8, keeps: true },
    requestBody: 1 << 20,
  },
  {
    name: 'an answer before the body of the request is read, and a close',
    actEarly: (socket) => {
      socket.pause();
      socket.write(httpAnswer('too long', 413, { connection: 'close' }), () => later(() => socket.destroy()));
      return true;
    },
    fate: { reply: 'answered', status: 413, body: 'too long', bytes: 8, keeps: false },
    requestBody: 1 << 20,
  },
];

const wrong: readonly Case[] = [
  { name: 'another protocol', act: ({ socket }) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'), fate: nonsense },
  { name: 'a length that is no number', act: ({ socket }) => socket.write(ok('Content-Length: x')), fate: nonsense },
  {
    name: 'a chunk whose size is no number',
    act: ({ socket }) => socket.write(chunked('zz\r\nhello\r\n')),
    fate: nonsense,
  },
  {
    name: 'more body than announced',
    act: ({ socket }) => socket.write(ok('Content-Length: 5', 'hello, world')),
    fate: { ...hello, keeps: false },
  },
  {
    name: 'a stray answer while nobody waits for one',
    act: ({ socket }) => socket.write(httpAnswer('hello'), () => later(() => socket.write(httpAnswer('stray')))),
    fate: { ...hello, keeps: false },
  },
  {
    name: 'both a length and chunks',
    act: ({ socket }) => socket.write(ok('Content-Length: 9\r\nTransfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n')),
    fate: { ...hello, keeps: false },
  },
  {
    name: 'two answers to one request',
    act: ({ socket }) => socket.write(`${httpAnswer('hello')}${httpAnswer('stray')}`),
    fate: { ...hello, keeps: false },
  },
];

/** Resets once the text has left, and had time to arrive. */
function resetAfter(socket: Socket, text: string): void {
  socket.write(text, () => later(() => socket.resetAndDestroy()));
}

const policies: readonly [string, Partial<ConnectionPolicy>][] = [
  ['a connection for each user', {}],
  ['connections shared', { connections: { kind: 'shared', count: 2 } }],
  ['a limit to idle time', { keepAlive: { kind: 'idle', limit: millis(60_000) } }],
  ['no second attempt', { staleRetry: false }],
  ['a connection for each request', { keepAlive: { kind: 'off' } }],
  ['a shared connection for each request', { connections: { kind: 'shared', count: 2 }, keepAlive: { kind: 'off' } }],
];

// A machine that stands still for all of a short limit reads what came only after the timer has fired: then once more.
describe.each(policies)('with %s', { retry: 2 }, (_, policy) => {
  test.each([...bodies, ...slow, ...interim, ...closes, ...early, ...wrong])('$name', async (each) => {
    const reuses = policy.keepAlive?.kind !== 'off';
    const retries = each.race === true && reuses && policy.staleRetry !== false;
    const { fate, attempts } = expected(each, reuses, retries);
    const { server, transport, read } = await serve(each, policy);
    const connection = transport.open(0);
    const replies: WireReply[] = [];
    const plain = (): Promise<WireReply> => connection.send(request('/plain'), plus(clock.now(), millis(5000)));

    replies.push(await plain());
    const limit = fate.reply === 'timeout' ? 100 : 5000;
    const handed = clock.now();
    const reply = await connection.send(request('/case', each.requestBody), plus(handed, millis(limit)));
    replies.push(reply);
    if (fate.reply === 'timeout') expect(reply.ended - handed).toBeGreaterThanOrEqual(limit);
    // What comes after the answer has time to come: that it crosses the next request is a case of its own.
    await new Promise((resolve) => setTimeout(resolve, 25));
    replies.push(await plain());

    expect(replies[0]).toMatchObject({ kind: 'answered', body: 'plain', opened: true, retried: false });
    const { status, body, bytes = reply.bytesReceived } = fate;
    if (fate.reply === 'answered') expect(reply).toMatchObject({ kind: 'answered', status, body });
    else expect(reply).toMatchObject({ kind: 'broken', error: fate.reply });
    if (fate.reply === 'stale-connection')
      expect(reply).toMatchObject({ detail: expect.stringContaining('a used connection') });
    expect(reply).toMatchObject({ opened: retries || !reuses, retried: retries, bytesReceived: bytes });
    expect(replies[2]).toMatchObject({
      kind: 'answered',
      body: 'plain',
      opened: !(reuses && fate.keeps === true),
      retried: false,
    });
    expect([read('/plain'), read('/case')]).toEqual([2, attempts]);
    expect(server.connections).toBe(replies.filter(({ opened }) => opened).length);
    await transport.close();
    await server.idle();
  });
});

function expected(each: Case, reuses: boolean, retries: boolean): { fate: Fate; attempts: number } {
  if (each.fate) return { fate: each.fate, attempts: 1 };
  if (retries) return { fate: { reply: 'answered', status: 200, body: 'plain', keeps: true }, attempts: 2 };
  return { fate: { reply: reuses ? 'stale-connection' : 'reset', bytes: 0, keeps: false }, attempts: 1 };
}

const request = (path: string, length = 0): WireRequest => ({
  method: 'POST',
  path,
  headers: ['content-type', 'application/json'],
  body: length === 0 ? null : 'x'.repeat(length),
});

/** A server that plays the case once, and counts the requests of which it read the beginning, by path. */
async function serve(each: Case, policy: Partial<ConnectionPolicy>) {
  const heads = new Map<string, number>();
  const seen = new WeakMap<Socket, number>();
  const note = (path: string): number => {
    const count = (heads.get(path) ?? 0) + 1;
    heads.set(path, count);
    return count;
  };
  const server = await rawServer(
    (exchange) => {
      if (each.actEarly && exchange.path === '/case' && seen.has(exchange.socket)) return;
      const count = note(exchange.path);
      if (exchange.path === '/case' && count === 1) each.act?.(exchange);
      else exchange.socket.write(httpAnswer('plain'));
    },
    {
      onBytes: (socket, unread) => {
        if (!each.actEarly || !unread.includes('/case') || (heads.has('/case') && !seen.has(socket))) return false;
        if (!seen.has(socket)) seen.set(socket, note('/case'));
        return each.actEarly(socket);
      },
    },
  );
  cleanups.push(() => server.close());
  const transport: Transport = httpTransport({
    origin: server.origin,
    clock,
    tls: { insecure: false, ca: null },
    ...policy,
  });
  cleanups.push(() => transport.close());
  return { server, transport, read: (path: string) => heads.get(path) ?? 0 };
}
