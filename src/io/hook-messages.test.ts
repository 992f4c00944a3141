import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import type { LiveEvent } from '../report/live-event.ts';
import { HookBoard } from './hook-board.ts';
import { serveHooks } from './hook-messages.ts';
import { realClock } from './real-clock.ts';
import { RemoteHooks } from './remote-hooks.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqload-hook-messages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const failure = { kind: 'requestFailed', name: 'x' } as LiveEvent;
const stop: LiveEvent = { kind: 'testStop', reason: 'completed', seconds: 10, requests: 1, failures: 0 };

/** Hooks of this text, served at the other end of a channel. */
async function served(text: string, secrets: readonly string[] = []) {
  const path = join(folder, `hooks-${files++}.mjs`);
  writeFileSync(path, text);
  const { port1, port2 } = new MessageChannel();
  const board = new HookBoard();
  const close = async (): Promise<void> => port1.close();
  const hooks = new RemoteHooks({ port: port1, ended: new Promise(() => {}), terminate: close }, board, realClock());
  const noteStray = await serveHooks(port2, { path, shown: 'hooks.mjs', secrets, board: board.cells }, async () => {});
  try {
    await hooks.ready('hooks.mjs');
  } catch (error) {
    await hooks.close();
    throw error;
  }
  return { hooks, board, noteStray };
}

describe('serveHooks()', () => {
  test('calls the hooks of a file, and tells what they measure and throw, without secrets', async () => {
    const { hooks, board, noteStray } = await served(
      `export function requestFailed({ name }, { counter }) { counter(name).add(2); throw new Error('hush-hush'); }
       export const testStop = async (_, { counter }) => { await null; counter('late').add(); };`,
      ['hush-hush'],
    );
    expect(hooks.wantsEveryFailure).toBe(true);
    hooks.tell(failure);
    hooks.tell(failure);
    noteStray?.(new Error('in a timer'));
    hooks.tell(stop);
    await hooks.settle(7);
    expect(board.heard).toBe(3);
    const [event] = hooks.take(7);
    expect(event).toMatchObject({
      second: 7,
      counters: [
        { name: 'late', sum: 1 },
        { name: 'x', sum: 4 },
      ],
    });
    expect(hooks.troubles.map(({ hook, message, count }) => [hook, message, count])).toEqual([
      ['of the file', 'threw Error: in a timer', 1],
      ['requestFailed', 'threw Error: [redacted]', 2],
    ]);
    await hooks.close();
  });

  test('leaves failed requests out when it is told to hurry, and says how many', async () => {
    const { hooks, board } = await served('export function requestFailed() {}; export function testStop() {}');
    board.hurry();
    hooks.tell(failure);
    hooks.tell(failure);
    hooks.passOver({ kind: 'failures', second: 0, failures: [], untold: 3 });
    hooks.tell(stop);
    await hooks.settle(7);
    expect(hooks.troubles.map(({ message, count }) => [message, count])).toEqual([
      ['was not called for the last failed requests: the run was over, and it was behind', 2],
      ['was not called for every failed request: there were too many in a second', 3],
    ]);
    await hooks.close();
  });

  test('refuses a file as loadHooks() does', async () => {
    await expect(served('export const x = 1;')).rejects.toMatchObject({
      exitCode: 2,
      message: 'There is no hook in hooks.mjs.',
      hint: expect.stringContaining('Export functions called testStart'),
    });
  });
});
