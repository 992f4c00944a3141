import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Clock } from '../core/clock.ts';
import { type Millis, millis } from '../core/units.ts';
import { DeadlineTimer } from './deadline-timer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A timer over vitest's time, whose clock may be behind of its timers. */
function watched() {
  const origin = Date.now();
  const now = (): Millis => millis(Date.now() - origin - state.behind);
  const clock: Clock = { now, until: () => Promise.reject(new Error('not used')) };
  const state = { deadline: null as Millis | null, expired: [] as number[], behind: 0 };
  const timer = new DeadlineTimer(
    clock,
    () => state.deadline,
    () => {
      state.deadline = null;
      state.expired.push(now());
    },
  );
  const start = (span: number): void => {
    state.deadline = millis(now() + span);
    timer.watch(state.deadline, now());
  };
  return { timer, state, start };
}

describe('DeadlineTimer', () => {
  test('fires at the deadline', () => {
    const { state, start } = watched();
    start(250);
    vi.advanceTimersByTime(249);
    expect(state.expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(state.expired).toEqual([250]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is left running when an exchange is done, and waits for what is left of the next', () => {
    const { state, start } = watched();
    start(250);
    vi.advanceTimersByTime(100);
    state.deadline = null;
    start(250);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(249);
    expect(state.expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(state.expired).toEqual([350]);
  });

  test('sets one timer for a hundred exchanges in a row, and none when nothing is to be watched', () => {
    const { state, start } = watched();
    const set = vi.spyOn(globalThis, 'setTimeout');
    for (let i = 0; i < 100; i++) {
      start(10_000);
      vi.advanceTimersByTime(10);
      state.deadline = null;
    }
    expect(set).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(60_000);
    expect(state.expired).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    start(50);
    vi.advanceTimersByTime(50);
    expect(state.expired).toHaveLength(1);
  });

  test('a shorter deadline is kept although a timer runs for longer', () => {
    const { state, start } = watched();
    start(60_000);
    state.deadline = null;
    start(250);
    vi.advanceTimersByTime(250);
    expect(state.expired).toEqual([250]);
  });

  test('a timer that is early is set again: the deadline is never', () => {
    const { state, start } = watched();
    start(250);
    state.behind = 0.4;
    vi.advanceTimersByTime(250);
    expect(state.expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(state.expired).toEqual([250.6]);
  });

  test('a deadline beyond the longest timer of Node does not fire at once', () => {
    const { state, start } = watched();
    start(2 ** 31 + 1000);
    vi.advanceTimersByTime(2 ** 31 - 1);
    expect(state.expired).toEqual([]);
    vi.advanceTimersByTime(1001);
    expect(state.expired).toEqual([2 ** 31 + 1000]);
  });

  test('stop() leaves nothing behind', () => {
    const { timer, state, start } = watched();
    start(250);
    timer.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(state.expired).toEqual([]);
  });

  test('whatever the timeouts and answers, each late exchange expires at its deadline and no other', () => {
    const exchange = fc.record({
      timeout: fc.integer({ min: 1, max: 500 }),
      answer: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(fc.array(exchange, { maxLength: 30 }), (exchanges) => {
        const { timer, state, start } = watched();
        const expected: number[] = [];
        let time = 0;
        for (const { timeout, answer } of exchanges) {
          start(timeout);
          if (answer >= timeout) expected.push(time + timeout);
          vi.advanceTimersByTime(Math.min(answer, timeout));
          time += Math.min(answer, timeout);
          state.deadline = null;
        }
        timer.stop();
        expect(state.expired).toEqual(expected);
      }),
    );
  });
});
