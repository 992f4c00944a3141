import fc from 'fast-check';
import { expect, test } from 'vitest';
import { micros } from '../core/units.ts';
import { Histogram } from '../metrics/histogram.ts';
import { LatencyCounts } from './latency-counts.ts';

const latencies = fc.array(fc.integer({ min: 1, max: 3_600_000_000 }).map(micros), { minLength: 1, maxLength: 60 });
const quantiles = [0.001, 0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1];

const histogramOf = (values: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(micros(value));
  return histogram;
};

test('LatencyCounts.percentiles() gives what a Histogram gives', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      const histogram = histogramOf(values);
      const counts = new LatencyCounts();
      counts.add(histogram.encode());
      expect(counts.percentiles(quantiles, Math.min(...values), Math.max(...values))).toEqual(
        quantiles.map((quantile) => histogram.percentile(quantile)),
      );
    }),
  );
});

test('LatencyCounts.remove() leaves what was added besides', () => {
  fc.assert(
    fc.property(latencies, latencies, (stays, leaves) => {
      const counts = new LatencyCounts();
      counts.add(histogramOf(leaves).encode());
      counts.add(histogramOf(stays).encode());
      counts.remove(histogramOf(leaves).encode());
      expect(counts.count).toBe(stays.length);
      expect(counts.percentiles([0.5], Math.min(...stays), Math.max(...stays))).toEqual([
        histogramOf(stays).percentile(0.5),
      ]);
    }),
  );
});

test('LatencyCounts.percentiles() is empty while there is nothing to read', () => {
  expect(new LatencyCounts().percentiles([0.5], 0, 0)).toEqual([]);
});
