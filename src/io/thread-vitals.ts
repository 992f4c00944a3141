import { PerformanceObserver, performance } from 'node:perf_hooks';
import { type Micros, micros, millis } from '../core/units.ts';
import type { Vitals } from '../engine/world.ts';
import { type EncodedHistogram, SparseHistogram } from '../metrics/encoded-histogram.ts';

/** How often the event loop is asked to come back, ms: a stall of this length is sure to be seen. */
const period = 20;

/**
 * Watches the thread that calls it: a timer that tells how late the event loop came back, the share of time the loop was busy,
 * and the time in garbage collection. Each `read` tells what happened since the one before. Holds no process alive.
 */
export function threadVitals(): Vitals & { close(): void } {
  const delays = new DelayMeter(performance.now(), period);
  let collecting = 0;
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collecting += duration;
  });
  collections.observe({ entryTypes: ['gc'] });
  const timer = setInterval(() => delays.tick(performance.now()), period).unref();
  let before = performance.eventLoopUtilization();

  return {
    read() {
      // Collections are told a turn later than they happen: those of the running turn belong to the next read.
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      const told = { delay: delays.read(performance.now()), utilisation: utilization, collecting: millis(collecting) };
      collecting = 0;
      return told;
    },
    close() {
      clearInterval(timer);
      collections.disconnect();
    },
  };
}

/** How late a timer of a fixed period comes, collected between two reads. Times are in ms, of one clock. */
export class DelayMeter {
  readonly #period: number;
  #due: number;
  readonly #delays = new SparseHistogram();

  constructor(now: number, every: number) {
    this.#period = every;
    this.#due = now + every;
  }

  /** The timer has come. */
  tick(now: number): void {
    this.#delays.record(delayOf(now - this.#due));
    this.#due = now + this.#period;
  }

  /** The delays since the last read, µs. One that is under way counts up to `now`; what is left of it, in the next read. */
  read(now: number): EncodedHistogram {
    if (now - this.#due >= 1) {
      this.#delays.record(delayOf(now - this.#due));
      this.#due = now;
    }
    return this.#delays.encode();
  }
}

const delayOf = (ms: number): Micros => micros(Math.max(0, Math.round(ms * 1000)));
