import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { millis, plus } from '../core/units.ts';
import type { Connection } from '../engine/world.ts';
import type { EventAnswer, WireReply, WireRequest } from '../protocol/wire.ts';
import { httpAnswer, type RawExchange, rawServer } from '../testing/raw-server.ts';
import type { ConnectionPolicy } from './connection-policy.ts';
import { httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

// An answer among the events of a reply. As with plain answers there are three requests for each case and policy: a plain one, the one
// that meets the case, and a plain one again; each gets one reply, and the server reads each once.

const clock = realClock();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Throws at events without data. */
const events: EventAnswer = { on: 'reply', isAnswer: ({ data }) => JSON.parse(data).id === 7 };
const ask: WireRequest = { method: 'POST', path: '/case', headers: [], body: '{}', events };
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What becomes of the request, and whether its connection can be used again. */
interface Fate {
  readonly reply: 'answered' | 'reset' | 'protocol-error' | 'timeout';
  readonly body?: string;
  readonly status?: number;
  readonly keeps?: boolean;
  /** Bytes of body that came. */
  readonly bytes?: number;
  /** The user is free at the answer; later, when the rest is over; or when nobody waits for the rest any more; or it depends. */
  readonly freed?: 'with the answer' | 'later' | 'by patience' | 'any time';
  /** The first event with data: none at all, the answer itself, or one before it, that came earlier. */
  readonly firstEvent?: 'none' | 'answer' | 'earlier';
}

interface Case {
  readonly name: string;
  readonly act: (socket: Socket) => void;
  readonly fate: Fate;
}

/** One after the other, each in a packet of its own. */
const inTurn = (socket: Socket, ...pieces: readonly (string | Buffer)[]): void => {
  const [piece, ...rest] = pieces;
  if (piece === undefined || socket.destroyed) return;
  socket.write(piece);
  setTimeout(() => inTurn(socket, ...rest), 8);
};
/** A socket of TLS has no reset: it is cut. */
const reset = (socket: Socket): unknown => (socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy());
const byByte = (socket: Socket, text: string): void => {
  const bytes = Buffer.from(text);
  const next = (i: number): void => {
    if (i === bytes.length || socket.destroyed) return;
    socket.write(bytes.subarray(i, i + 1), () => setImmediate(() => next(i + 1)));
  };
  next(0);
};

const type = { 'content-type': 'text/event-stream' };
const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const chunked = (...chunks: readonly string[]): string => head + [...chunks, ''].map(chunk).join('');
const untilClose = (text: string): string => `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${text}`;

const data = '{"id":7,"é":"🙂"}';
const answer = `event: message\ndata: ${data}\n\n`;
const priming = 'id: 1\ndata: \n\n';
const progress = 'data: {"method":"notifications/progress"}\n\n';
const found: Fate = {
  reply: 'answered',
  status: 200,
  body: data,
  keeps: true,
  freed: 'with the answer',
  firstEvent: 'answer',
};
const gone: Fate = { ...found, keeps: false };
const nothing: Fate = { ...found, body: '', firstEvent: 'none' };
const cut: Fate = { reply: 'reset', keeps: false, firstEvent: 'none' };
const asItIs = (body: string, status = 200): Fate => ({ ...nothing, body, status });

const whole: readonly Case[] = [
  {
    name: 'with a length, in a packet',
    act: (s) => s.write(httpAnswer(answer, 200, type)),
    fate: { ...found, bytes: 43 },
  },
  { name: 'in a chunk, in a packet', act: (s) => s.write(chunked(answer)), fate: { ...found, bytes: 43 } },
  { name: 'until the connection closes', act: (s) => s.end(untilClose(answer)), fate: { ...gone, freed: 'any time' } },
  {
    name: 'after which the server closes, as it said',
    act: (s) => s.end(httpAnswer(answer, 200, { ...type, connection: 'close' })),
    fate: gone,
  },
  { name: 'with a length, byte by byte', act: (s) => byByte(s, httpAnswer(answer, 200, type)), fate: found },
  {
    name: 'in chunks, byte by byte',
    act: (s) => byByte(s, chunked(priming, answer)),
    fate: { ...found, freed: 'later' },
  },
  { name: 'in lines that end in CR LF', act: (s) => s.write(chunked(answer.replaceAll('\n', '\r\n'))), fate: found },
  {
    name: 'in lines that end in CR LF, byte by byte',
    act: (s) => byByte(s, chunked(answer.replaceAll('\n', '\r\n'))),
    fate: { ...found, freed: 'later' },
  },
  {
    name: 'cut within a character',
    act: (s) => {
      const bytes = Buffer.from(chunked(answer));
      const at = bytes.indexOf(Buffer.from('🙂')) + 2;
      inTurn(s, bytes.subarray(0, at), bytes.subarray(at));
    },
    fate: found,
  },
  {
    name: 'in chunks that end within a character',
    act: (s) => {
      const bytes = Buffer.from(answer);
      const at = bytes.indexOf(Buffer.from('é')) + 1;
      s.write(head);
      for (const piece of [bytes.subarray(0, at), bytes.subarray(at)])
        s.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
      s.write(chunk(''));
    },
    fate: { ...found, freed: 'any time' },
  },
  {
    name: 'in several lines of data',
    act: (s) => s.write(chunked('data: {"id":\ndata: 7}\n\n')),
    fate: { ...found, body: '{"id":\n7}' },
  },
  {
    name: 'with a charset',
    act: (s) => s.write(httpAnswer(answer, 200, { 'content-type': 'Text/Event-Stream; charset=utf-8' })),
    fate: found,
  },
];

const among: readonly Case[] = [
  { name: 'behind a priming event', act: (s) => s.write(chunked(priming, answer)), fate: found },
  { name: 'behind comments', act: (s) => s.write(chunked(': hello\n\n: ping\r\n\r\n', answer)), fate: found },
  {
    name: 'behind progress, in a packet',
    act: (s) => s.write(chunked(priming + progress + progress + answer)),
    fate: found,
  },
  {
    name: 'behind progress that came earlier',
    act: (s) => inTurn(s, head, chunk(priming), chunk(progress), chunk(': ping\n\n'), chunk(answer) + chunk('')),
    fate: { ...found, firstEvent: 'earlier' },
  },
  {
    name: 'behind more than 1 MiB of progress',
    act: (s) => s.write(chunked(progress.repeat(40_000), answer)),
    fate: { ...found, firstEvent: 'earlier' },
  },
  {
    name: 'before other events',
    act: (s) => s.write(chunked(answer + answer.replace('é', 'x') + progress)),
    fate: found,
  },
  {
    name: 'before other events, and the end, that come later',
    act: (s) => inTurn(s, head + chunk(answer), chunk(progress), chunk('data: {"id":7}\n\n'), chunk('')),
    fate: { ...found, freed: 'later' },
  },
  {
    name: 'before an end that never comes',
    act: (s) => s.write(head + chunk(answer)),
    fate: { ...gone, freed: 'by patience' },
  },
  {
    name: 'before pings without end',
    act: (s) => inTurn(s, head + chunk(answer), ...Array<string>(100).fill(chunk(': ping\n\n'))),
    fate: { ...gone, freed: 'by patience' },
  },
  {
    name: 'before the rest of a length that never comes',
    act: (s) => s.write(httpAnswer(answer, 200, { ...type, 'content-length': '1000' })),
    fate: { ...gone, freed: 'by patience' },
  },
  {
    name: 'before a close that cuts the rest',
    act: (s) => s.end(head + chunk(answer)),
    fate: { ...gone, freed: 'later' },
  },
  {
    name: 'before a reset',
    act: (s) => void s.write(head + chunk(answer), () => setTimeout(() => reset(s), 15)),
    fate: { ...gone, freed: 'later' },
  },
  {
    name: 'before nonsense',
    act: (s) => s.write(`${head}${chunk(answer)}nonsense\r\n`),
    fate: { ...gone, freed: 'any time' },
  },
  {
    name: 'before nonsense later',
    act: (s) => inTurn(s, head + chunk(answer), 'nonsense\r\n'),
    fate: { ...gone, freed: 'later' },
  },
  { name: 'before bytes that belong to nothing', act: (s) => s.write(`${chunked(answer)}more`), fate: gone },
];

const without: readonly Case[] = [
  { name: 'in chunks', act: (s) => s.write(chunked(priming)), fate: nothing },
  { name: 'but progress', act: (s) => s.write(chunked(progress)), fate: { ...nothing, firstEvent: 'answer' } },
  { name: 'that nothing closes', act: (s) => s.write(chunked(answer.slice(0, -1))), fate: nothing },
  { name: 'and without any', act: (s) => s.write(httpAnswer('', 200, type)), fate: nothing },
  { name: 'that ends with the connection', act: (s) => s.end(untilClose(priming)), fate: { ...nothing, keeps: false } },
  { name: 'in chunks that a close cuts short', act: (s) => s.end(head + chunk(priming)), fate: cut },
  { name: 'within which a close comes', act: (s) => s.end(head + chunk(answer).slice(0, 20)), fate: cut },
  {
    name: 'that is shorter than its length',
    act: (s) => s.end(httpAnswer(priming, 200, { ...type, 'content-length': '99' })),
    fate: cut,
  },
  {
    name: 'before a reset',
    act: (s) => void s.write(head + chunk(progress), () => setTimeout(() => reset(s), 15)),
    fate: { ...cut, firstEvent: 'earlier' },
  },
  { name: 'but nonsense', act: (s) => s.write(`${head}nonsense`), fate: { ...cut, reply: 'protocol-error' } },
  {
    name: 'but one that is too long',
    act: (s) => s.write(chunked(`data: {"id":7,"x":"${'x'.repeat(1 << 20)}"}\n\n`)),
    fate: { ...cut, reply: 'protocol-error' },
  },
  {
    name: 'and without end',
    act: (s) => inTurn(s, head, ...Array<string>(50).fill(chunk(': ping\n\n'))),
    fate: { ...cut, reply: 'timeout' },
  },
];

const others: readonly Case[] = [
  { name: 'JSON', act: (s) => s.write(httpAnswer('{"id":7}')), fate: asItIs('{"id":7}') },
  {
    name: 'text that looks like events',
    act: (s) => s.write(httpAnswer(answer, 200, { 'content-type': 'text/event-streams' })),
    fate: asItIs(answer),
  },
  {
    name: 'an error, whatever its type',
    act: (s) => s.write(httpAnswer(answer, 404, type)),
    fate: asItIs(answer, 404),
  },
  { name: 'no content', act: (s) => s.write(httpAnswer('', 204)), fate: asItIs('', 204) },
  { name: 'accepted, without a body', act: (s) => s.write(httpAnswer('', 202)), fate: asItIs('', 202) },
];

const pem = (name: string) => readFileSync(new URL(`../testing/tls/localhost-${name}.pem`, import.meta.url), 'utf8');
const certificate = { key: pem('key'), cert: pem('cert') };

const policies: readonly [string, Partial<ConnectionPolicy>, boolean?][] = [
  ['a connection for each user', {}],
  ['connections shared', { connections: { kind: 'shared', count: 2 } }],
  ['a connection for each request', { keepAlive: { kind: 'off' } }],
  ['TLS', {}, true],
];

async function serve(script: (exchange: RawExchange) => void, policy: Partial<ConnectionPolicy>, secure = false) {
  const server = await rawServer(
    (exchange) => (exchange.path === '/plain' ? exchange.socket.write(httpAnswer('plain')) : script(exchange)),
    secure ? { tls: certificate } : {},
  );
  cleanups.push(() => server.close());
  const transport = httpTransport({ origin: server.origin, clock, tls: { insecure: secure, ca: null }, ...policy });
  cleanups.push(() => transport.close());
  return { server, transport };
}

const send = (connection: Connection, request: WireRequest, ms = 5000): Promise<WireReply> =>
  connection.send(request, plus(clock.now(), millis(ms)));
const plain = (connection: Connection): Promise<WireReply> =>
  send(connection, { method: 'GET', path: '/plain', headers: [], body: null });

// A machine that stands still reads in one go what came in two: then once more.
describe.each(policies)('with %s', { retry: 2 }, (_, policy, secure) => {
  const kinds = { whole, among, without, others } as const;
  const named = Object.entries({
    whole: 'the event that is the answer, ',
    among: 'the event that is the answer, ',
    without: 'a stream without the answer ',
    others: 'instead of events ',
  } as const).flatMap(([kind, words]) =>
    kinds[kind as keyof typeof kinds].map((each): [string, Case] => [words + each.name, each]),
  );
  test.each(named)('%s', async (_, { act, fate }) => {
    const { server, transport } = await serve(({ socket }) => act(socket), policy, secure);
    const connection = transport.open(0);
    const first = await plain(connection);
    const limit = fate.reply === 'timeout' ? 100 : 5000;
    const handed = clock.now();
    const reply = await send(connection, ask, limit);
    const settled = clock.now();
    if (fate.freed === 'by patience') await sleep(0);
    else await sleep(20);
    const last = await plain(connection);

    if (fate.reply === 'answered')
      expect(reply).toMatchObject({ kind: 'answered', status: fate.status, body: fate.body });
    else expect(reply).toMatchObject({ kind: 'broken', error: fate.reply });
    if (fate.reply === 'timeout') {
      expect(reply).toMatchObject({
        detail: `no complete answer within ${limit} ms: given up while waiting for the event that is the answer`,
      });
      expect(reply.ended - handed).toBeGreaterThanOrEqual(limit);
    }
    if (fate.bytes !== undefined) expect(reply.bytesReceived).toBe(fate.bytes);
    expectOrder(reply, fate, settled);
    const reuses = policy.keepAlive?.kind !== 'off';
    expect([first.opened, reply.opened, last.opened]).toEqual([true, !reuses, !reuses || fate.keeps !== true]);
    for (const each of [first, reply, last]) expect(each.retried).toBe(false);
    for (const each of [first, last]) expect(each).toMatchObject({ kind: 'answered', body: 'plain' });
    expect(server.requests).toBe(3);
    expect(server.connections).toBe([first, reply, last].filter(({ opened }) => opened).length);
    await transport.close();
    await server.idle();
  });
});

function expectOrder(reply: WireReply, { freed, firstEvent }: Fate, settled: number): void {
  const { sent, firstByte, ended } = reply;
  if (firstEvent === 'none') expect(reply.firstEvent).toBeNaN();
  if (firstEvent === 'answer') expect(reply.firstEvent).toBe(ended);
  if (firstEvent === 'earlier') expect(reply.firstEvent).toBeLessThan(ended);
  if (!Number.isNaN(firstByte)) {
    expect(firstByte).toBeGreaterThanOrEqual(sent);
    expect(ended).toBeGreaterThanOrEqual(firstByte);
  }
  const rest = reply.freed - ended;
  if (freed === 'with the answer') expect(rest).toBe(0);
  if (freed === 'later') expect(rest).toBeGreaterThan(0);
  if (freed === 'by patience') expect(rest).toBeGreaterThanOrEqual(250);
  expect(reply.freed).toBeLessThanOrEqual(settled);
}

describe('what follows the answer', () => {
  const endless = ({ socket }: RawExchange): void => void socket.write(head + chunk(answer));

  test('is read on after nobody waits for it any more, and the connection used again if it ends in time', async () => {
    const { server, transport } = await serve(({ socket }) => {
      endless({ socket } as RawExchange);
      setTimeout(() => inTurn(socket, chunk(progress), chunk('')), 300);
    }, {});
    const connection = transport.open(0);
    const reply = await send(connection, ask);
    expect(reply.freed - reply.ended).toBeGreaterThanOrEqual(250);
    await sleep(150);
    expect(await plain(connection)).toMatchObject({ kind: 'answered', body: 'plain', opened: false });
    expect(server.connections).toBe(1);
  });

  test.each([
    ['nonsense', 'nonsense\r\n'],
    ['more than the end', `${chunk('')}more`],
    ['a close', null],
  ])('may be %s while nobody waits for it: the next request goes out on a fresh connection', async (_, text) => {
    const { server, transport } = await serve(({ socket }) => {
      endless({ socket } as RawExchange);
      setTimeout(() => (text === null ? socket.end() : socket.write(text)), 300);
    }, {});
    const connection = transport.open(0);
    await send(connection, ask);
    await sleep(120);
    // The server may see that the connection is gone before there is another request.
    await server.idle();
    expect(await plain(connection)).toMatchObject({ kind: 'answered', opened: true, retried: false });
  });

  test('is no matter of the deadline', async () => {
    const { transport } = await serve(({ socket }) => {
      endless({ socket } as RawExchange);
      setTimeout(() => socket.write(chunk('')), 120);
    }, {});
    const connection = transport.open(0);
    const reply = await send(connection, ask, 60);
    expect(reply).toMatchObject({ kind: 'answered', body: data });
    expect(reply.freed - reply.ended).toBeGreaterThan(50);
    expect(await plain(connection)).toMatchObject({ kind: 'answered', opened: false });
  });

  test.each<[string, (connection: Connection, close: () => Promise<void>) => void]>([
    ['the user leaves', (connection) => connection.close()],
    ['the run ends', (_, close) => void close()],
  ])('is given up when %s, and the answer counts', async (_, act) => {
    const { server, transport } = await serve(endless, {});
    const connection = transport.open(0);
    const reply = send(connection, ask);
    await sleep(50);
    act(connection, () => transport.close());
    expect(await reply).toMatchObject({ kind: 'answered', body: data });
    await server.idle();
  });

  test('does not keep those who wait for a shared connection for longer', async () => {
    const { server, transport } = await serve(endless, { connections: { kind: 'shared', count: 1 } });
    const replies = await Promise.all([
      send(transport.open(0), ask),
      plain(transport.open(1)),
      plain(transport.open(2)),
    ]);
    expect(replies.map((reply) => reply.kind === 'answered' && reply.body)).toEqual([data, 'plain', 'plain']);
    expect(replies.map(({ opened, retried }) => [opened, retried])).toEqual([
      [true, false],
      [true, false],
      [false, false],
    ]);
    expect([server.connections, server.requests]).toEqual([2, 3]);
  });
});

test.each([
  ['no content', httpAnswer('', 204), 204, ''],
  ['a body', httpAnswer('{"ok":true}'), 200, '{"ok":true}'],
  ['an empty body', httpAnswer(''), 200, ''],
  ['a refusal', httpAnswer('{"detail":"no"}', 405), 405, '{"detail":"no"}'],
])('DELETE is answered by %s, and the connection carries on', async (_, text, status, body) => {
  const seen: Partial<RawExchange>[] = [];
  const { server, transport } = await serve((exchange) => {
    seen.push(exchange);
    exchange.socket.write(text);
  }, {});
  const connection = transport.open(0);
  const headers = ['mcp-session-id', '7'];
  const reply = await send(connection, { method: 'DELETE', path: '/mcp', headers, body: null });
  expect(reply).toMatchObject({ kind: 'answered', status, body });
  expect(await plain(connection)).toMatchObject({ kind: 'answered', opened: false });
  expect(seen).toMatchObject([{ method: 'DELETE', path: '/mcp', body: '' }]);
  expect(seen[0]?.headers?.has('content-length')).toBe(false);
  expect(server.requests).toBe(2);
});

test('the replies of many users at a time are told apart, and each request gets one', async () => {
  const { server, transport } = await serve(({ socket, body }) => {
    const { id } = JSON.parse(body);
    const events = [priming, `data: {"id":${id + 1}}\n\n`, `data: {"id":${id},"user":${body}}\n\n`, progress];
    if (id % 3 === 0) socket.write(chunked(...events));
    else if (id % 3 === 1) inTurn(socket, head, ...[...events, ''].map(chunk));
    else byByte(socket, chunked(events.join('')));
  }, {});
  const users = await Promise.all(
    Array.from({ length: 8 }, async (_, user) => {
      const connection = transport.open(user);
      const bodies: string[] = [];
      for (let step = 0; step < 12; step++) {
        const id = user * 1000 + step;
        const body = `{"id":${id}}`;
        const isAnswer: EventAnswer['isAnswer'] = (event) => JSON.parse(event.data).id === id;
        const reply = await send(connection, { ...ask, body, events: { on: 'reply', isAnswer } });
        bodies.push(reply.kind === 'answered' ? reply.body : reply.detail);
      }
      return bodies;
    }),
  );
  const expected = (id: number): string => `{"id":${id},"user":{"id":${id}}}`;
  expect(users).toEqual(users.map((_, user) => Array.from({ length: 12 }, (_, step) => expected(user * 1000 + step))));
  expect([server.connections, server.requests]).toEqual([8, 96]);
});
