import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { emptyTally } from '../metrics/tally.ts';
import { quietSecond } from '../testing/record-builder.ts';
import { planFor, playVirtually, profileOf } from '../testing/virtual-run.ts';
import { divide, wholeRun } from '../workload/slice.ts';
import type { FailuresEvent, HooksEvent } from './hooks-event.ts';
import { type JoinOptions, joinEvents } from './join.ts';
import type { EndEvent, ExampleEvent, RunEvent } from './run-event.ts';

const end = (more: Partial<EndEvent> = {}): EndEvent => ({
  kind: 'end',
  reason: 'completed',
  at: millis(2000),
  started: 0,
  ...more,
});

const example = (text: string, more: Partial<ExampleEvent> = {}): ExampleEvent => ({
  kind: 'example',
  session: false,
  second: 0,
  row: 0,
  failure: 'reset',
  status: 0,
  text,
  ...more,
});

async function* stream(events: readonly RunEvent[]): AsyncGenerator<RunEvent, void, undefined> {
  yield* events;
}

async function join(
  parts: readonly (readonly RunEvent[])[],
  unfinished: JoinOptions['unfinished'] = 'thread-died',
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of joinEvents(parts.map(stream), { unfinished })) events.push(event);
  return events;
}

const withoutExamples = (events: readonly RunEvent[]): RunEvent[] => events.filter(({ kind }) => kind !== 'example');

describe('joinEvents()', () => {
  test('the merge law: the slices of a run, joined in any order and grouping, are byte for byte the whole run', async () => {
    const profile = profileOf('name: law\nusers: 13\nspawn_rate: 3/s\nrun_time: 20s\n');
    const plan = planFor(profile, { think: { min: millis(200), max: millis(900) } });
    const server = { faults: ['500:10%', 'reset:5%'] };
    const play = async (slice = wholeRun) => (await playVirtually(plan, { slice, server })).events;
    const whole = withoutExamples(await play());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.infiniteStream(fc.nat()), async (count, draws) => {
        const parts = await Promise.all(Array.from({ length: count }, (_, i) => play(divide(wholeRun, i, count))));
        const shuffled = parts
          .map((part) => ({ part, key: draws.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ part }) => part);
        const cut = (draws.next().value ?? 0) % count;
        const grouped = [await join(shuffled.slice(0, cut + 1)), ...shuffled.slice(cut + 1)];
        expect(JSON.stringify(withoutExamples(await join(grouped)))).toBe(JSON.stringify(whole));
      }),
      { numRuns: 12 },
    );
  });

  test('tells a second only once every slice that goes on has told it', async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* slow(): AsyncGenerator<RunEvent, void, undefined> {
      yield quietSecond(0, { started: 1 });
      await held;
      yield quietSecond(1, { started: 1 });
      yield end({ started: 2 });
    }
    const fast = stream([quietSecond(0), quietSecond(1), quietSecond(2), end()]);
    const joined = joinEvents([slow(), fast], { unfinished: 'thread-died' });
    expect((await joined.next()).value).toMatchObject({ second: 0, started: 1 });
    const next = joined.next();
    expect(await Promise.race([next, new Promise((resolve) => setImmediate(resolve, 'nothing yet'))])).toBe(
      'nothing yet',
    );
    release();
    expect((await next).value).toMatchObject({ second: 1, started: 1 });
    expect((await joined.next()).value).toMatchObject({ second: 2 });
    expect((await joined.next()).value).toMatchObject({ kind: 'end', started: 2 });
  });

  test('adds up users, dropped arrivals and connections; load threads are sorted by slice, processes stay apart', async () => {
    const thread = (slice: number) => ({ slice, delay: [], utilisation: 0.5, collecting: millis(0) });
    const connections = { opened: 1, reused: 2, retried: 3, resumed: 4 };
    const one = { users: 2, dropped: 3, connections, connect: [5, 5, 5, 5, 1], tls: [4, 4, 4, 4, 1] };
    const [sum] = await join([
      [quietSecond(0, { ...one, threads: [thread(1), thread(3)], processes: [{ cpu: 1, memory: 7 }] })],
      [quietSecond(0, { ...one, threads: [thread(0), thread(2)], processes: [{ cpu: 2, memory: 8 }] })],
    ]);
    expect(sum).toMatchObject({
      users: 4,
      dropped: 6,
      connections: { opened: 2, reused: 4, retried: 6, resumed: 8 },
      connect: [5, 5, 10, 5, 2],
      tls: [4, 4, 8, 4, 2],
      threads: [0, 1, 2, 3].map(thread),
      processes: [
        { cpu: 1, memory: 7 },
        { cpu: 2, memory: 8 },
      ],
    });
  });

  test('adds up set-ups of sessions by row and phase, and lost sessions', async () => {
    const cell = (row: number, ok: number) => ({ row, phase: 0, tally: { ...emptyTally, ok: [ok, ok, ok, ok, 1] } });
    const [sum] = await join([
      [quietSecond(0, { sessions: [cell(0, 30), cell(1, 10)], sessionsLost: 1 })],
      [quietSecond(0, { sessions: [cell(0, 40), cell(2, 20)], sessionsLost: 2 })],
    ]);
    const both = { row: 0, phase: 0, tally: { ...emptyTally, ok: [30, 40, 70, 30, 1, 40, 1] } };
    expect(sum).toMatchObject({ cells: [], sessionsLost: 3, sessions: [both, cell(1, 10), cell(2, 20)] });
  });

  test('the end is the latest, of the gravest reason, and counts what all have started', async () => {
    const joined = await join([
      [quietSecond(0), end({ reason: 'completed', at: millis(1500), started: 3 })],
      [quietSecond(0), end({ reason: 'interrupted', at: millis(900), started: 4 })],
      [quietSecond(0), end({ reason: 'threshold-failed', at: millis(1200), started: 5 })],
    ]);
    expect(joined.at(-1)).toEqual(end({ reason: 'interrupted', at: millis(1500), started: 12 }));
  });

  test('a load thread that dies: what it told counts, the others go on, and the end says so', async () => {
    const joined = await join([
      [quietSecond(0, { started: 3 }), quietSecond(1, { started: 2 })],
      [
        quietSecond(0, { started: 1 }),
        quietSecond(1, { started: 1 }),
        quietSecond(2, { started: 1 }),
        end({ started: 3 }),
      ],
    ]);
    expect(joined.map((event) => (event.kind === 'second' ? event.started : event.kind))).toEqual([4, 3, 1, 'end']);
    expect(joined.at(-1)).toEqual(end({ reason: 'thread-died', at: millis(3000), started: 8 }));
    expect(await join([[], []])).toEqual([end({ reason: 'thread-died', at: millis(0) })]);
  });

  test('a record that was cut short leaves the whole without an end', async () => {
    const joined = await join(
      [
        [quietSecond(0), quietSecond(1)],
        [quietSecond(0), end()],
      ],
      'cut-short',
    );
    expect(joined.map(({ kind }) => kind)).toEqual(['second', 'second']);
  });

  test('keeps three examples of a kind and sixty in all, before the second in which they became known', async () => {
    const four = ['a', 'b'].map((name) => [1, 2].map((n) => example(`${name}${n}`)));
    const some = await join(four.map((texts) => [...texts, quietSecond(0), end()]));
    expect(some.map((event) => (event.kind === 'example' ? event.text : event.kind))).toEqual([
      'a1',
      'a2',
      'b1',
      'second',
      'end',
    ]);
    const apart = [example('a'), example('b'), example('c'), example('d', { session: true })];
    expect((await join([[...apart, quietSecond(0)]])).filter(({ kind }) => kind === 'example')).toEqual(apart);
    const many = Array.from({ length: 100 }, (_, status) => example('x', { status }));
    expect((await join([[...many, quietSecond(0)]])).filter(({ kind }) => kind === 'example')).toHaveLength(60);
  });

  test('passes on what monitors read, before the next second', async () => {
    const reading = (second: number, monitor: number): RunEvent => ({
      kind: 'monitor',
      second,
      at: millis(1000 * second + 1001),
      monitor,
      cpu: 0.5,
      memory: null,
    });
    const told = await join([
      [quietSecond(0), reading(0, 0), quietSecond(1), reading(1, 0), end()],
      [reading(0, 1), quietSecond(0), end()],
    ]);
    expect(told.map((event) => (event.kind === 'monitor' ? `${event.second}/${event.monitor}` : event.kind))).toEqual([
      '0/1',
      'second',
      '0/0',
      'second',
      '1/0',
      'end',
    ]);
  });

  test('a stream that leaves a second out is damaged', async () => {
    await expect(join([[quietSecond(0), quietSecond(2)], [quietSecond(0)]])).rejects.toThrow(
      'second 2 is told where second 1 was due',
    );
  });

  test('when its consumer leaves, so do all streams', async () => {
    const left: string[] = [];
    async function* endless(name: string): AsyncGenerator<RunEvent, void, undefined> {
      try {
        for (let n = 0; ; n++) yield quietSecond(n);
      } finally {
        left.push(name);
      }
    }
    for await (const event of joinEvents([endless('a'), endless('b')], { unfinished: 'thread-died' }))
      if (event.kind === 'second' && event.second === 3) break;
    expect(left).toEqual(['a', 'b']);
  });

  test('what hooks measured and what went wrong with them add up, second by second; failures one by one pass through', async () => {
    const hooks = (second: number, sum: number): HooksEvent => ({
      kind: 'hooks',
      second,
      counters: [{ name: 'found', sum }],
      timings: [{ name: 'lookup', values: [5, 5, 5, 5, 1] }],
      troubles: [{ hook: 'second', message: 'threw', trace: '', count: 1 }],
    });
    const failures = (untold: number): FailuresEvent => ({ kind: 'failures', second: 0, failures: [], untold });
    const joined = await join([
      [failures(1), quietSecond(0), hooks(0, 1), quietSecond(1), hooks(1, 5), end()],
      [failures(2), quietSecond(0), hooks(0, 2), quietSecond(1), end()],
    ]);
    expect(joined.map(({ kind }) => kind)).toEqual([
      ...['failures', 'failures', 'second', 'hooks', 'second', 'hooks', 'end'],
    ]);
    expect(joined[3]).toEqual({
      kind: 'hooks',
      second: 0,
      counters: [{ name: 'found', sum: 3 }],
      timings: [{ name: 'lookup', values: [5, 5, 10, 5, 2] }],
      troubles: [{ hook: 'second', message: 'threw', trace: '', count: 2 }],
    });
    expect(joined[5]).toMatchObject({ second: 1, counters: [{ sum: 5 }] });
  });
});
