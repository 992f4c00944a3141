import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../core/clock.ts';
import { millis, plus } from '../core/units.ts';
import type { Connection } from '../engine/world.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import { httpAnswer, type RawExchange, rawServer } from '../testing/raw-server.ts';
import type { ConnectionPolicy } from './connection-policy.ts';
import { httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

const real = realClock();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(script: (exchange: RawExchange) => void, policy: Partial<ConnectionPolicy>, clock: Clock = real) {
  const server = await rawServer(script);
  cleanups.push(() => server.close());
  const transport = httpTransport({ origin: server.origin, clock, tls: { insecure: false, ca: null }, ...policy });
  cleanups.push(() => transport.close());
  return { server, transport };
}

const get = (path: string): WireRequest => ({ method: 'GET', path, headers: [], body: null });
const send = (connection: Connection, path = '/', ms = 5000): Promise<WireReply> =>
  connection.send(get(path), plus(real.now(), millis(ms)));
const shared = (count: number): Partial<ConnectionPolicy> => ({ connections: { kind: 'shared', count } });
const bodies = (replies: readonly WireReply[]): readonly string[] =>
  replies.map((reply) => (reply.kind === 'answered' ? reply.body : reply.error));

describe('shared connections', () => {
  test('are never more than their number, and whoever finds them busy is served in the order of coming', async () => {
    const order: string[] = [];
    let busy = 0;
    let most = 0;
    const { server, transport } = await serve(({ socket, path }) => {
      order.push(path);
      most = Math.max(most, ++busy);
      setTimeout(() => {
        busy -= 1;
        socket.write(httpAnswer(path));
      }, 2);
    }, shared(3));
    const paths = Array.from({ length: 60 }, (_, user) => `/${user}`);
    const replies = await Promise.all(paths.map((path, user) => send(transport.open(user), path)));
    expect(bodies(replies)).toEqual(paths);
    // Two requests may overtake each other between their connections, but nobody waits for longer than that.
    expect(order.every((path, place) => Math.abs(Number(path.slice(1)) - place) < 3)).toBe(true);
    expect([server.connections, server.requests, most]).toEqual([3, 60, 3]);
    expect(replies.filter(({ opened }) => opened)).toHaveLength(3);
  });

  test('are opened only when they are needed at a time', async () => {
    const { server, transport } = await serve(({ socket }) => socket.write(httpAnswer('{}')), shared(5));
    for (let user = 0; user < 20; user++) await send(transport.open(user));
    expect(server.connections).toBe(1);
  });

  test('the wait for a free one counts until the deadline, and who gives up is never sent', async () => {
    const held: Socket[] = [];
    const { server, transport } = await serve(
      ({ socket, path }) => (path === '/held' ? held.push(socket) : socket.write(httpAnswer(path))),
      shared(1),
    );
    const first = send(transport.open(0), '/held');
    const start = real.now();
    const impatient = send(transport.open(1), '/never', 60);
    const patient = send(transport.open(2), '/patient');
    const gone = await impatient;
    expect(gone).toMatchObject({
      kind: 'broken',
      error: 'timeout',
      detail: expect.stringContaining('waiting for a free connection'),
      opened: false,
      bytesSent: 0,
    });
    expect(gone.ended - start).toBeGreaterThanOrEqual(60);
    held[0]?.write(httpAnswer('held'));
    expect(bodies(await Promise.all([first, patient]))).toEqual(['held', '/patient']);
    const { sent } = await patient;
    // sent is the time of writing: the wait is the pool's, and is seen in the response time.
    expect(sent - start).toBeGreaterThanOrEqual(60);
    expect(server.requests).toBe(2);
  });

  test('one that is lost at the deadline is replaced for the next in line', async () => {
    const { server, transport } = await serve(({ socket, path }) => {
      if (path !== '/silent') socket.write(httpAnswer(path));
    }, shared(1));
    const replies = await Promise.all([
      send(transport.open(0), '/silent', 50),
      send(transport.open(1), '/a'),
      send(transport.open(2), '/b'),
    ]);
    expect(bodies(replies)).toEqual(['timeout', '/a', '/b']);
    expect(replies.map(({ opened }) => opened)).toEqual([true, true, false]);
    expect(server.connections).toBe(2);
  });

  test('stay when one of their users leaves, and go with the transport', async () => {
    const { server, transport } = await serve(({ socket }) => socket.write(httpAnswer('{}')), shared(1));
    const leaver = transport.open(0);
    await send(leaver);
    leaver.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await send(transport.open(1))).toMatchObject({ kind: 'answered', opened: false });
    expect(await send(leaver)).toMatchObject({ error: 'unfinished' });
    await transport.close();
    await server.idle();
  });

  test('at the end all are unfinished, those in line too, and nobody is sent in their place', async () => {
    let arrived = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { server, transport } = await serve(() => arrived(), shared(1));
    const all = Array.from({ length: 5 }, (_, user) => send(transport.open(user)));
    await arrival;
    await transport.close();
    expect(bodies(await Promise.all(all))).toEqual(Array(5).fill('unfinished'));
    await server.idle();
    expect([server.connections, server.requests]).toEqual([1, 1]);
  });
});

describe('a limit to idle time', () => {
  test('is exact: at the limit a connection is used, beyond it replaced', async () => {
    let time = 0;
    const clock: Clock = { now: () => millis(time), until: real.until };
    const policy: Partial<ConnectionPolicy> = { keepAlive: { kind: 'idle', limit: millis(4000) } };
    const { server, transport } = await serve(({ socket }) => socket.write(httpAnswer('{}')), policy, clock);
    const connection = transport.open(0);
    const next = async (idle: number): Promise<boolean> => {
      time += idle;
      const reply = await connection.send(get('/'), millis(time + 5000));
      expect(reply).toMatchObject({ kind: 'answered', retried: false });
      return reply.opened;
    };
    expect([await next(10_000), await next(3999), await next(4000), await next(4000.5), await next(4000)]).toEqual([
      ...[true, false, false, true, false],
    ]);
    expect(server.connections).toBe(2);
  });
});

describe('a close that may cross the next request', () => {
  test.each([
    ['a connection for each user', {}],
    ['connections shared', shared(2)],
    ['a connection for each request', { keepAlive: { kind: 'off' } } as const],
  ])('loses and doubles nothing, with %s', async (_, policy) => {
    // Closed at once, in the same turn, or a little later: some closes come before the next request, some cross it.
    const answered: string[] = [];
    let tooLate = 0;
    const { server, transport } = await serve(({ socket, index, path }) => {
      if (!socket.writable) {
        tooLate += 1;
        return;
      }
      answered.push(path);
      const answer = httpAnswer(path);
      if (index % 4 === 0) socket.end(answer);
      else if (index % 4 === 1) socket.write(answer, () => socket.end());
      else if (index % 4 === 2) socket.write(answer, () => setImmediate(() => socket.end()));
      else socket.write(answer, () => setTimeout(() => socket.end(), 1));
    }, policy);
    const users = await Promise.all(
      Array.from({ length: 10 }, async (_, user) => {
        const connection = transport.open(user);
        const replies: WireReply[] = [];
        for (let step = 0; step < 20; step++) {
          replies.push(await send(connection, `/${user}-${step}`));
          if (step % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        }
        return replies;
      }),
    );
    expect(users.map(bodies)).toEqual(
      users.map((_, user) => Array.from({ length: 20 }, (_, step) => `/${user}-${step}`)),
    );
    // What crossed a close got no answer, was sent once more, and says so.
    expect(new Set(answered).size).toBe(200);
    expect(answered).toHaveLength(200);
    expect(tooLate).toBeLessThanOrEqual(users.flat().filter(({ retried }) => retried).length);
    expect(server.connections).toBe(users.flat().filter(({ opened }) => opened).length);
  });
});
