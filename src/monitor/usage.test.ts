import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberAt, promqlNumber } from './json-number.ts';
import { CounterRate, UsageMeter } from './usage.ts';

describe('CounterRate', () => {
  test('tells the growth per second, and begins again at 0 with the counter', () => {
    const rate = new CounterRate();
    expect(rate.read(100, 0)).toBeNull();
    expect(rate.read(100.5, 500)).toBe(1);
    expect(rate.read(0.25, 1000)).toBe(0.5);
    expect(rate.read(Number.NaN, 1500)).toBeNull();
    expect(rate.read(-1, 1500)).toBeNull();
    expect(rate.read(2.25, 2000)).toBe(2);
    expect(rate.read(3, 2000)).toBeNull();
  });

  test('takes a fall to a value that cannot have grown since for another counter', () => {
    const rate = new CounterRate();
    rate.read(5000, 0);
    expect(rate.read(4000, 1000, 8)).toBeNull();
    expect(rate.read(4001, 2000, 8)).toBe(1);
  });

  test('is never negative', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: false })), (values) => {
        const rate = new CounterRate();
        for (const [i, value] of values.entries()) expect(rate.read(value, i * 1000) ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('UsageMeter', () => {
  const meter = () => new UsageMeter({ cores: 4, bytes: 1000 });
  const read = (unit: 'cores' | 'percent' | 'ratio', value: number) =>
    meter().read({ cpu: { unit, series: [{ key: '', value }] }, memory: null }, 0).cpu;

  test('makes shares of cores, per cent and ratios', () => {
    expect([read('cores', 1), read('percent', 50), read('ratio', 0.5)]).toEqual([0.25, 0.5, 0.5]);
    expect([read('cores', -1), read('ratio', Number.NaN)]).toEqual([null, null]);
    expect(meter().read({ cpu: null, memory: { unit: 'bytes', value: 250 } }, 0)).toEqual({ cpu: null, memory: 0.25 });
    expect(meter().read({ cpu: null, memory: { unit: 'percent', value: 90 } }, 0).memory).toBe(0.9);
  });

  test('adds up counters one by one, so that one that goes away is no fall', () => {
    const one = meter();
    const cpu = (...values: number[]) => ({
      cpu: { unit: 'seconds' as const, series: values.map((value, i) => ({ key: `${i}`, value })) },
      memory: null,
    });
    expect(one.read(cpu(10, 1000), 0).cpu).toBeNull();
    expect(one.read(cpu(11, 1001), 1000).cpu).toBe(0.5);
    expect(one.read(cpu(12), 2000).cpu).toBe(0.25);
  });
});

describe('promqlNumber()', () => {
  const answer = (resultType: string, result: unknown) =>
    JSON.stringify({ status: 'success', data: { resultType, result } });

  test('reads a scalar and a vector of one', () => {
    expect(promqlNumber(answer('scalar', [1, '0.5']))).toBe(0.5);
    expect(promqlNumber(answer('vector', [{ metric: {}, value: [1, '2e3'] }]))).toBe(2000);
    expect(promqlNumber(answer('vector', []))).toBeNull();
    expect(promqlNumber(answer('vector', [{ metric: {}, value: [1, 'NaN'] }]))).toBeNull();
  });

  test.each([
    [answer('vector', [{}, {}]), /gives 2 series: wrap it in sum/],
    [answer('matrix', []), /one number now/],
    [JSON.stringify({ status: 'error', error: 'parse error at char 3' }), /refuses the query: parse error at char 3/],
    ['{}', /it is no Prometheus/],
    ['<html>', /not JSON/],
  ])('refuses %s', (text, problem) => expect(() => promqlNumber(text)).toThrow(problem));

  test('throws nothing but a clause, whatever a server answers', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          promqlNumber(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

test('numberAt() takes numbers, and texts that are numbers', () => {
  const json = { a: [1, '2.5', 'x', null, true, '', '0x1'] };
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((i) => numberAt(json, `/a/${i}`))).toEqual([1, 2.5, ...Array(6).fill(null)]);
});
