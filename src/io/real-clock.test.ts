import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Millis, millis, plus } from '../core/units.ts';
import { monotonic, realClock } from './real-clock.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Node's timers and its clock, wound by hand. */
const windUp = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

describe('realClock()', () => {
  test('starts at 0 and never goes back', () => {
    const clock = realClock();
    const times = Array.from({ length: 1000 }, () => clock.now());
    expect(times[0]).toBeLessThan(100);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('clocks of one start show the same time', async () => {
    const start = plus(monotonic(), millis(20));
    const clock = realClock(start);
    expect(clock.now()).toBeLessThan(0);
    await clock.until(millis(0));
    expect(monotonic()).toBeGreaterThanOrEqual(start);
    const [before, other, after] = [clock.now(), realClock(start).now(), clock.now()];
    // Each is computed from two readings, a few µs apart.
    expect(other).toBeGreaterThan(before - 1);
    expect(other).toBeLessThan(after + 5);
  });

  test('until() is never early, though timers can be', async () => {
    const clock = realClock();
    const busyUntil = (at: Millis): void => {
      while (clock.now() < at);
    };
    const early = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        // A timer that is set late in a turn counts from its start.
        busyUntil(plus(clock.now(), millis(0.3)));
        const at = plus(clock.now(), millis(2 + i / 7));
        await clock.until(at);
        return clock.now() < at;
      }),
    );
    expect(early).not.toContain(true);
  });

  test('until() spends the last fraction of a millisecond in turns of the loop, not in a timer', async () => {
    let time = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => time);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const clock = realClock();
    let woken = false;
    void clock.until(millis(5.7)).then(() => {
      woken = true;
    });
    time = 5.2;
    await vi.advanceTimersByTimeAsync(5);
    expect(vi.getTimerCount()).toBe(0);
    await nextTurn();
    expect(woken).toBe(false);
    time = 5.7;
    await nextTurn();
    await nextTurn();
    expect(woken).toBe(true);
  });

  test('until() gives up exactness when too much of the core would go into it', async () => {
    let time = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => time);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const clock = realClock();
    let [exact, timed] = [0, 0];
    for (let i = 0; i < 1000; i++) {
      const wait = clock.until(millis(time + 0.9));
      if (vi.getTimerCount() === 0) exact += 1;
      else timed += 1;
      time += 1;
      await vi.advanceTimersByTimeAsync(1);
      await nextTurn();
      await wait;
    }
    // 50 ms saved up and a tenth of a second, in waits of 0.9 ms.
    expect(exact).toBeGreaterThan(150);
    expect(exact).toBeLessThan(175);
    expect(exact + timed).toBe(1000);
  });

  test('until() resolves for an earlier waiter that came later', async () => {
    windUp();
    const clock = realClock();
    const order: string[] = [];
    void clock.until(millis(1000)).then(() => order.push('late'));
    void clock.until(millis(10)).then(() => order.push('early'));
    await vi.advanceTimersByTimeAsync(11);
    expect(order).toEqual(['early']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(order).toEqual(['early', 'late']);
  });

  test('until() resolves when its signal aborts in the last fraction of a millisecond', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(0);
    const stop = new AbortController();
    const wait = realClock().until(millis(0.5), stop.signal);
    stop.abort();
    await wait;
  });

  test('until() resolves at once for what is past', async () => {
    windUp();
    const clock = realClock();
    await clock.until(millis(0));
    await clock.until(millis(-5));
    expect(vi.getTimerCount()).toBe(0);
  });

  test('until() waits longer than one timer can', async () => {
    windUp();
    const clock = realClock();
    const days = 60 * 24 * 3_600_000;
    let woken = false;
    void clock.until(millis(days)).then(() => {
      woken = true;
    });
    await vi.advanceTimersByTimeAsync(days - 1);
    expect(woken).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    expect(woken).toBe(true);
  });

  test('until() resolves when its signal aborts, and at once when it has', async () => {
    windUp();
    const clock = realClock();
    const stop = new AbortController();
    const waits = Array.from({ length: 5000 }, (_, i) => clock.until(millis(1000 + i), stop.signal));
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(1);
    stop.abort();
    await Promise.all(waits);
    expect(vi.getTimerCount()).toBe(0);
    await clock.until(millis(1000), stop.signal);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('until() of one signal is not woken by another', async () => {
    windUp();
    const clock = realClock();
    const [one, other] = [new AbortController(), new AbortController()];
    let woken = false;
    void clock.until(millis(1000), one.signal).then(() => {
      woken = true;
    });
    const wait = clock.until(millis(1000), other.signal);
    other.abort();
    await wait;
    expect(woken).toBe(false);
    one.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(woken).toBe(true);
  });
});
