import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { type Millis, millis, plus } from '../core/units.ts';
import { Flow } from '../protocol/flow.ts';
import { guidePaths, pathDialect } from '../protocol/path-dialect.ts';
import type { WireReply } from '../protocol/wire.ts';
import {
  type Planted,
  type SimulatedServer,
  type SimulatedServerOptions,
  simulatedServer,
} from './simulated-server.ts';
import { VirtualClock } from './virtual-clock.ts';

const dialect = pathDialect({ name: 'guide', basePath: '', paths: guidePaths, headers: [] }).session();
const health = dialect.build({ row: 'health' });
const initial = dialect.build({ row: 'initial', userId: 'u', context: 'Python', answersLeft: 3 });
const minute = millis(60_000);

interface Setting {
  readonly clock: VirtualClock;
  readonly server: SimulatedServer;
}

const setting = (options: Omit<SimulatedServerOptions, 'clock'> = {}): Setting => {
  const clock = new VirtualClock();
  return { clock, server: simulatedServer({ latency: '100ms', ...options, clock }) };
};

/** Plays the flow of one user, a pause after each step. */
async function play({ clock, server }: Setting, user: number, steps: number): Promise<readonly WireReply[]> {
  const corpus = [{ context: 'Python', answers: ['data', 'pandas', 'charts'] }];
  const random = seededRandom('play').fork(user);
  const flow = new Flow(
    { mix: { health: 1, initial: 3, 'follow-up': 5, automatic: 0 }, history: 'growing', corpus },
    random,
  );
  const connection = server.open(user);
  const replies: WireReply[] = [];
  for (let n = 0; n < steps; n++) {
    const step = flow.next();
    const reply = await connection.send(dialect.build(step), plus(clock.now(), minute));
    flow.settle(step, dialect.parse(step, reply));
    replies.push(reply);
    await clock.until(plus(clock.now(), millis(500 + 100 * user)));
  }
  connection.close();
  return replies;
}

const send = ({ clock, server }: Setting, deadline: Millis = minute): Promise<WireReply> =>
  clock.run(server.open(0).send(initial, deadline));

describe('simulatedServer()', () => {
  test('stamps connect, sent, first byte and end', async () => {
    const place = setting({ connectTime: millis(20) });
    const connection = place.server.open(0);
    const first = await place.clock.run(connection.send(initial, minute));
    expect(first).toMatchObject({ kind: 'answered', sent: 20, firstByte: 120, ended: 120, connect: 20, opened: true });
    const second = await place.clock.run(connection.send(health, minute));
    expect(second).toMatchObject({ sent: 120, ended: 130, connect: 0, opened: false });
    expect(first.bytesSent).toBe(Buffer.byteLength(initial.body ?? ''));
    expect(first.bytesReceived).toBeGreaterThan(100);
  });

  test('a user gets the same replies whatever other users do', async () => {
    const options = { latency: 'p50=120ms,p95=350ms', faults: ['500:10%', 'reset:10%', 'truncated:10%'] };
    const crowd = setting(options);
    const together = await crowd.clock.run(Promise.all([0, 1, 2, 3, 4].map((user) => play(crowd, user, 60))));
    for (const user of [0, 3]) {
      const alone = setting(options);
      expect(await alone.clock.run(play(alone, user, 60))).toEqual(together[user]);
    }
    expect(together[0]).not.toEqual(together[1]);
  });

  test('knows the truth: requests by user, row and end, and service times', async () => {
    const place = setting({ faults: ['500:50%'] });
    const replies = (await place.clock.run(Promise.all([play(place, 0, 40), play(place, 7, 20)]))).flat();
    const { server } = place;
    expect([server.count({}), server.count({ user: 7 })]).toEqual([60, 20]);
    expect(server.received.filter(({ user }) => user === 7).map(({ step }) => step)).toEqual([...Array(20).keys()]);
    const { requests, faults } = server.stats();
    expect(server.count({ row: 'follow-up' })).toBe(requests['follow-up']);
    expect(requests['follow-up']).toBeGreaterThan(5);
    expect(replies.filter((reply) => reply.kind === 'answered' && reply.status === 500).length).toBe(faults['500']);
    for (const { row, serviceTime } of server.received) expect(serviceTime).toBeCloseTo(row === 'health' ? 10 : 100, 6);
  });

  test('gives up at exactly the deadline', async () => {
    const place = setting();
    expect(await send(place, millis(99.5))).toMatchObject({ kind: 'broken', error: 'timeout', ended: 99.5 });
    expect(place.server.received[0]).toMatchObject({ end: 'timeout', serviceTime: 99.5 });
    expect(await send(setting({ connectTime: millis(500) }), millis(50))).toMatchObject({ error: 'timeout', sent: 0 });
  });

  test('holds each deadline of one connection, a shorter one after a longer one and the reverse', async () => {
    const never: Planted = { kind: 'broken', error: 'reset', detail: '', after: millis(1e6) };
    const place = setting({ plant: (_, step) => (step % 2 === 0 ? null : never) });
    const connection = place.server.open(0);
    const ends: (string | number)[] = [];
    for (const deadline of [60_000, 500, 1000, 59_000]) {
      const reply = await place.clock.run(connection.send(initial, millis(deadline)));
      ends.push(reply.kind === 'broken' ? reply.error : reply.kind, reply.ended);
    }
    expect(ends).toEqual(['answered', 100, 'timeout', 500, 'answered', 600, 'timeout', 59_000]);
  });

  test.each([
    ['reset', 'reset', 100],
    ['truncated', 'reset', 100],
    ['hang', 'timeout', 60_000],
  ])('the fault %s breaks the reply as %s', async (fault, error, ended) => {
    const reply = await send(setting({ faults: [fault] }));
    expect(reply).toMatchObject({ kind: 'broken', error, ended });
    expect(Number.isNaN(reply.firstByte)).toBe(fault !== 'truncated');
  });

  test('a broken connection, and one that was unused too long, is opened again', async () => {
    const place = setting({ idleClose: millis(1000), faults: ['reset@2s-3s'] });
    const connection = place.server.open(0);
    const opened: boolean[] = [];
    for (const at of [0, 1000, 2200, 2900, 5000]) {
      await place.clock.run(place.clock.until(millis(at)));
      opened.push((await place.clock.run(connection.send(health, minute))).opened);
    }
    expect(opened).toEqual([true, false, true, true, true]);
  });

  test('close() ends everything in flight at once as unfinished, and all that comes later', async () => {
    const place = setting({ capacity: 1, latency: '10s', faults: ['hang:30%'] });
    const { clock, server } = place;
    const sent = Array.from({ length: 20 }, (_, user) => server.open(user).send(initial, minute));
    const closed = clock.until(millis(50)).then(() => server.close());
    await clock.run(closed);
    for (const reply of await Promise.all(sent)) expect(reply).toMatchObject({ error: 'unfinished', ended: 50 });
    expect(await server.open(99).send(initial, minute)).toMatchObject({ error: 'unfinished' });
    expect(server.count({ end: 'unfinished' })).toBe(20);
  });

  test('a capacity gives a known throughput', async () => {
    const place = setting({ capacity: 2 });
    const sent = Array.from({ length: 40 }, (_, user) => place.server.open(user).send(initial, minute));
    await place.clock.run(Promise.all(sent));
    expect(place.clock.now()).toBe(2000);
  });

  test('a pace makes work longer by when it begins', async () => {
    const place = setting({ pace: (elapsed) => (elapsed < 150 ? 1 : 3) });
    const connection = place.server.open(0);
    const spans: number[] = [];
    for (let n = 0; n < 3; n++) {
      const reply = await place.clock.run(connection.send(initial, minute));
      if (reply.kind === 'answered') spans.push(reply.ended - reply.sent);
    }
    expect(spans).toEqual([100, 100, 300]);
  });

  test('a planted answer takes the place of the server', async () => {
    const place = setting({
      plant: (user, step) =>
        step === 1 ? { kind: 'answered', status: 503, body: `no, ${user}`, after: millis(7) } : null,
    });
    const connection = place.server.open(4);
    expect(await place.clock.run(connection.send(health, minute))).toMatchObject({ status: 200, ended: 10 });
    expect(await place.clock.run(connection.send(health, minute))).toMatchObject({
      status: 503,
      body: 'no, 4',
      ended: 17,
    });
  });

  test('the preflight is in no count and moves no step', async () => {
    const place = setting({ faults: ['500'] });
    const connection = place.server.open(0);
    const preflight = { ...initial, headers: [...initial.headers, 'x-sqload-preflight', '1'] };
    expect(await place.clock.run(connection.send(preflight, minute))).toMatchObject({ status: 200 });
    expect(await place.clock.run(connection.send(initial, minute))).toMatchObject({ status: 500 });
    expect([place.server.received[0]?.step, place.server.count({})]).toEqual([0, 1]);
  });
});
