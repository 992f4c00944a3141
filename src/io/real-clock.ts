import { hrtime } from 'node:process';
import type { Clock } from '../core/clock.ts';
import { type Millis, millis } from '../core/units.ts';

/** The longest wait that one timer takes; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

interface Waiter {
  readonly at: Millis;
  readonly wake: () => void;
  /** Those who wait on the same signal. */
  readonly company: Set<Waiter> | null;
  timer: NodeJS.Timeout | undefined;
  turn: NodeJS.Immediate | undefined;
}

/** The one monotonic time that all threads of the process share; its 0 means nothing. `performance.now()` differs between threads. */
export const monotonic = (): Millis => millis(Number(hrtime.bigint()) / 1e6);

/**
 * Monotonic time in milliseconds since `start`, a time of `monotonic()`: now if left out, and in another thread the same
 * instant. `until` never resolves before its time, and seldom 1 ms after it.
 */
export function realClock(start?: Millis): Clock {
  const origin = performance.now() + (start === undefined ? 0 : start - monotonic());
  const now = (): Millis => millis(performance.now() - origin);
  const companies = new WeakMap<AbortSignal, Set<Waiter>>();

  // Timers count whole milliseconds from the start of their turn of the event loop: a rounded-up one makes every request
  // late by its fraction, and even so it can be early by all that the turn has worked. So the timer is rounded down, and
  // the rest, under a millisecond, is spent in turns of the loop: a few per cent of a core at 400 waits a second.
  const wait = (waiter: Waiter): void => {
    const left = waiter.at - now();
    if (left >= 1) {
      waiter.timer = setTimeout(wait, Math.min(Math.floor(left), longestTimer), waiter);
    } else if (left > 0) {
      waiter.turn = setImmediate(wait, waiter);
    } else {
      waiter.company?.delete(waiter);
      waiter.wake();
    }
  };

  return {
    now,
    until(at, signal) {
      if (at <= now() || signal?.aborted) return Promise.resolve();
      return new Promise((wake) => {
        const company = signal ? companyOf(companies, signal) : null;
        const waiter: Waiter = { at, wake, company, timer: undefined, turn: undefined };
        company?.add(waiter);
        wait(waiter);
      });
    },
  };
}

/** One listener on a signal wakes all who wait on it: thousands of listeners would each cost a scan at removal. */
function companyOf(companies: WeakMap<AbortSignal, Set<Waiter>>, signal: AbortSignal): Set<Waiter> {
  const known = companies.get(signal);
  if (known) return known;
  const company = new Set<Waiter>();
  companies.set(signal, company);
  signal.addEventListener(
    'abort',
    () => {
      for (const waiter of company) {
        clearTimeout(waiter.timer);
        clearImmediate(waiter.turn);
        waiter.wake();
      }
      company.clear();
    },
    { once: true },
  );
  return company;
}
