import { describe, expect, test } from 'vitest';
import { createRedactor } from '../core/redactor.ts';
import { millis, seconds } from '../core/units.ts';
import { encodedCount } from '../metrics/encoded-histogram.ts';
import type { LiveEvent } from '../report/live-event.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { HookRunner } from './hook-runner.ts';
import type { Hooks } from './hooks.ts';

const phase: LiveEvent = { kind: 'phase', name: 'hold', start: 0, end: 10, steady: true };
const stop: LiveEvent = { kind: 'testStop', reason: 'completed', seconds: 10, requests: 1, failures: 0 };

function runner(hooks: Hooks, secrets: readonly string[] = []) {
  const clock = new VirtualClock();
  return { clock, run: new HookRunner(hooks, clock, createRedactor(secrets)) };
}
const troubles = (run: HookRunner) => run.troubles.map(({ hook, message, count }) => [hook, message, count]);

describe('HookRunner', () => {
  test('calls the hook of the event with the event, and no other', () => {
    const heard: unknown[] = [];
    const { run } = runner({ phase: (event) => heard.push(event), testStop: () => heard.push('stop') });
    run.tell(phase);
    expect(heard).toEqual([phase]);
    expect(run.take(0)).toEqual([]);
  });

  test('a hook that throws is told once for all times, with where, and without secrets', () => {
    const { run } = runner(
      {
        phase: () => {
          throw new TypeError('no hush-hush here');
        },
      },
      ['hush-hush'],
    );
    run.tell(phase);
    run.tell(phase);
    expect(troubles(run)).toEqual([['phase', 'threw TypeError: no [redacted] here', 2]]);
    expect(run.take(3)).toMatchObject([
      { second: 3, troubles: [{ trace: expect.stringContaining('hook-runner.test') }] },
    ]);
    expect(run.take(4)).toEqual([]);
    expect(JSON.stringify(run.troubles)).not.toContain('hush');
  });

  test('a promise that is rejected, and whatever is thrown that is no error, are told in the same way', async () => {
    const { run } = runner({
      phase: () => Promise.reject('just a text'),
      testStop: () => {
        throw Object.create(null);
      },
    });
    run.tell(phase);
    run.tell(stop);
    await run.settle();
    expect(troubles(run)).toEqual([
      ['testStop', 'threw something that has no text', 1],
      ['phase', 'threw just a text', 1],
    ]);
  });

  test('a hook that blocks for more than 100 ms is told', () => {
    const { clock, run } = runner({ phase: () => clock.stall(millis(101)) });
    run.tell(phase);
    expect(troubles(run)).toEqual([['phase', 'blocked for more than 100 ms', 1]]);
  });

  test('a hook whose promise takes longer than 100 ms is told, but for the last ones', async () => {
    const waits = (ms: number) => () => clock.until(millis(clock.now() + ms));
    const { clock, run } = runner({ phase: waits(101), second: waits(99), testStop: waits(4900) });
    run.tell(phase);
    run.tell({ ...phase, kind: 'second' } as unknown as LiveEvent);
    run.tell(stop);
    await clock.run(run.settle());
    expect(troubles(run)).toEqual([['phase', 'took longer than 100 ms', 1]]);
    expect(clock.now()).toBe(4900);
  });

  test('what has not settled 5 s after the end is told, and waited for no longer', async () => {
    const { clock, run } = runner({ testStop: () => new Promise(() => {}) });
    run.tell(stop);
    await clock.run(run.settle());
    expect(clock.now()).toBe(seconds(5));
    expect(troubles(run)).toEqual([['testStop', 'had not settled 5 s after the end', 1]]);
  });

  test('a hook of which a thousand calls wait is not called any more', () => {
    let calls = 0;
    const { run } = runner({
      phase: () => {
        calls += 1;
        return new Promise(() => {});
      },
    });
    for (let i = 0; i < 1003; i++) run.tell(phase);
    expect(calls).toBe(1000);
    expect(troubles(run)).toEqual([['phase', 'was not called: 1000 of its calls had not settled', 3]]);
  });

  test('troubles of ever new texts are bounded', () => {
    let calls = 0;
    const { run } = runner({
      phase: () => {
        throw new Error(`number ${calls++}`);
      },
    });
    for (let i = 0; i < 200; i++) run.tell(phase);
    expect(run.troubles).toHaveLength(51);
    expect(run.troubles.reduce((sum, { count }) => sum + count, 0)).toBe(200);
  });

  test('counters and timings are taken for each second', () => {
    const { run } = runner({
      phase: (_, { counter, timing }) => {
        counter('found').add();
        counter('found').add(2);
        counter('none');
        timing('lookup').record(12.5);
      },
    });
    run.tell(phase);
    const [first] = run.take(7);
    expect(first).toMatchObject({
      kind: 'hooks',
      second: 7,
      counters: [
        { name: 'found', sum: 3 },
        { name: 'none', sum: 0 },
      ],
      troubles: [],
    });
    expect(first?.timings.map(({ name, values }) => [name, values[1], encodedCount(values)])).toEqual([
      ['lookup', 12_500, 1],
    ]);
    expect(run.take(8)).toEqual([]);
  });

  test.each([
    [(c: Parameters<NonNullable<Hooks['phase']>>[1]) => c.counter('a').add(-1), 'a number of 0 or more'],
    [(c: Parameters<NonNullable<Hooks['phase']>>[1]) => c.timing('a').record(Number.NaN), 'ms from 0 to an hour'],
    [(c: Parameters<NonNullable<Hooks['phase']>>[1]) => c.counter('a.b'), 'is no name for a counter'],
  ])('what cannot be measured is a trouble of the hook', (measure, message) => {
    const { run } = runner({ phase: (_, context) => measure(context) });
    run.tell(phase);
    expect(run.troubles[0]?.message).toContain(message);
  });
});
