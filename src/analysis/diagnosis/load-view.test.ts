import { describe, expect, test } from 'vitest';
import { readSeries } from '../../record/series.ts';
import { plantRecord } from '../../testing/record-builder.ts';
import { spansOf, timesOf, viewLoad } from './load-view.ts';

const view = viewLoad(
  readSeries(
    plantRecord({
      requests: [
        { row: 0, at: 1.2, ms: 10 },
        { row: 1, at: 2.4, ms: 3000 },
        { row: 2, at: 3.5, ms: 2000, failed: ['http-5xx', 503] },
        { row: 2, at: 3.5, ms: 2000, failed: ['http-4xx', 429] },
        { row: 1, at: 9.5, ms: 4000 },
      ],
    }),
  ),
);

describe('viewLoad()', () => {
  test('puts a request to the second in which it was sent', () => {
    expect(view.seconds.flatMap(({ ok, second }) => (ok > 0 ? [[second, ok]] : []))).toEqual([
      [1, 1],
      [2, 1],
      [9, 1],
    ]);
    expect(timesOf(view, 'service', [1], (second) => second === 2).count).toBe(1);
    expect(timesOf(view, 'service', [1], (second) => second === 5).count).toBe(0);
  });

  test('counts as failed by the server what it failed, and not a refusal by rule', () => {
    expect(view.seconds[3]?.failed).toBe(1);
  });

  test('tells how many were in flight, health checks aside or not', () => {
    const inFlight = view.seconds.map(({ inFlight }) => Math.round(inFlight * 1000) / 1000);
    const expected = [0, 0.01, 0.5, 2, 3, 1.5, 0, 0, 0, 0.5];
    expect(inFlight).toHaveLength(expected.length);
    for (const [i, each] of expected.entries()) expect(inFlight[i]).toBeCloseTo(each, 1);
    expect(view.seconds[1]?.questionsInFlight).toBe(0);
  });

  test('is of the load: what drains afterwards has no second of its own', () => {
    expect(view.seconds).toHaveLength(10);
  });
});

test('spansOf() joins neighbours', () => {
  expect(spansOf([5, 1, 2, 6, 9])).toEqual([
    { start: 1, end: 3 },
    { start: 5, end: 7 },
    { start: 9, end: 10 },
  ]);
});
