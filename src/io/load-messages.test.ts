import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { exitCodes, SqloadError } from '../core/errors.ts';
import { millis, seconds } from '../core/units.ts';
import type { Transport } from '../engine/world.ts';
import type { RunEvent } from '../record/run-event.ts';
import { planFor, profileOf } from '../testing/virtual-run.ts';
import { wholeRun } from '../workload/slice.ts';
import { RemoteLoad, serveLoad, type ThreadOrder, type ThreadWorld } from './load-messages.ts';
import { startMockServer } from './mock-server.ts';
import { monotonic } from './real-clock.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

const plan = planFor(profileOf('name: brief\nusers: 4\nspawn_rate: 100/s\nrun_time: 2s\n'), {
  think: { min: millis(50), max: millis(100) },
  stopTimeout: seconds(1),
  secrets: ['hush-hush'],
});

/** Both sides of the thread border in one thread, over a channel that copies as threads do. */
async function connected(world: ThreadWorld = {}): Promise<{ remote: RemoteLoad; served: Promise<void> }> {
  const server = await startMockServer({ latency: '2ms' });
  const { port1, port2 } = new MessageChannel();
  const order: ThreadOrder = {
    plan,
    slice: wholeRun,
    seed: 'x',
    transport: { origin: server.address, tls: { insecure: false, ca: null } },
  };
  const remote = new RemoteLoad(port1);
  const served = serveLoad(port2, structuredClone(order), world);
  cleanups.push(
    () => server.close(),
    () => port1.close(),
  );
  return { remote, served };
}

async function all(remote: RemoteLoad): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of remote.events()) events.push(event);
  return events;
}

describe('RemoteLoad and serveLoad()', () => {
  test('play a slice from the common start on, and tell all of it', async () => {
    const { remote, served } = await connected();
    await remote.ready();
    const at = millis(monotonic() + 100);
    remote.start(at);
    const events = await all(remote);
    await served;
    expect(monotonic() - at).toBeGreaterThanOrEqual(2000);
    const told = events.filter((event) => event.kind === 'second');
    expect(told.map(({ second }) => second)).toEqual(told.map((_, i) => i));
    const started = told.reduce((sum, event) => sum + event.started, 0);
    expect(started).toBeGreaterThan(20);
    expect(events.at(-1)).toMatchObject({ kind: 'end', reason: 'completed', started });
    expect(remote.failure).toBeNull();
    // The port may be closed now; what was told stays.
    remote.fail(new SqloadError('late', { exitCode: 70 }));
    expect(remote.failure).toBeNull();
  });

  test('a stop crosses over with its reason', async () => {
    const { remote } = await connected();
    await remote.ready();
    remote.start(monotonic());
    remote.stop({ reason: 'nothing-succeeded', grace: millis(100) });
    expect((await all(remote)).at(-1)).toMatchObject({ kind: 'end', reason: 'nothing-succeeded' });
  });

  test('an exception in the load is a bug, told without secrets after what was measured', async () => {
    const broken: Transport = {
      open: () => {
        throw new TypeError('cannot read "hush-hush" of undefined');
      },
      close: async () => {},
    };
    const { remote, served } = await connected({ connect: () => broken });
    await remote.ready();
    remote.start(monotonic());
    const events = await all(remote);
    await served;
    expect(events.some(({ kind }) => kind === 'end')).toBe(false);
    expect(remote.failure).toMatchObject({
      exitCode: exitCodes.bug,
      message: 'TypeError: cannot read "[redacted]" of undefined',
      hint: expect.stringContaining('bug in sqload'),
      stack: expect.stringContaining('load-messages.test'),
    });
    expect(remote.failure?.stack).not.toContain('hush-hush');
  });

  test('an error that says what to do keeps its words and exit code', async () => {
    const error = new SqloadError('No more sockets.', { exitCode: exitCodes.invalid, hint: 'Raise the limit.' });
    const { remote } = await connected({
      connect: () => {
        throw error;
      },
    });
    await remote.ready();
    remote.start(monotonic());
    expect(await all(remote)).toEqual([]);
    expect(remote.failure).toMatchObject({ message: error.message, hint: error.hint, exitCode: error.exitCode });
  });

  test('when the thread is gone, waiting ends and its events end', async () => {
    const { port1 } = new MessageChannel();
    cleanups.push(() => port1.close());
    const remote = new RemoteLoad(port1);
    const [ready, events] = [remote.ready(), all(remote)];
    remote.fail(new SqloadError('gone', { exitCode: 4 }));
    await expect(ready).rejects.toThrow('gone');
    expect(await events).toEqual([]);
    remote.fail(new SqloadError('another', { exitCode: 4 }));
    expect(remote.failure?.message).toBe('gone');
  });
});
