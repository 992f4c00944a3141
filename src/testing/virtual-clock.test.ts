import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('VirtualClock', () => {
  test('wakes by time, then by the order of asking', async () => {
    const clock = new VirtualClock();
    const woken: string[] = [];
    const wait = async (name: string, at: number): Promise<void> => {
      await clock.until(millis(at));
      woken.push(`${name}@${clock.now()}`);
    };
    await clock.run(Promise.all([wait('late', 30), wait('a', 10), wait('b', 10), wait('early', 5)]));
    expect(woken).toEqual(['early@5', 'a@10', 'b@10', 'late@30']);
  });

  test('keeps its order with many timers', async () => {
    const clock = new VirtualClock();
    const times = Array.from({ length: 2000 }, (_, i) => (i * 7919) % 1009);
    const woken: number[] = [];
    await clock.run(Promise.all(times.map((at) => clock.until(millis(at)).then(() => woken.push(clock.now())))));
    expect(woken).toEqual([...times].sort((a, b) => a - b));
  });

  test('an abort wakes the waiters of its signal at once, and only them', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    const aborted = clock.until(millis(1000), stop.signal).then(() => clock.now());
    const other = clock.until(millis(50)).then(() => clock.now());
    const script = clock.until(millis(20)).then(() => stop.abort());
    await clock.run(Promise.all([aborted, other, script]));
    expect([await aborted, await other]).toEqual([20, 50]);
    await clock.run(clock.until(millis(99_999), stop.signal));
    expect(clock.now()).toBe(50);
  });

  test('run() throws "deadlock" and names who waits when nothing is due', async () => {
    const clock = new VirtualClock();
    clock.onDeadlock(() => 'user 4 for an answer');
    await expect(clock.run(new Promise(() => {}))).rejects.toThrow(/deadlock at 0 ms.*user 4 for an answer/);
  });

  test('run() passes a rejection on', async () => {
    await expect(new VirtualClock().run(Promise.reject(new Error('boom')))).rejects.toThrow('boom');
  });
});
