import type { Clock } from '../core/clock.ts';
import { type SqloadError, usageError } from '../core/errors.ts';
import { formatCount } from '../core/format.ts';
import { type Millis, millis, plus, seconds } from '../core/units.ts';
import type { FailuresEvent, HooksEvent, HookTrouble } from '../record/hooks-event.ts';
import type { LiveEvent } from '../report/live-event.ts';
import type { HookBoard } from './hook-board.ts';
import type { HookCaller } from './hook-caller.ts';
import type { HookCommand, HookPort, HookReport } from './hook-messages.ts';
import type { HookName } from './hooks.ts';

/** Failed requests that wait for a hook that is slower than they come: beyond, they are counted and not told. */
const mostWaiting = 10_000;
/** At the end, the thread has this long to come to its promises: hooks that block it for longer are ended with it. */
const patience = seconds(5);
/** Failed requests that are told when this much of it is over are left out. */
const hurryAfter = seconds(2);
/** The thread itself gives promises 5 s. */
const settlePatience = seconds(6);

/** From the start of the thread. */
const loadPatience = seconds(30);
const stillLoading = 'Their file ends its thread, or awaits what never comes, before it has exported anything.';

/** A thread that calls hooks. */
export interface HookThread {
  readonly port: HookPort;
  /** Resolves when it is gone, with what it died of in words. */
  readonly ended: Promise<string>;
  terminate(): Promise<unknown>;
}

type State = 'loading' | 'calling' | 'settling' | 'settled' | 'gone';

/** The main thread's side of hooks in a thread of their own: one that never comes back costs the run some seconds at its end, and no more. */
export class RemoteHooks implements HookCaller {
  readonly #thread: HookThread;
  readonly #board: HookBoard;
  readonly #clock: Clock;
  #names: ReadonlySet<HookName> = new Set();
  #state: State = 'loading';
  #refusal: SqloadError | null = null;
  #news = new AbortController();
  #told = 0;
  #leftOut = 0;
  #arrived: HooksEvent[] = [];
  #own = new Map<string, HookTrouble>();
  readonly #all = new Map<string, HookTrouble>();

  constructor(thread: HookThread, board: HookBoard, clock: Clock) {
    this.#thread = thread;
    this.#board = board;
    this.#clock = clock;
    thread.port.on('message', (message) => this.#hear(message as HookReport));
    void thread.ended.then((cause) => this.#die(cause));
  }

  /** Waits until the hooks are loaded. @throws SqloadError (usage) what is wrong with their file, `shown` as the user gave it. */
  async ready(shown: string): Promise<void> {
    const unready = await this.#remains('loading', loadPatience);
    if (this.#refusal !== null) throw this.#refusal;
    if (unready)
      throw usageError(
        `Cannot load the hooks "${shown}": they were not loaded within ${loadPatience / 1000} s.`,
        'What the file does when it is loaded takes too long, or never ends: leave that to the hook testStart.',
      );
  }

  get wantsEveryFailure(): boolean {
    return this.#names.has('requestFailed');
  }

  get troubles(): readonly HookTrouble[] {
    return [...this.#all.values()];
  }

  tell(event: LiveEvent): void {
    const name: HookName = event.kind;
    if (!this.#names.has(name)) return;
    if (this.#state === 'gone') {
      this.#note(name, 'was not called: the thread of the hooks had ended');
      return;
    }
    if (name === 'requestFailed' && this.#told - this.#board.heard >= mostWaiting) {
      this.#leftOut += 1;
      return;
    }
    this.#told += 1;
    this.#post({ kind: 'event', event });
  }

  passOver(event: FailuresEvent): void {
    // The lines were told one by one.
    if (event.untold > 0 && this.wantsEveryFailure)
      this.#post({ kind: 'passed-over', event: { ...event, failures: [] } });
  }

  take(second: number): readonly HooksEvent[] {
    this.#postLeftOut();
    this.#post({ kind: 'take', second });
    const events = this.#arrived;
    this.#arrived = [];
    const troubles = [...this.#own.values()];
    this.#own = new Map();
    return troubles.length === 0 ? events : [...events, { kind: 'hooks', second, counters: [], timings: [], troubles }];
  }

  async settle(second: number): Promise<void> {
    if (this.#state === 'gone') return;
    this.#state = 'calling';
    this.#postLeftOut();
    this.#post({ kind: 'settle', second });
    if (await this.#remains('calling', hurryAfter)) {
      this.#board.hurry();
      if (await this.#remains('calling', patience - hurryAfter)) return this.#giveUp(patience);
    }
    if (await this.#remains('settling', settlePatience)) await this.#giveUp(settlePatience);
  }

  async close(): Promise<void> {
    this.#change('gone');
    await this.#thread.terminate();
  }

  async #giveUp(after: Millis): Promise<void> {
    const hook = this.#board.running ?? 'of the file';
    this.#note(hook, `kept its thread busy for ${after / 1000} s after the end: the thread was ended`);
    await this.close();
  }

  #hear(report: HookReport): void {
    switch (report.kind) {
      case 'ready':
        this.#names = new Set(report.names);
        this.#change('calling');
        return;
      case 'refused':
        this.#refusal = usageError(report.message, report.hint);
        this.#change('gone');
        return;
      case 'measured':
        this.#arrived.push(...report.events);
        for (const { troubles } of report.events) for (const trouble of troubles) this.#add(this.#all, trouble);
        return;
      case 'settling':
      case 'settled':
        this.#change(report.kind);
        return;
    }
  }

  /** What it died of is known only now: a hook was running, or something that one left behind. */
  #die(cause: string): void {
    if (this.#state === 'gone') return;
    if (this.#state === 'loading') this.#refusal = usageError(`The hooks were not loaded: ${cause}.`, stillLoading);
    else this.#note(this.#board.running ?? 'of the file', `ended the thread of the hooks: ${cause}`);
    this.#change('gone');
  }

  #post(command: HookCommand): void {
    if (this.#state !== 'gone') this.#thread.port.postMessage(command);
  }

  #postLeftOut(): void {
    const count = this.#leftOut;
    if (count === 0) return;
    this.#leftOut = 0;
    const why = `was not called: ${formatCount(mostWaiting)} failed requests waited for it already`;
    if (this.#state === 'gone') this.#note('requestFailed', why, count);
    else this.#post({ kind: 'left-out', why, count });
  }

  #note(hook: string, message: string, count = 1): void {
    const trouble = { hook, message, trace: '', count };
    this.#add(this.#own, trouble);
    this.#add(this.#all, trouble);
  }

  #add(to: Map<string, HookTrouble>, trouble: HookTrouble): void {
    const key = `${trouble.hook}\n${trouble.message}\n${trouble.trace}`;
    to.set(key, { ...trouble, count: trouble.count + (to.get(key)?.count ?? 0) });
  }

  #change(state: State): void {
    this.#state = state;
    const news = this.#news;
    this.#news = new AbortController();
    news.abort();
  }

  /** Waits until the state is another one, or for this long. @returns whether it still is. */
  async #remains(state: State, atMost: number): Promise<boolean> {
    const until = plus(this.#clock.now(), millis(atMost));
    while (this.#state === state && this.#clock.now() < until) await this.#clock.until(until, this.#news.signal);
    return this.#state === state;
  }
}
