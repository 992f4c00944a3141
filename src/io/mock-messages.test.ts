import { get } from 'node:http';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { bug, exitCodes, SqloadError } from '../core/errors.ts';
import type { MockOptions } from '../mock/mock-options.ts';
import { RemoteMock, serveMock } from './mock-messages.ts';
import type { RunningMockServer } from './mock-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

/** Both sides of the thread border in one thread, over a channel that copies as threads do. */
const connected = (options: MockOptions): { remote: RemoteMock; server: Promise<RunningMockServer | null> } => {
  const { port1, port2 } = new MessageChannel();
  const remote = new RemoteMock(port1);
  const server = serveMock(port2, structuredClone(options));
  cleanups.push(async () => {
    await (await server)?.close();
    port1.close();
  });
  return { remote, server };
};

const status = (url: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, (reply) => resolve(reply.resume().statusCode)).on('error', reject);
  });

describe('RemoteMock and serveMock()', () => {
  test('tell where the server listens, and what it has received', async () => {
    const { remote } = connected({ latency: '0ms', faults: ['500:100%@1h-'] });
    expect(await status(`${await remote.address}/health`)).toBe(200);
    const all = await Promise.all([remote.stats(), remote.stats()]);
    expect(all.map(({ requests }) => requests.health)).toEqual([1, 1]);
  });

  test('tell how the thread of the server fared since it was last asked', async () => {
    const { remote } = connected({ latency: '0ms' });
    await remote.address;
    await remote.vitals();
    const until = performance.now() + 50;
    while (performance.now() < until);
    const { utilisation, heap, heapLimit } = await remote.vitals();
    expect(utilisation).toBeGreaterThan(0.5);
    expect(utilisation).toBeLessThanOrEqual(1);
    expect(heap).toBeGreaterThan(1e6);
    expect(heapLimit).toBeGreaterThan(heap);
  });

  test('carry an error of the start over, with its hint and exit code', async () => {
    const { remote: first } = connected({});
    const port = Number(new URL(await first.address).port);
    const { remote, server } = connected({ port });
    const error = await remote.address.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SqloadError);
    expect(error).toMatchObject({ exitCode: exitCodes.usage, hint: expect.stringContaining('--port') });
    expect(await server).toBeNull();
  });

  test('reject what is asked once the other side has failed', async () => {
    const { port1 } = new MessageChannel();
    cleanups.push(() => port1.close());
    const remote = new RemoteMock(port1);
    const before = remote.stats();
    remote.fail(bug('gone'));
    for (const asked of [remote.address, before, remote.stats()]) await expect(asked).rejects.toThrow('gone');
  });
});
