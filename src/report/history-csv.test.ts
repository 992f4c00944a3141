import { describe, expect, test } from 'vitest';
import { feed } from '../record/feed.ts';
import { foldRecord } from '../record/fold.ts';
import type { RunRecord } from '../record/record.ts';
import { type Planted, type PlantedRun, plantRecord, steadyRequests } from '../testing/record-builder.ts';
import { historyCsv } from './history-csv.ts';
import { statsCsv } from './locust-csv.ts';

const start = 1_772_366_400; // 2026-03-01T12:00:00Z

function textOf(record: RunRecord, fullHistory: boolean): string {
  const table = historyCsv(record.header, { fullHistory });
  feed(record, [table]);
  return table.csv();
}

function history(requests: readonly Planted[], fullHistory = false, more: Partial<PlantedRun> = {}): string[][] {
  const text = textOf(plantRecord({ requests, ...more }), fullHistory);
  return text
    .slice(0, -2)
    .split('\r\n')
    .map((line) => line.split(','));
}

describe('historyCsv()', () => {
  test("has Locust's columns", () => {
    expect(history([])[0]?.join()).toBe(
      'Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,' +
        'Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,' +
        'Total Min Response Time,Total Max Response Time,Total Average Content Size',
    );
  });

  test('has one total line per second with N/A while nothing has ended', () => {
    const lines = history([{ row: 1, at: 1, ms: 100 }], false, { users: (second) => second });
    expect(lines).toHaveLength(11);
    expect(lines[1]?.join()).toBe(`${start + 1},0,,Aggregated,0.000000,0.000000${',N/A'.repeat(11)},0,0,0,0,0,0,0`);
    expect(lines[2]?.join()).toBe(
      `${start + 2},1,,Aggregated,0.500000,0.000000${',100'.repeat(11)},1,0,100,100.0,100.0,100.0,400.0`,
    );
  });

  test('has rates over the last 10 s and cumulative percentiles by default', () => {
    const requests = [...steadyRequests(0, [0, 5], 0.1, () => 50), { row: 0, at: 19, ms: 400 }];
    const lines = history(requests, false, { seconds: 20 });
    expect(lines[5]?.slice(4, 7)).toEqual(['10.000000', '0.000000', '50']);
    expect(lines[10]?.slice(4, 7)).toEqual(['5.000000', '0.000000', '50']);
    expect(lines[19]?.slice(4, 7)).toEqual(['0.000000', '0.000000', '50']);
    expect(lines[20]?.slice(4, 7)).toEqual(['0.100000', '0.000000', '50']);
  });

  test('has a line per row that was requested and percentiles of the last 10 s with the full history', () => {
    const requests = [...steadyRequests(0, [0, 5], 0.1, () => 50), { row: 2, at: 19, ms: 400 }];
    const lines = history(requests, true, { seconds: 20 });
    const at = (second: number) => lines.filter(([timestamp]) => timestamp === String(start + second));
    expect(at(5).map((line) => [line[3], line[6]])).toEqual([
      ['Health Check', '50'],
      ['Aggregated', '50'],
    ]);
    expect(at(18).map((line) => [line[3], line[6], line[19]])).toEqual([
      ['Health Check', '0', '50'],
      ['Aggregated', '0', '50'],
    ]);
    expect(at(20).map((line) => [line[3], line[6], line[17], line[19]])).toEqual([
      ['Follow-up Question Generation', '400', '1', '400'],
      ['Health Check', '0', '50', '50'],
      ['Aggregated', '400', '51', '50'],
    ]);
  });

  test('ends with the totals of stats.csv', () => {
    const requests: Planted[] = [
      ...steadyRequests(0, [0, 9], 0.13, (i) => 20 + ((i * 7919) % 700)),
      { row: 1, at: 6, ms: 3, failed: ['reset', 0] },
    ];
    const record = plantRecord({ requests });
    const last = textOf(record, false).trimEnd().split('\r\n').at(-1)?.split(',') ?? [];
    const total = statsCsv(foldRecord(record)).trimEnd().split('\r\n').at(-1)?.split(',') ?? [];
    expect(last.slice(17)).toEqual(total.slice(2, 9));
    expect(last.slice(6, 17)).toEqual(total.slice(11));
  });

  test('goes on while requests drain, and drops the fraction of the start', () => {
    const lines = history([{ row: 0, at: 9, ms: 3000 }], false, { header: { startedAt: '2026-03-01T12:00:00.900Z' } });
    expect(lines).toHaveLength(14);
    expect(lines.at(-1)?.slice(0, 1)).toEqual([String(start + 13)]);
  });
});
