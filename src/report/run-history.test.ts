import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judged } from '../testing/judged.ts';
import { emptyRun, failingRun, type PlantedReport, passedRun } from '../testing/planted-runs.ts';
import { type HistoryRun, historyHeader, historyLine, historyRunOf, isHistory, parseHistory } from './run-history.ts';

const runOf = (report: PlantedReport): HistoryRun => historyRunOf(judged(report), 'a-1');

/** What is left of a text in one line: control characters are spelled, and an apostrophe before a formula is gone. */
const text = fc.string({ unit: fc.constantFrom(...' "\',;=+-@a日1\\') }).filter((value) => !/^'[=+\-@]/.test(value));
const fixed = (places: number, max = 1e9) =>
  fc.double({ min: 0, max, noNaN: true }).map((value) => Number(Math.abs(value).toFixed(places)));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const anyRun: fc.Arbitrary<HistoryRun> = fc.record({
  time: fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  scenario: text,
  label: text,
  requests: fc.nat(),
  p50: maybe(fixed(3)),
  p95: maybe(fixed(3)),
  p99: maybe(fixed(3)),
  adjustedP95: fc.oneof(maybe(fixed(3)), fc.constant('beyond-failures' as const)),
  errorRate: maybe(fixed(6, 1)),
  throughput: maybe(fixed(4)),
  users: fixed(4),
  usersPlanned: fixed(4),
  rate: maybe(fixed(4)),
  cpu: maybe(fixed(6)),
  memory: maybe(fixed(6)),
  verdict: fc.constantFrom('passed', 'failed', 'inconclusive', 'invalid', 'interrupted'),
  exitCode: fc.nat(255),
  path: text,
});

describe('parseHistory()', () => {
  test('reads back every line that historyLine() wrote, and what a crash cut off costs no other line', () => {
    fc.assert(
      fc.property(fc.array(anyRun), anyRun, fc.nat(), (runs, torn, keep) => {
        const whole = runs.map(historyLine);
        const end = historyLine(torn).slice(0, -2);
        const cut = end.slice(0, keep % end.length);
        const read = parseHistory([historyHeader, `${cut}\r\n`, ...whole].join(''));
        expect(read.runs).toEqual(runs);
        expect(read.damaged.map(({ line }) => line)).toEqual(cut === '' ? [] : [2]);
        expect(parseHistory([historyHeader, ...whole, cut].join('')).runs).toEqual(runs);
      }),
    );
  });

  test('reads a file that an editor or a spreadsheet saved, with a header in the middle', () => {
    const lines = `${historyHeader}${historyLine(runOf(passedRun()))}`;
    const saved = `\ufeff${lines}${lines}`.replaceAll('\r\n', '\n');
    expect(parseHistory(saved).runs).toHaveLength(2);
  });

  test('says what is wrong with a line', () => {
    const line = historyLine(runOf(passedRun()));
    const wrong = [
      line.replace(',passed', ',fine'),
      line.replace('2026-', '26-'),
      line.replace(',0,', ',-1,'),
      'a,b\n',
    ];
    expect(parseHistory(historyHeader + wrong.join('')).damaged).toEqual([
      { line: 2, why: 'verdict must be one of passed, failed, inconclusive, invalid, interrupted' },
      { line: 3, why: 'time must be a UTC time' },
      { line: 4, why: expect.stringContaining('must be a number') },
      { line: 5, why: 'it has 2 of 18 cells' },
    ]);
  });

  test.each(['', 'Type,Name,Request Count\r\n', `${historyHeader.trimEnd()},more\r\n`])('refuses %j', (content) => {
    expect(isHistory(content)).toBe(false);
    expect(() => parseHistory(content)).toThrow('not that of a history.csv');
  });
});

describe('historyRunOf()', () => {
  test('tells what the reports tell', () => {
    expect(historyHeader + historyLine(runOf(passedRun()))).toMatchInlineSnapshot(`
      "time,scenario,label,requests,p50_ms,p95_ms,p99_ms,p95_adjusted_ms,error_rate,throughput_per_s,users,users_planned,rate_per_s,cpu,memory,path,exit_code,verdict
      2026-03-01T12:00:00.000Z,sustained,,176,153.024,288.128,344.192,288.128,0,18.125,4,4,,0.1475,0.0155,a-1,0,passed
      "
    `);
    expect(runOf(failingRun())).toMatchObject({
      adjustedP95: 'beyond-failures',
      exitCode: 1,
      cpu: 1.05,
    });
    expect(runOf(emptyRun())).toMatchObject({ requests: 0, p95: null, adjustedP95: null, errorRate: null });
  });

  test('takes the label from the settings, if the user gave one', () => {
    const labelled = (from: string): string => {
      const { record, verdict } = passedRun();
      const settings = { label: { value: 'none', from } };
      return runOf({ record: { ...record, header: { ...record.header, settings } }, verdict }).label;
    };
    expect(labelled('flag')).toBe('none');
    expect(labelled('default')).toBe('');
  });
});
