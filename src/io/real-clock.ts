import { hrtime } from 'node:process';
import type { Clock } from '../core/clock.ts';
import { TimeQueue } from '../core/time-queue.ts';
import { type Millis, millis } from '../core/units.ts';

/** The longest wait that one timer takes; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** The share of a core that may be spent on waiting more exactly than timers do, and how much of it can be saved up, ms. */
const precisionShare = 0.1;
const mostCredit = 50;

interface Waiter {
  readonly at: Millis;
  readonly sequence: number;
  readonly wake: () => void;
  readonly signal: AbortSignal | undefined;
}

/** The one monotonic time that all threads of the process share; its 0 means nothing. `performance.now()` differs between threads. */
export const monotonic = (): Millis => millis(Number(hrtime.bigint()) / 1e6);

/**
 * Monotonic time in milliseconds since `start`, a time of `monotonic()`: now if left out, and in another thread the same
 * instant. `until` never resolves before its time, and on an idle machine seldom 1 ms after it.
 */
export function realClock(start?: Millis): Clock {
  return new RealClock(performance.now() + (start === undefined ? 0 : start - monotonic()));
}

/** All who wait stand in one queue with one timer, so that ten thousand of them cost little more than their place in it. */
class RealClock implements Clock {
  readonly #origin: number;
  readonly #queue = new TimeQueue<Waiter>();
  readonly #known = new WeakSet<AbortSignal>();
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  /** The time that the timer is set for. */
  #armed = Number.POSITIVE_INFINITY;
  #credit = mostCredit;
  #creditedAt = 0;

  constructor(origin: number) {
    this.#origin = origin;
  }

  now(): Millis {
    return millis(performance.now() - this.#origin);
  }

  until(at: Millis, signal?: AbortSignal): Promise<void> {
    if (at <= this.now() || signal?.aborted) return Promise.resolve();
    if (signal && !this.#known.has(signal)) this.#watch(signal);
    return new Promise((wake) => {
      this.#queue.push({ at, sequence: this.#sequence++, wake, signal });
      if (at < this.#armed) this.#arm();
    });
  }

  /** One listener on a signal wakes all who wait on it: thousands of listeners would each cost a scan at removal. */
  #watch(signal: AbortSignal): void {
    this.#known.add(signal);
    const wakeAll = (): void => {
      for (const { wake } of this.#queue.takeAll((waiter) => waiter.signal === signal)) wake();
      this.#arm();
    };
    signal.addEventListener('abort', wakeAll, { once: true });
  }

  readonly #wakeDue = (): void => {
    this.#timer = undefined;
    this.#turn = undefined;
    const now = this.now();
    for (let first = this.#queue.first; first && first.at <= now; first = this.#queue.first) {
      this.#queue.pop();
      first.wake();
    }
    this.#arm();
  };

  // Timers count whole milliseconds from the start of their turn of the event loop: a rounded-up one makes every request
  // late by its fraction, and even so it can be early by all that the turn has worked. So the timer is rounded down, and
  // the rest, under a millisecond, is spent in turns of the loop as long as that stays within its share of the core.
  #arm(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#timer = undefined;
    this.#turn = undefined;
    const first = this.#queue.first;
    this.#armed = first?.at ?? Number.POSITIVE_INFINITY;
    if (!first) return;
    const left = first.at - this.now();
    if (left >= 1) this.#timer = setTimeout(this.#wakeDue, Math.min(Math.floor(left), longestTimer));
    else if (this.#affords(left)) this.#turn = setImmediate(this.#spin);
    else this.#timer = setTimeout(this.#wakeDue, 1);
  }

  readonly #spin = (): void => {
    const first = this.#queue.first;
    if (first && first.at > this.now()) this.#turn = setImmediate(this.#spin);
    else this.#wakeDue();
  };

  /** Whether `span` may be spent in turns of the loop; if so, it is taken off the credit. */
  #affords(span: number): boolean {
    const now = this.now();
    this.#credit = Math.min(mostCredit, this.#credit + precisionShare * (now - this.#creditedAt));
    this.#creditedAt = now;
    if (span > this.#credit) return false;
    this.#credit -= span;
    return true;
  }
}
