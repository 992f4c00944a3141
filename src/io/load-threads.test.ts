import { afterEach, describe, expect, test } from 'vitest';
import { exitCodes } from '../core/errors.ts';
import { millis, seconds } from '../core/units.ts';
import { RunStop } from '../engine/stop.ts';
import type { RunEvent } from '../record/run-event.ts';
import { threadOverChannel } from '../testing/thread-over-channel.ts';
import { planFor, profileOf } from '../testing/virtual-run.ts';
import { wholeRun } from '../workload/slice.ts';
import { type LoadOrder, type LoadPlay, startLoadThreads, workerThread } from './load-threads.ts';
import { startMockServer } from './mock-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

/** A worker's script; Node 20 starts none from the sources, so these stand in for load-worker.js. */
const script = (code: string) =>
  workerThread(
    new URL(
      `data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from 'node:worker_threads';
const tell = (kind, more) => parentPort.postMessage({ kind, ...more });
const tellSecond = (second) => tell('events', { events: [{ kind: 'second', second, users: 1, started: 1, dropped: 0,
  cells: [], sessions: [], sessionsLost: 0, lateness: [], connections: { opened: 0, reused: 0, retried: 0, resumed: 0 }, connect: [], tls: [],
  threads: [], processes: [] }] });
const tellEnd = (reason) => { tell('events', { events: [{ kind: 'end', reason, at: 1000, started: 1 }] }); tell('over'); };
${code}`)}`,
    ),
  );

const orderFor = (workers: number, origin = 'http://127.0.0.1:1'): LoadOrder => ({
  plan: planFor(profileOf('name: brief\nusers: 5\nspawn_rate: 100/s\nrun_time: 2s\n'), {
    think: { min: millis(50), max: millis(100) },
    stopTimeout: seconds(1),
    secrets: ['hush-hush'],
  }),
  slice: wholeRun,
  seed: 'x',
  workers,
  transport: { origin, tls: { insecure: false, ca: null } },
});

async function all({ events }: LoadPlay): Promise<RunEvent[]> {
  const told: RunEvent[] = [];
  for await (const event of events) told.push(event);
  return told;
}

const waits = 'setInterval(() => {}, 1000);';

describe('startLoadThreads()', () => {
  test('threads play their parts at the same time, and are told as one run', async () => {
    const server = await startMockServer({ latency: '2ms' });
    cleanups.push(() => server.close());
    const crew = await startLoadThreads(orderFor(3, server.address), threadOverChannel);
    const play = crew.start(new RunStop(), millis(50));
    const events = await all(play);
    const { requests } = await server.stats();
    const received = Object.values(requests).reduce((sum, count) => sum + count, 0);
    expect(received).toBeGreaterThan(30);
    expect(events.at(-1)).toMatchObject({ kind: 'end', reason: 'completed', started: received });
    expect(events.find((event) => event.kind === 'second')).toMatchObject({ second: 0, users: 5 });
    expect(play.trouble()).toBeNull();
  });

  test('each thread gets its part of the slice of the process', async () => {
    const crew = await startLoadThreads(
      { ...orderFor(3), slice: { index: 1, count: 2 } },
      script(`tell('ready'); parentPort.on('message', () => {
        const { index, count } = workerData.slice;
        tell('events', { events: [{ kind: 'end', reason: 'completed', at: index, started: count * 100 + index }] });
        tell('over');
      });`),
    );
    // 1, 3 and 5 of 6.
    expect(await all(crew.start(new RunStop(), millis(0)))).toEqual([
      { kind: 'end', reason: 'completed', at: 5, started: 1809 },
    ]);
  });

  test('a thread that dies ends the run: the others stop in order, and what all measured is told', async () => {
    const crew = await startLoadThreads(
      orderFor(2),
      script(`tell('ready'); parentPort.on('message', ({ kind, reason, grace }) => {
        if (kind === 'start') tellSecond(0);
        if (kind === 'start' && workerData.slice.index === 1) setTimeout(() => { throw new Error('no hush-hush left') });
        if (kind === 'stop') { tellSecond(1); tellEnd(grace === 1000 ? reason : 'completed'); }
      });`),
    );
    const stop = new RunStop();
    const play = crew.start(stop, millis(0));
    const events = await all(play);
    expect(events.map((event) => (event.kind === 'second' ? event.started : event.kind))).toEqual([2, 1, 'end']);
    expect(events.at(-1)).toMatchObject({ reason: 'thread-died', started: 3 });
    expect(stop.reason?.reason).toBe('thread-died');
    expect(play.trouble()).toMatchObject({
      exitCode: exitCodes.invalid,
      message: 'Load thread 2 of 2 has died: no [redacted] left.',
    });
  });

  test('a thread that runs out of memory dies with a hint that helps', async () => {
    const crew = await startLoadThreads(
      orderFor(1),
      script(
        `tell('ready'); parentPort.on('message', () => { throw Object.assign(new Error('Worker terminated due to reaching memory limit'), {}) });`,
      ),
    );
    const play = crew.start(new RunStop(), millis(0));
    expect(await all(play)).toEqual([{ kind: 'end', reason: 'thread-died', at: 0, started: 0 }]);
    expect(play.trouble()).toMatchObject({
      message: 'The load thread has died: Worker terminated due to reaching memory limit.',
      hint: expect.stringContaining('--workers'),
    });
  });

  test('a stop reaches every thread, before and after the start', async () => {
    const crew = () =>
      startLoadThreads(
        orderFor(2),
        script(
          "tell('ready'); parentPort.on('message', ({ kind, reason }) => { if (kind === 'stop') tellEnd(reason); });",
        ),
      );
    const stop = new RunStop();
    const late = all((await crew()).start(stop, millis(0)));
    stop.stop({ reason: 'interrupted', grace: millis(0) });
    const ends = [...(await late), ...(await all((await crew()).start(stop, millis(0))))];
    const end = { kind: 'end', reason: 'interrupted', at: 1000, started: 2 };
    expect(ends).toEqual([end, end]);
  });

  test('when the consumer leaves, the threads are ended', async () => {
    const started: { ended: Promise<string> }[] = [];
    const start = script(`${waits} tell('ready'); parentPort.on('message', () => tellSecond(0));`);
    const crew = await startLoadThreads(orderFor(2), (order, name) => {
      const thread = start(order, name);
      started.push(thread);
      return thread;
    });
    for await (const event of crew.start(new RunStop(), millis(0)).events) if (event.kind === 'second') break;
    expect(await Promise.all(started.map(({ ended }) => ended))).toHaveLength(2);
    await crew.dismiss();
  });

  test.each([
    ['throws', "throw new Error('no luck');", 'no luck'],
    ['leaves', 'process.exit(3);', 'exit code 3'],
    ['ends', '', 'exit code 0'],
  ])('rejects when a thread %s before it is ready, and ends the others', async (_, code, message) => {
    const started: { ended: Promise<string> }[] = [];
    const start = script(`if (workerData.slice.index === 0) { ${waits} tell('ready'); } else { ${code} }`);
    const crew = startLoadThreads(orderFor(2), (order, name) => {
      const thread = start(order, name);
      started.push(thread);
      return thread;
    });
    await expect(crew).rejects.toThrow(message);
    expect(await Promise.all(started.map(({ ended }) => ended))).toHaveLength(2);
  });

  test('does not pretend: without a built worker it says that there is none', async () => {
    await expect(startLoadThreads(orderFor(1))).rejects.toThrow(/Cannot find module .*load-worker\.js/);
  });
});
