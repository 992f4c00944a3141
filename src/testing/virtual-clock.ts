import type { Clock } from '../core/clock.ts';
import { TimeQueue } from '../core/time-queue.ts';
import { type Millis, millis } from '../core/units.ts';

interface Timer {
  readonly at: number;
  readonly sequence: number;
  readonly wake: () => void;
  done: boolean;
}

/**
 * Time that passes only when nothing else is left to do. `run(promise)` moves it from timer to timer until the promise
 * settles: all timers of one instant fire in the order in which they were set, then every microtask runs, however deep.
 */
export class VirtualClock implements Clock {
  readonly #queue = new TimeQueue<Timer>();
  readonly #bySignal = new WeakMap<AbortSignal, Set<Timer>>();
  readonly #witnesses: (() => string)[] = [];
  #now = 0;
  #sequence = 0;

  now(): Millis {
    return millis(this.#now);
  }

  until(at: Millis, signal?: AbortSignal): Promise<void> {
    if (at <= this.#now || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer: Timer = { at, sequence: this.#sequence++, done: false, wake: resolve };
      this.#queue.push(timer);
      if (signal) this.#watch(signal, timer);
    });
  }

  /** The thread stands still: time passes, and no timer fires meanwhile. */
  stall(span: Millis): void {
    this.#now += span;
  }

  /** `describe` is asked who waits when nothing is due and the run has not finished. */
  onDeadlock(describe: () => string): void {
    this.#witnesses.push(describe);
  }

  /** Lets time pass until `promise` settles, and returns what it returns. @throws Error "deadlock" when nothing is due. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    await microtasks();
    while (!settled) {
      if (!this.#advance()) throw new Error(this.#deadlock());
      await microtasks();
    }
    return watched;
  }

  #advance(): boolean {
    let timer = this.#queue.pop();
    while (timer?.done) timer = this.#queue.pop();
    if (!timer) return false;
    this.#now = Math.max(this.#now, timer.at);
    for (let next: Timer | undefined = timer; next; next = this.#isDue() ? this.#queue.pop() : undefined) {
      if (next.done) continue;
      next.done = true;
      next.wake();
    }
    return true;
  }

  #isDue(): boolean {
    const next = this.#queue.first;
    return next !== undefined && next.at <= this.#now;
  }

  #deadlock(): string {
    const waiters = this.#witnesses.map((describe) => describe()).filter((text) => text !== '');
    return `deadlock at ${this.#now} ms: nothing is due and the run has not finished. Waiting: ${waiters.join('; ') || 'unknown'}`;
  }

  #watch(signal: AbortSignal, timer: Timer): void {
    let timers = this.#bySignal.get(signal);
    if (!timers) {
      timers = new Set();
      this.#bySignal.set(signal, timers);
      signal.addEventListener('abort', () => this.#wakeAll(signal), { once: true });
    }
    timers.add(timer);
    const { wake } = timer;
    const mine = timers;
    Object.assign(timer, {
      wake: () => {
        mine.delete(timer);
        wake();
      },
    });
  }

  #wakeAll(signal: AbortSignal): void {
    for (const timer of [...(this.#bySignal.get(signal) ?? [])]) {
      timer.done = true;
      timer.wake();
    }
  }
}

const microtasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
