import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldRecord } from '../record/fold.ts';
import { emptyRun, failingRun, passedRun } from '../testing/planted-runs.ts';
import { statsCsv } from './locust-csv.ts';
import { isStats, parseStats } from './parse-stats.ts';
import { statsHeader } from './stats-line.ts';

/** As Locust 2 writes it: CRLF, floats of Python, whole milliseconds, and a row that nobody asked for by name in sqload. */
const locust = [
  'Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%',
  'POST,Follow-up Question Generation,1041,12,140,156.20841287,61.8841,903.2,312.5,17.35,0.2,140,160,180,190,240,300,390,480,900,900,900',
  'GET,Health Check,210,0,4,4.5120001,2.1,31.7,15.0,3.5,0.0,4,5,5,6,7,9,12,15,32,32,32',
  'POST,Initial Question Generation,612,3,120,131.00000000000003,55.1,700.9,280.25,10.2,0.05,120,130,140,150,200,260,330,400,700,700,700',
  'GET,"/api/items, all",5,5,10,10.0,9.0,12.0,0.0,0.0833,0.0833,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A',
  ',Aggregated,1868,20,120,128.3,2.1,903.2,269.9,31.13,0.3333,120,140,160,170,230,290,380,460,700,900,900',
  '',
].join('\r\n');

describe('parseStats()', () => {
  test('reads what Locust writes', () => {
    expect(isStats(locust)).toBe(true);
    const { all, rows, ...rest } = parseStats(locust);
    expect(rest).toEqual({ over: 'run', percentiles: 'measured', monitors: [], connect: null });
    expect(all).toEqual({
      requests: 1868,
      failures: 20,
      p50: 120,
      p95: 290,
      p99: 460,
      errorRate: 20 / 1868,
      throughput: expect.closeTo(30.7967, 9),
    });
    expect(rows.map(({ id, name, p95 }) => [id, name, p95])).toEqual([
      ['follow-up', 'Follow-up Question Generation', 300],
      ['health', 'Health Check', 9],
      ['initial', 'Initial Question Generation', 260],
      ['GET /api/items, all', '/api/items, all', null],
    ]);
  });

  test.each([
    ['passed', passedRun],
    ['failing', failingRun],
    ['empty', emptyRun],
  ])('reads what sqload writes of a %s run', (_, build) => {
    const fold = foldRecord(build().record);
    const { all } = parseStats(statsCsv(fold));
    const everything = fold.tally(null).everything();
    const percentile = everything.percentile(0.95);
    expect(all).toMatchObject({
      requests: fold.tally(null).requests,
      failures: fold.tally(null).failed.count,
      p95: percentile === undefined ? null : Math.round(percentile / 1000),
    });
  });

  test('does without percentiles that were not asked for, and with a byte order mark, quotes and LF', () => {
    const text = '\ufeff"Type","Name","Request Count",Failure Count,Requests/s,Failures/s\n,Aggregated,10,1,2.5,0.25\n';
    expect(isStats(text)).toBe(true);
    expect(parseStats(text).all).toMatchObject({ requests: 10, p95: null, errorRate: 0.1, throughput: 2.25 });
  });

  const total = (count: string, failures: string) =>
    `Type,Name,Request Count,Failure Count,Requests/s,Failures/s\n,Aggregated,${count},${failures},1,0\n`;
  test.each([
    ['Type,Name,Request Count,Failure Count\n', 'it has no column "Requests/s" or "Failures/s"'],
    ['', 'it has no column "Type" or "Name" or'],
    [locust.slice(0, locust.indexOf(',Aggregated')), 'it has no line "Aggregated"'],
    [locust.slice(0, -20), 'line 6: it has 18 of 22 cells, as if it were cut off'],
    [locust.replace('"/api/items, all"', '"/api/items, all'), 'a quote is not closed'],
    [
      `${locust},Aggregated,1868,20,120,128.3,2.1,903.2,269.9,31.13,0.3333,,,,,,,,,,,`,
      'more than one line "Aggregated"',
    ],
    [
      locust.replace('GET,Health', 'GET,Initial Question Generation,1,0,,,,,,1,0,,,,,,,,,,,\r\nGET,Health'),
      'more than one line "Initial',
    ],
    [total('many', '0'), 'line 2: "Request Count" must be a number, got "many"'],
    [total('-1', '0'), 'line 2: "Request Count" must be a number, got "-1"'],
    [total('1e999', '0'), 'line 2: "Request Count" must be a number, got "1e999"'],
    [total('', '0'), 'line 2: "Request Count" has no number'],
    [total('1', '2'), 'line 2: it has more failures than requests'],
  ])('refuses %.60j', (text, message) => {
    expect(() => parseStats(text)).toThrow(RangeError);
    expect(() => parseStats(text)).toThrow(message);
  });

  test('gives figures or a RangeError for any text, and never a figure that is no number', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('1', '0', 'N/A', '1e3', '-1', '', 'Aggregated', '"', '\n', ','));
    const line = fc.array(cell, { minLength: statsHeader.length, maxLength: statsHeader.length });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (rows) => {
        const text = [statsHeader, ...rows].map((cells) => cells.join(',')).join('\r\n');
        try {
          const { all } = parseStats(text);
          for (const value of Object.values(all))
            expect(value === null || (value >= 0 && Number.isFinite(value))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
