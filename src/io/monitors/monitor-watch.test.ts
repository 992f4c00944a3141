import { describe, expect, test } from 'vitest';
import { millis } from '../../core/units.ts';
import type { Usage } from '../../monitor/usage.ts';
import type { RunEvent } from '../../record/run-event.ts';
import { quietSecond } from '../../testing/record-builder.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { MonitorWatch, withMonitors } from './monitor-watch.ts';
import type { Sampler } from './sampler.ts';

const sampler = (read: (count: number) => Promise<Usage> | Usage, name = 'db'): Sampler => {
  let count = 0;
  const limit = { amount: 1, of: '' };
  return { monitor: { name, source: name, cpu: limit, memory: limit }, read: async () => read(count++) };
};

/** A load that tells its seconds 3 ms after they are over, and ends at a time. */
async function* load(clock: VirtualClock, endsAt: number): AsyncGenerator<RunEvent> {
  for (let second = 0; second < Math.floor(endsAt / 1000); second++) {
    await clock.until(millis((second + 1) * 1000 + 3));
    yield quietSecond(second);
  }
  await clock.until(millis(endsAt));
  yield { kind: 'end', reason: 'completed', at: millis(endsAt), started: 0 };
}

async function watched(make: (clock: VirtualClock) => readonly Sampler[], endsAt: number) {
  const clock = new VirtualClock();
  const complaints: string[] = [];
  const told: RunEvent[] = [];
  const run = async (): Promise<void> => {
    const watch = new MonitorWatch(make(clock), clock, (name, problem) => complaints.push(`${name}: ${problem}`));
    for await (const event of withMonitors(load(clock, endsAt), watch)) told.push(event);
  };
  await clock.run(run());
  const readings = told.flatMap((event) => (event.kind === 'monitor' ? [event] : []));
  return { told, readings, complaints };
}

const usage = (cpu: number | null, memory: number | null = 0.5): Usage => ({ cpu, memory });

describe('MonitorWatch', () => {
  test('reads at the end of each second, after a first reading at the start', async () => {
    const { told, readings } = await watched(() => [sampler((count) => usage(count / 10))], 3100);
    expect(readings).toEqual([
      { kind: 'monitor', second: 0, at: 1000, monitor: 0, cpu: 0.1, memory: 0.5 },
      { kind: 'monitor', second: 1, at: 2000, monitor: 0, cpu: 0.2, memory: 0.5 },
      { kind: 'monitor', second: 2, at: 3000, monitor: 0, cpu: 0.3, memory: 0.5 },
    ]);
    expect(told.map(({ kind }) => kind)).toEqual([...Array(3).fill(['monitor', 'second']).flat(), 'end']);
  });

  test.each([
    [2700, [0, 1, 2]],
    [2400, [0, 1]],
  ])('when the load ends at %i ms, the rest of a second counts if it is most of it', async (endsAt, seconds) => {
    const { readings } = await watched(() => [sampler(() => usage(0.1))], endsAt);
    expect(readings.map(({ second }) => second)).toEqual(seconds);
  });

  test('a slow source skips seconds instead of falling behind, and holds up no other', async () => {
    const slow = (clock: VirtualClock) =>
      sampler(async () => {
        await clock.until(millis(clock.now() + 1500));
        return usage(0.1);
      }, 'slow');
    const { readings } = await watched((clock) => [slow(clock), sampler(() => usage(0.2), 'fast')], 6100);
    const of = (monitor: number) =>
      readings.filter((reading) => reading.monitor === monitor).map(({ second }) => second);
    expect(of(1)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(of(0)).toEqual([1, 3, 5]);
  });

  test('a source that cannot be read leaves a gap, and is complained of once', async () => {
    const failing = sampler((count) => {
      if (count === 2 || count === 3) throw new Error('it answers with status 503');
      return usage(0.1);
    });
    const { readings, complaints } = await watched(() => [failing], 5100);
    expect(readings.map(({ second }) => second)).toEqual([0, 3, 4]);
    expect(complaints).toEqual(['db: it answers with status 503']);
  });

  test('what is still measured is kept when a part of it is gone', async () => {
    const { readings, complaints } = await watched(() => [sampler((count) => usage(count < 2 ? 0.1 : null))], 2100);
    expect(readings.map(({ cpu, memory }) => [cpu, memory])).toEqual([
      [0.1, 0.5],
      [null, 0.5],
    ]);
    expect(complaints).toEqual(['db: it does not tell any more what it told at the start']);
  });

  test('ends with a load that breaks', async () => {
    const clock = new VirtualClock();
    const broken = async function* (): AsyncGenerator<RunEvent> {
      await clock.until(millis(1500));
      yield quietSecond(0);
      throw new Error('gone');
    };
    const run = async (): Promise<void> => {
      const watch = new MonitorWatch([sampler(() => usage(0.1))], clock, () => {});
      for await (const _ of withMonitors(broken(), watch));
    };
    await expect(clock.run(run())).rejects.toThrow('gone');
  });
});
