import { SqloadError } from '../core/errors.ts';
import { createRedactor } from '../core/redactor.ts';
import type { FailuresEvent, HooksEvent } from '../record/hooks-event.ts';
import type { LiveEvent } from '../report/live-event.ts';
import { HookBoard } from './hook-board.ts';
import { HookRunner } from './hook-runner.ts';
import { type HookName, type Hooks, hookNames } from './hooks.ts';
import { loadHooks } from './load-hooks.ts';
import { realClock } from './real-clock.ts';

/** The hooks that a thread is to call: plain data, so that it crosses the border between threads. */
export interface HookOrder {
  readonly path: string;
  /** The path as the user gave it. */
  readonly shown: string;
  readonly secrets: readonly string[];
  readonly board: Int32Array<SharedArrayBuffer>;
}

/** In this order; the thread answers `take` and `settle`. */
export type HookCommand =
  | { readonly kind: 'event'; readonly event: LiveEvent }
  | { readonly kind: 'passed-over'; readonly event: FailuresEvent }
  | { readonly kind: 'left-out'; readonly why: string; readonly count: number }
  | { readonly kind: 'take'; readonly second: number }
  | { readonly kind: 'settle'; readonly second: number };

/** The thread tells `ready` or `refused` once; `settling` when all before `settle` is done, and then `settled`. */
export type HookReport =
  | { readonly kind: 'ready'; readonly names: readonly HookName[] }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string }
  | { readonly kind: 'measured'; readonly events: readonly HooksEvent[] }
  | { readonly kind: 'settling' }
  | { readonly kind: 'settled' };

/** The part that a MessagePort and a Worker have in common. */
export interface HookPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/**
 * The thread's side: loads the hooks and calls them as it is told. `flush` resolves when what they have printed is out. Answers with what
 * takes an error that nobody caught, or null when there are no hooks to be called.
 */
export async function serveHooks(
  port: HookPort,
  { path, shown, secrets, board: cells }: HookOrder,
  flush: () => Promise<void>,
): Promise<((error: unknown) => void) | null> {
  const tell = (report: HookReport): void => port.postMessage(report);
  let hooks: Hooks;
  try {
    hooks = await loadHooks(path, shown);
  } catch (error) {
    if (!(error instanceof SqloadError)) throw error;
    tell({ kind: 'refused', message: error.message, hint: error.hint });
    return null;
  }
  const board = new HookBoard(cells);
  const runner = new HookRunner(board.watch(hooks), realClock(), createRedactor(secrets));
  const measured = (second: number): void => {
    const events = runner.take(second);
    if (events.length > 0) tell({ kind: 'measured', events });
  };
  const settle = async (second: number): Promise<void> => {
    tell({ kind: 'settling' });
    await runner.settle();
    await flush();
    measured(second);
    tell({ kind: 'settled' });
  };
  port.on('message', (message) => {
    const command = message as HookCommand;
    switch (command.kind) {
      case 'event':
        board.hear();
        if (board.hurried && command.event.kind === 'requestFailed') runner.leaveOut('requestFailed', tooLate);
        else runner.tell(command.event);
        return;
      case 'passed-over':
        return runner.passOver(command.event);
      case 'left-out':
        return runner.leaveOut('requestFailed', command.why, command.count);
      case 'take':
        return measured(command.second);
      case 'settle':
        return void settle(command.second);
    }
  });
  tell({ kind: 'ready', names: hookNames.filter((name) => hooks[name] !== undefined) });
  return (error) => runner.noteStray(error);
}

const tooLate = 'was not called for the last failed requests: the run was over, and it was behind';
