import type { Clock } from '../core/clock.ts';
import { type Millis, millis } from '../core/units.ts';

/** The longest wait that one timer takes; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

interface Waiter {
  readonly at: Millis;
  readonly wake: () => void;
  /** Those who wait on the same signal. */
  readonly company: Set<Waiter> | null;
  timer: NodeJS.Timeout;
}

/** Monotonic time in milliseconds since its creation. `until` never resolves before its time. */
export function realClock(): Clock {
  const origin = performance.now();
  const now = (): Millis => millis(performance.now() - origin);
  const companies = new WeakMap<AbortSignal, Set<Waiter>>();

  // A timer counts from the start of its turn of the event loop, so it can be early by all that the turn has worked.
  const fire = (waiter: Waiter): void => {
    const left = waiter.at - now();
    if (left > 0) {
      waiter.timer = setTimeout(fire, timerSpan(left), waiter);
      return;
    }
    waiter.company?.delete(waiter);
    waiter.wake();
  };

  return {
    now,
    until(at, signal) {
      const left = at - now();
      if (left <= 0 || signal?.aborted) return Promise.resolve();
      return new Promise((wake) => {
        const company = signal ? companyOf(companies, signal) : null;
        const waiter: Waiter = { at, wake, company, timer: setTimeout(() => fire(waiter), timerSpan(left)) };
        company?.add(waiter);
      });
    },
  };
}

const timerSpan = (left: number): number => Math.min(Math.ceil(left), longestTimer);

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
        waiter.wake();
      }
      company.clear();
    },
    { once: true },
  );
  return company;
}
