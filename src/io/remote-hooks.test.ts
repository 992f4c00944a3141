import { describe, expect, test } from 'vitest';
import { millis, seconds } from '../core/units.ts';
import type { LiveEvent } from '../report/live-event.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { HookBoard } from './hook-board.ts';
import type { HookCommand, HookReport } from './hook-messages.ts';
import { type HookName, hookNames } from './hooks.ts';
import { RemoteHooks } from './remote-hooks.ts';

const stop: LiveEvent = { kind: 'testStop', reason: 'completed', seconds: 10, requests: 1, failures: 0 };
const failure = { kind: 'requestFailed' } as LiveEvent;

/** Hooks behind a port that nobody serves but the test. */
function remote(names: readonly HookName[] = hookNames) {
  const clock = new VirtualClock();
  const board = new HookBoard();
  const commands: HookCommand[] = [];
  const live = { terminated: false, die: (_cause: string): void => {}, tell: (_report: HookReport): void => {} };
  const port = {
    postMessage: (message: unknown) => void commands.push(message as HookCommand),
    on: (_: 'message', listener: (message: unknown) => void) => {
      live.tell = listener;
    },
  };
  const ended = new Promise<string>((resolve) => {
    live.die = resolve;
  });
  const terminate = async (): Promise<void> => {
    live.terminated = true;
  };
  const hooks = new RemoteHooks({ port, ended, terminate }, board, clock);
  live.tell({ kind: 'ready', names });
  const kinds = (): readonly string[] => commands.map((command) => command.kind);
  return { clock, board, commands, kinds, hooks, live };
}
const troubles = ({ troubles: all }: RemoteHooks) => all.map(({ hook, message, count }) => [hook, message, count]);

describe('RemoteHooks', () => {
  test('tells the thread only what there is a hook for', async () => {
    const { hooks, kinds } = remote(['testStop']);
    await hooks.ready('hooks.mjs');
    hooks.tell(failure);
    hooks.tell(stop);
    expect(kinds()).toEqual(['event']);
    expect(hooks.wantsEveryFailure).toBe(false);
  });

  test('gives what has arrived when it is asked, and does not wait for it', () => {
    const { hooks, live } = remote();
    const event = { kind: 'hooks', second: 0, counters: [{ name: 'a', sum: 1 }], timings: [], troubles: [] } as const;
    expect(hooks.take(0)).toEqual([]);
    live.tell({ kind: 'measured', events: [event] });
    expect(hooks.take(1)).toEqual([event]);
    expect(hooks.take(2)).toEqual([]);
  });

  test('a thread that does not come back is ended 5 s after the end, and the hook told that blocks it', async () => {
    const { clock, board, hooks, live } = remote();
    // As its thread leaves it that stands in the hook.
    Atomics.store(board.cells, 0, hookNames.indexOf('testStop') + 1);
    await clock.run(hooks.settle(10));
    expect(clock.now()).toBe(seconds(5));
    expect(live.terminated).toBe(true);
    expect(troubles(hooks)).toEqual([
      ['testStop', 'kept its thread busy for 5 s after the end: the thread was ended', 1],
    ]);
  });

  test('while the thread settles it has 6 s more', async () => {
    const { clock, hooks, live } = remote();
    const settled = hooks.settle(10);
    void clock.until(seconds(4)).then(() => live.tell({ kind: 'settling' }));
    void clock.until(millis(9900)).then(() => live.tell({ kind: 'settled' }));
    await clock.run(settled);
    expect(clock.now()).toBe(9900);
    expect({ told: troubles(hooks), ended: live.terminated }).toEqual({ told: [], ended: false });
  });

  test('a thread that dies is told once, and each hook that was not called after it', async () => {
    const { hooks, live, clock } = remote();
    live.die('out of memory');
    await Promise.resolve();
    hooks.tell(stop);
    hooks.tell(stop);
    await clock.run(hooks.settle(10));
    expect(clock.now()).toBe(0);
    expect(troubles(hooks)).toEqual([
      ['of the file', 'ended the thread of the hooks: out of memory', 1],
      ['testStop', 'was not called: the thread of the hooks had ended', 2],
    ]);
    expect(hooks.take(10)).toMatchObject([{ second: 10, troubles: [{ count: 1 }, { count: 2 }] }]);
    expect(hooks.take(11)).toEqual([]);
  });

  test('failed requests that wait for a slow hook are bounded: the rest is counted and told', () => {
    const { hooks, board, commands } = remote();
    for (let i = 0; i < 10_005; i++) hooks.tell(failure);
    expect(commands).toHaveLength(10_000);
    for (let i = 0; i < 3; i++) board.hear();
    for (let i = 0; i < 4; i++) hooks.tell(failure);
    expect(commands).toHaveLength(10_003);
    hooks.take(1);
    const why = 'was not called: 10 000 failed requests waited for it already';
    expect(commands.slice(-2)).toEqual([
      { kind: 'left-out', why, count: 6 },
      { kind: 'take', second: 1 },
    ]);
  });

  test('hooks that are not loaded within 30 s are refused', async () => {
    const clock = new VirtualClock();
    const port = { postMessage: () => {}, on: () => {} };
    const hooks = new RemoteHooks(
      { port, ended: new Promise(() => {}), terminate: async () => {} },
      new HookBoard(),
      clock,
    );
    await expect(clock.run(hooks.ready('slow.mjs'))).rejects.toMatchObject({
      exitCode: 2,
      message: 'Cannot load the hooks "slow.mjs": they were not loaded within 30 s.',
    });
  });
});
