import { describe, expect, test } from 'vitest';
import { foldRecord } from '../record/fold.ts';
import { type Planted, type PlantedRun, plantRecord } from '../testing/record-builder.ts';
import { exceptionsCsv, failuresCsv, statsCsv } from './locust-csv.ts';

const statsHeader =
  'Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,' +
  'Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%';

const run = (requests: readonly Planted[], more: Partial<PlantedRun> = {}) =>
  foldRecord(plantRecord({ requests, ...more }));
const lines = (text: string): string[] => {
  expect(text.endsWith('\r\n')).toBe(true);
  return text.slice(0, -2).split('\r\n');
};

describe('statsCsv()', () => {
  test("has Locust's columns and N/A in the total of an empty run", () => {
    expect(lines(statsCsv(run([])))).toEqual([statsHeader, `,Aggregated,0,0,0,0,0,0,0,0.0,0.0${',N/A'.repeat(11)}`]);
  });

  test('sorts rows by name then method, leaves out rows without a request, and ends with the total', () => {
    const rows = [
      { id: 'b', name: 'beta', method: 'GET' },
      { id: 'a2', name: 'alpha', method: 'POST' },
      { id: 'none', name: 'Zero', method: 'GET' },
      { id: 'a1', name: 'alpha', method: 'GET' },
    ] as const;
    const requests = [0, 1, 3].map((row) => ({ row, at: 1, ms: 10 }));
    const names = lines(statsCsv(run(requests, { header: { rows } }))).map((line) => line.split(',').slice(0, 2));
    expect(names.slice(1)).toEqual([
      ['GET', 'alpha'],
      ['POST', 'alpha'],
      ['GET', 'beta'],
      ['', 'Aggregated'],
    ]);
  });

  test('counts failed requests at their measured time, in ms, bytes and requests per second', () => {
    const fold = run([
      { row: 0, at: 1, ms: 100, bytesReceived: 300 },
      { row: 0, at: 2, ms: 200.5, bytesReceived: 300 },
      { row: 0, at: 3, ms: 5, failed: ['http-5xx', 503], bytesReceived: 0 },
      { row: 0, at: 4, ms: 1000, bytesReceived: 300 },
    ]);
    const [, row, total] = lines(statsCsv(fold));
    const cells = '4,1,100,326.375,5.0,1000.0,225.0,0.8,0.2,100,201,201,1000,1000,1000,1000,1000,1000,1000,1000';
    expect(row).toBe(`GET,Health Check,${cells}`);
    expect(total).toBe(`,Aggregated,${cells}`);
  });

  test('counts seconds of the record for the rates when it was cut short', () => {
    const fold = run([{ row: 0, at: 1, ms: 100 }], { end: null, seconds: 4 });
    expect(lines(statsCsv(fold)).at(-1)?.split(',').slice(9, 11)).toEqual(['0.25', '0.0']);
  });
});

describe('failuresCsv()', () => {
  test('has a line per row, kind and status, told by its first example, with first and last second', () => {
    const fold = run([
      { row: 2, at: 1, ms: 10, failed: ['http-5xx', 503, 'busy, "later"'] },
      { row: 2, at: 8, ms: 10, failed: ['http-5xx', 503, 'another'] },
      { row: 2, at: 3, ms: 10, failed: ['http-5xx', 500] },
      { row: 0, at: 4, ms: 1500, failed: ['timeout', 0, '=cmd\x1b[2J'] },
    ]);
    expect(lines(failuresCsv(fold))).toEqual([
      'Method,Name,Error,Occurrences,First Seen,Last Seen',
      'POST,Follow-up Question Generation,"http-5xx (HTTP 503): busy, ""later""",2,2026-03-01T12:00:01Z,2026-03-01T12:00:08Z',
      'POST,Follow-up Question Generation,http-5xx (HTTP 500),1,2026-03-01T12:00:03Z,2026-03-01T12:00:03Z',
      'GET,Health Check,timeout: =cmd\\x1b[2J,1,2026-03-01T12:00:05Z,2026-03-01T12:00:05Z',
    ]);
  });
});

describe('exceptionsCsv()', () => {
  test('is the header alone without hooks', () => {
    expect(exceptionsCsv(run([]))).toBe('Count,Message,Traceback,Nodes\r\n');
  });

  test('has what went wrong with hooks, the most frequent first', () => {
    const fold = run([]);
    const trace = 'Error: boom\n    at hooks.mjs:1';
    const trouble = { hook: 'second', message: 'threw Error: boom', trace, count: 2 };
    const more = { hook: 'phase', message: 'blocked for more than 100 ms', trace: '', count: 3 };
    for (const troubles of [[trouble], [trouble, more]])
      fold.add({ kind: 'hooks', second: 1, counters: [], timings: [], troubles });
    expect(lines(exceptionsCsv(fold)).slice(1)).toEqual([
      '4,hook second threw Error: boom,Error: boom | at hooks.mjs:1,local',
      '3,hook phase blocked for more than 100 ms,,local',
    ]);
  });
});
