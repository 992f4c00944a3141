import { describe, expect, test } from 'vitest';
import { exitCodes, type SqloadError } from '../core/errors.ts';
import { startMockThread } from './mock-thread.ts';

/** A worker's script; Node 20 starts none from the sources, so these stand in for mock-worker.js. */
const script = (code: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from 'node:worker_threads';${code}`)}`,
  );

const listening = "parentPort.postMessage({ kind: 'listening', address: 'http://127.0.0.1:1' });";
const noExit = { onExit: () => expect.unreachable('onExit was called') };

describe('startMockThread()', () => {
  test('hands the options to the thread and tells the address; close() ends it without a report', async () => {
    const answer =
      "parentPort.on('message', ({ id }) => parentPort.postMessage({ kind: 'stats', id, stats: workerData }));";
    const server = await startMockThread({ latency: '5ms' }, noExit, script(answer + listening));
    expect(server.address).toBe('http://127.0.0.1:1');
    expect(await server.stats()).toEqual({ latency: '5ms' });
    await server.close();
    await server.close();
    await expect(server.stats()).rejects.toThrow('has ended');
  });

  test('reports a thread that dies', async () => {
    const dies = "parentPort.on('message', () => { throw new Error('out of luck'); });";
    const died = new Promise<SqloadError>((resolve) => {
      void startMockThread({}, { onExit: resolve }, script(dies + listening)).then((server) =>
        expect(server.stats()).rejects.toThrow('out of luck'),
      );
    });
    expect(await died).toMatchObject({ exitCode: exitCodes.bug, message: expect.stringContaining('out of luck') });
  });

  test.each([
    ['throws', "throw new Error('no memory');", 'no memory'],
    ['leaves', 'process.exit(3);', 'exit code 3'],
    ['ends', '', 'exit code 0'],
  ])('rejects when the thread %s before it listens', async (_, code, message) => {
    await expect(startMockThread({}, noExit, script(code))).rejects.toThrow(message);
  });

  test('rejects with the error that kept the server from starting', async () => {
    const failed = "parentPort.postMessage({ kind: 'failed', message: 'Port taken.', hint: 'Another.', exitCode: 2 });";
    await expect(startMockThread({}, noExit, script(`${failed} setInterval(() => {}, 1000);`))).rejects.toMatchObject({
      message: 'Port taken.',
      hint: 'Another.',
      exitCode: exitCodes.usage,
    });
  });

  test('does not pretend: without a built worker it says that there is none', async () => {
    await expect(startMockThread({}, noExit)).rejects.toThrow(/Cannot find module .*mock-worker\.js/);
  });
});
