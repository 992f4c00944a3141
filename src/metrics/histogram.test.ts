import fc from 'fast-check';
import { Int32Histogram } from 'hdr-histogram-js';
import { describe, expect, test } from 'vitest';
import { type Micros, micros } from '../core/units.ts';
import { emptyHistogram, encodedCount, mergeEncoded, SparseHistogram } from './encoded-histogram.ts';
import { Histogram, nearestRank } from './histogram.ts';
import { histogramShape, slotOf } from './histogram-shape.ts';

/** Latencies of every magnitude, 1 µs to 1 h. */
const latency = fc
  .tuple(fc.integer({ min: 0, max: 31 }), fc.double({ min: 1, max: 2, noNaN: true }))
  .map(([power, factor]) => micros(Math.min(Math.floor(2 ** power * factor), histogramShape.highest)));
const latencies = fc.array(latency, { minLength: 1, maxLength: 400 });

const filled = (values: readonly Micros[]): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};
const sparse = (values: readonly Micros[]): SparseHistogram => {
  const histogram = new SparseHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

describe('Histogram', () => {
  test('percentile() is within 0.1 % of the exact nearest rank', () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0.001, max: 1, noNaN: true }), (values, quantile) => {
        const exact = [...values].sort((a, b) => a - b)[nearestRank(quantile, values.length) - 1] ?? Number.NaN;
        const reported = filled(values).percentile(quantile) ?? Number.NaN;
        expect(Math.abs(reported - exact)).toBeLessThanOrEqual(exact * 0.001);
      }),
      { numRuns: 1000 },
    );
  });

  test('min, max and mean are exact', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const histogram = filled(values);
        expect(histogram.min).toBe(Math.min(...values));
        expect(histogram.max).toBe(Math.max(...values));
        expect(histogram.mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 3);
      }),
    );
  });

  test('merge() is the same as recording what both hold, and leaves the other as it was', () => {
    fc.assert(
      fc.property(fc.array(latency), fc.array(latency), (one, other) => {
        const [sum, added] = [filled(one), filled(other)];
        const before = added.encode();
        sum.merge(added);
        expect(sum.encode()).toEqual(filled([...one, ...other]).encode());
        expect(added.encode()).toEqual(before);
      }),
    );
  });

  test('has no percentile, least or greatest while it is empty', () => {
    const empty = new Histogram();
    expect([empty.percentile(0.5), empty.min, empty.max, empty.mean, empty.count]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      0,
    ]);
  });

  test('record() of a value that came several times is the same as of each by itself', () => {
    fc.assert(
      fc.property(latencies, fc.integer({ min: 1, max: 5 }), (values, times) => {
        const histogram = new Histogram();
        for (const value of values) histogram.record(value, times);
        const each = values.flatMap((value) => new Array<Micros>(times).fill(value));
        expect(histogram.encode()).toEqual(filled(each).encode());
      }),
    );
  });

  test('record() clamps into the shape and refuses NaN', () => {
    const histogram = filled([micros(0), micros(-5), micros(1e12)]);
    expect(histogram.min).toBe(1);
    expect(histogram.max).toBe(histogramShape.highest);
    expect(() => histogram.record(micros(Number.NaN))).toThrow(RangeError);
    expect(histogram.count).toBe(3);
  });
});

test('Histogram.above() gives what lies above the slot of a value, with the exact greatest at its end', () => {
  const histogram = filled([micros(1), micros(900), micros(900), micros(2000), micros(1_000_001)]);
  expect([...histogram.above(micros(900))]).toEqual([
    { value: 2000, count: 1 },
    { value: 1_000_001, count: 1 },
  ]);
  expect([...histogram.above(micros(899))][0]).toEqual({ value: 900, count: 2 });
  expect([...histogram.above(micros(1_000_001))]).toEqual([]);
  expect([...new Histogram().above(micros(1))]).toEqual([]);
});

test('slotOf() lays values out as HdrHistogram does', () => {
  const hdr = new Int32Histogram(histogramShape.lowest, histogramShape.highest, histogramShape.digits);
  expect(hdr.countsArrayLength).toBe(histogramShape.slots);
  fc.assert(
    fc.property(latency, (value) => {
      expect(slotOf(value)).toBe(hdr.countsArrayIndex(value));
    }),
    { numRuns: 2000 },
  );
});

describe('encoded histograms', () => {
  test('encode the same from the sparse and from the full histogram, and survive a round trip', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const encoded = sparse(values).encode();
        expect(encoded).toEqual(filled(values).encode());
        const copy = new Histogram();
        copy.add(encoded);
        expect(copy.encode()).toEqual(encoded);
        expect(encodedCount(encoded)).toBe(values.length);
      }),
    );
  });

  test('merge in any order and grouping to the encoding of the whole', () => {
    fc.assert(
      fc.property(latencies, latencies, latencies, (a, b, c) => {
        const [x, y, z] = [sparse(a).encode(), sparse(b).encode(), sparse(c).encode()];
        const whole = sparse([...a, ...b, ...c]).encode();
        expect(mergeEncoded(mergeEncoded(x, y), z)).toEqual(whole);
        expect(mergeEncoded(z, mergeEncoded(y, x))).toEqual(whole);
        expect(mergeEncoded(x, emptyHistogram)).toEqual(x);
        const sum = new SparseHistogram();
        for (const each of [y, x, z]) sum.add(each);
        expect(sum.encode()).toEqual(whole);
        expect(sum.encode()).toEqual(emptyHistogram);
      }),
    );
  });
});

test('nearestRank() is the ceiling of q·n without binary noise', () => {
  expect(nearestRank(0.95, 20)).toBe(19);
  expect(nearestRank(0.95, 21)).toBe(20);
  expect(nearestRank(0.999, 1000)).toBe(999);
  expect(nearestRank(0.001, 5)).toBe(1);
  expect(nearestRank(1, 7)).toBe(7);
});
