import { describe, expect, test } from 'vitest';
import { encodedCount } from '../metrics/encoded-histogram.ts';
import { tallyCount } from '../metrics/tally.ts';
import { mcpSessionRows, plantHeader, plantRecord, plantSetUp } from '../testing/record-builder.ts';
import { foldRecord } from './fold.ts';
import type { RunRecord } from './record.ts';
import type { RunEvent } from './run-event.ts';
import { readSeries, tallyOf } from './series.ts';

const requests = [
  { row: 0, at: 1, ms: 20 },
  { row: 1, at: 1.5, ms: 100 },
  { row: 1, at: 1.8, ms: 700 },
  { row: 2, at: 4, ms: 300, failed: ['http-5xx', 500] as const },
];

describe('readSeries()', () => {
  test('has each second once, and in it what ended then, by row', () => {
    const { seconds, end } = readSeries(plantRecord({ requests }));
    expect(seconds.map(({ second }) => second)).toEqual([...seconds.keys()]);
    const ended = (second: number): number[] =>
      [0, 1, 2].map(
        (row) => tallyOf({ header: plantHeader(), seconds, end }, { start: second, end: second + 1 }, row).requests,
      );
    expect(ended(1)).toEqual([1, 1, 0]);
    expect(ended(2)).toEqual([0, 1, 0]);
    expect(ended(3)).toEqual([0, 0, 0]);
    expect(ended(4)).toEqual([0, 0, 1]);
    expect(end?.reason).toBe('completed');
  });

  test('tells of every request that the record counts', () => {
    const record = plantRecord({ requests });
    const series = readSeries(record);
    const all = tallyOf(series, { start: 0, end: series.seconds.length }, null);
    expect(all.encode()).toEqual(foldRecord(record).tally(null).encode());
  });

  test('puts a reading of a monitor to the second that it tells of, however late it came', () => {
    const monitor = { name: 'server', source: 'planted', slice: 0, cpu: { amount: 1, of: '' }, memory: null };
    const planted = plantRecord({ header: { monitors: [monitor] }, requests });
    const late = { kind: 'monitor', second: 1, at: 2100, monitor: 0, cpu: 0.5, memory: null } as const;
    const events = [...planted.events()];
    const record = {
      ...planted,
      *events() {
        yield* [...events.slice(0, 4), late as never, ...events.slice(4)];
      },
    };
    const { seconds } = readSeries(record);
    expect(seconds[1]?.monitors[0]?.cpu).toBe(0.5);
    expect(seconds[2]?.monitors).toEqual([null]);
  });

  test('has whole set-ups of sessions, and what hooks timed, several times in a second too', () => {
    const sessions = [...plantSetUp(1.1, 20), ...plantSetUp(1.2, 5, ['http-5xx', 503])];
    const planted = plantRecord({
      ...{ requests, sessions, header: { sessionRows: mcpSessionRows } },
      timed: (second) => (second === 3 ? { lookup: [5, 7] } : {}),
    });
    const twice = (event: RunEvent): RunEvent[] => (event.kind === 'hooks' ? [event, event] : [event]);
    const events = [...planted.events()].flatMap(twice);
    const { seconds } = readSeries({ ...planted, events: () => events });
    expect(seconds.map(({ setUps }) => tallyCount(setUps)).slice(0, 4)).toEqual([0, 2, 0, 0]);
    expect(encodedCount(seconds[1]?.setUps.failed ?? [])).toBe(1);
    expect(seconds.map(({ timings }) => encodedCount(timings.get('lookup') ?? [])).slice(0, 5)).toEqual([
      0, 0, 0, 4, 0,
    ]);
  });

  test('fills seconds that nobody told of, and refuses rows that the header does not have', () => {
    const planted = plantRecord({ requests });
    const without = (second: number): RunRecord => ({
      ...planted,
      events: () => [...planted.events()].filter((event) => event.kind !== 'second' || event.second !== second),
    });
    expect(readSeries(without(3)).seconds.map(({ second }) => second)).toContain(3);
    const foreign = { ...planted, header: plantHeader({ rows: [] }) };
    expect(() => readSeries(foreign)).toThrow(RangeError);
  });
});
