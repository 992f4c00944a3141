import type { Clock } from '../core/clock.ts';
import type { Redactor } from '../core/redactor.ts';
import { millis, plus, seconds } from '../core/units.ts';
import { excerpt } from '../engine/excerpt.ts';
import type { FailuresEvent, HooksEvent, HookTrouble } from '../record/hooks-event.ts';
import type { LiveEvent } from '../report/live-event.ts';
import type { HookCaller } from './hook-caller.ts';
import { HookMeasures } from './hook-measures.ts';
import type { HookContext, HookName, Hooks } from './hooks.ts';

/** A hook that takes longer is told: it holds up the other hooks and the progress line, though not the load. */
const patience = millis(100);
/** What hooks promised has this long to settle at the end. */
const lastPatience = seconds(5);
/** Calls of one hook that wait for something, at a time: beyond, it is not called. */
const mostPending = 1000;
/** Different troubles of a run that are told; the rest is told as one. */
const mostTroubles = 50;
/** After these nothing waits for the hooks: they may take the time that they get at the end. */
const last: ReadonlySet<HookName> = new Set(['testStop', 'verdict']);

/** Calls the user's hooks, and keeps whatever they do away from the run. */
export class HookRunner implements HookCaller {
  readonly #hooks: Hooks;
  readonly #clock: Clock;
  readonly #redact: Redactor;
  readonly #measures = new HookMeasures();
  readonly #pending = new Map<Promise<unknown>, HookName>();
  readonly #known = new Set<string>();
  #troubles = new Map<string, HookTrouble>();
  /** Every trouble so far, those told already included. */
  readonly #all = new Map<string, HookTrouble>();

  constructor(hooks: Hooks, clock: Clock, redact: Redactor) {
    this.#hooks = hooks;
    this.#clock = clock;
    this.#redact = redact;
  }

  get wantsEveryFailure(): boolean {
    return this.#hooks.requestFailed !== undefined;
  }

  get troubles(): readonly HookTrouble[] {
    return [...this.#all.values()];
  }

  tell(event: LiveEvent): void {
    const name: HookName = event.kind;
    // Each hook takes the event of its own name.
    const hook = this.#hooks[name] as ((event: LiveEvent, context: HookContext) => unknown) | undefined;
    if (hook === undefined) return;
    if (this.#pendingOf(name) >= mostPending) {
      this.#note(name, `was not called: ${mostPending} of its calls had not settled`);
      return;
    }
    const begun = this.#clock.now();
    try {
      const promised = hook.call(this.#hooks, event, this.#measures.context);
      this.#noteSlow(name, begun, 'blocked');
      if (isThenable(promised)) this.#await(name, begun, promised);
    } catch (error) {
      this.#noteSlow(name, begun, 'blocked');
      this.#noteError(name, error);
    }
  }

  passOver({ untold }: FailuresEvent): void {
    if (untold > 0 && this.wantsEveryFailure)
      this.#note('requestFailed', 'was not called for every failed request: there were too many in a second', untold);
  }

  /** Events that a hook is not called for; `message` says so and why. */
  leaveOut(name: HookName, message: string, count = 1): void {
    this.#note(name, message, count);
  }

  /** An error that a hook left behind and nobody caught, such as one in a timer. */
  noteStray(error: unknown): void {
    this.#noteError('of the file', error);
  }

  take(second: number): readonly HooksEvent[] {
    const { counters, timings } = this.#measures.take();
    const troubles = [...this.#troubles.values()];
    this.#troubles = new Map();
    if (counters.length + timings.length + troubles.length === 0) return [];
    return [{ kind: 'hooks', second, counters, timings, troubles }];
  }

  async settle(): Promise<void> {
    if (this.#pending.size === 0) return;
    const enough = new AbortController();
    const settled = Promise.allSettled(this.#pending.keys()).then(() => enough.abort());
    await Promise.race([settled, this.#clock.until(plus(this.#clock.now(), lastPatience), enough.signal)]);
    for (const name of this.#pending.values()) this.#note(name, 'had not settled 5 s after the end');
    this.#pending.clear();
  }

  async close(): Promise<void> {}

  #await(name: HookName, begun: ReturnType<Clock['now']>, promised: PromiseLike<unknown>): void {
    const watched: Promise<unknown> = Promise.resolve(promised)
      .then(
        () => {
          if (this.#pending.has(watched) && !last.has(name)) this.#noteSlow(name, begun, 'took');
        },
        (error: unknown) => this.#noteError(name, error),
      )
      .finally(() => this.#pending.delete(watched));
    this.#pending.set(watched, name);
  }

  #pendingOf(name: HookName): number {
    if (this.#pending.size < mostPending) return 0;
    return [...this.#pending.values()].filter((other) => other === name).length;
  }

  #noteSlow(name: HookName, begun: ReturnType<Clock['now']>, how: 'blocked' | 'took'): void {
    if (this.#clock.now() - begun <= patience) return;
    this.#note(name, how === 'blocked' ? 'blocked for more than 100 ms' : 'took longer than 100 ms');
  }

  #noteError(name: HookName | 'of the file', error: unknown): void {
    const message = describe(error);
    const trace = error instanceof Error ? (error.stack ?? '') : '';
    this.#note(name, `threw ${excerpt(this.#redact(message), 200)}`, 1, this.#redact(trace).slice(0, 4000));
  }

  #note(hook: string, message: string, count = 1, trace = ''): void {
    let key = `${hook} ${message}`;
    let trouble: HookTrouble = { hook, message, trace, count };
    if (!this.#known.has(key) && this.#known.size >= mostTroubles) {
      key = hook;
      trouble = { hook, message: 'went wrong in other ways too', trace: '', count };
    }
    this.#known.add(key);
    for (const troubles of [this.#troubles, this.#all]) {
      const before = troubles.get(key);
      troubles.set(key, before ? { ...before, count: before.count + count } : trouble);
    }
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'something that has no text';
  }
}
