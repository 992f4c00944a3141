import { describe, expect, test } from 'vitest';
import { Capacity } from './capacity.ts';

const here = (): boolean => false;

describe('Capacity', () => {
  test('lets `limit` in at once and the others one by one, in the order of their coming', async () => {
    const capacity = new Capacity(2);
    const entered: string[] = [];
    const come = async (name: string): Promise<void> => {
      if (await capacity.enter(here)) entered.push(name);
    };
    const all = ['a', 'b', 'c', 'd'].map(come);
    await Promise.all(all.slice(0, 2));
    expect([entered, capacity.busy, capacity.queued]).toEqual([['a', 'b'], 2, 2]);
    capacity.leave();
    await all[2];
    expect([entered, capacity.busy, capacity.queued]).toEqual([['a', 'b', 'c'], 2, 1]);
    capacity.leave();
    await all[3];
    capacity.leave();
    capacity.leave();
    expect([entered, capacity.busy, capacity.queued]).toEqual([['a', 'b', 'c', 'd'], 0, 0]);
  });

  test('passes over those who have gone while they waited', async () => {
    const capacity = new Capacity(1);
    await capacity.enter(here);
    const gone = capacity.enter(() => true);
    const next = capacity.enter(here);
    capacity.leave();
    expect([await gone, await next, capacity.busy]).toEqual([false, true, 1]);
  });

  test('frees the place when everyone in the queue has gone', async () => {
    const capacity = new Capacity(1);
    await capacity.enter(here);
    const gone = capacity.enter(() => true);
    capacity.leave();
    expect([await gone, capacity.busy, await capacity.enter(here)]).toEqual([false, 0, true]);
  });

  test('close() sends away who waits and who comes later', async () => {
    const capacity = new Capacity(1);
    await capacity.enter(here);
    const waiting = capacity.enter(here);
    capacity.close();
    expect([await waiting, await capacity.enter(here), capacity.queued]).toEqual([false, false, 0]);
  });

  test('keeps its order through a long queue', async () => {
    const capacity = new Capacity(1);
    const order: number[] = [];
    await capacity.enter(here);
    const all = Array.from({ length: 10_000 }, async (_, n) => {
      await capacity.enter(here);
      order.push(n);
      capacity.leave();
    });
    capacity.leave();
    await Promise.all(all);
    expect(order).toEqual(Array.from({ length: 10_000 }, (_, n) => n));
  });
});
