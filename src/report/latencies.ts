import type { Histogram } from '../metrics/histogram.ts';

/** Response times of successes, ms. */
export interface Latencies {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** null for an empty histogram of µs. */
export function latenciesOf(histogram: Histogram): Latencies | null {
  if (histogram.count === 0) return null;
  const percentile = (quantile: number): number => (histogram.percentile(quantile) ?? 0) / 1000;
  return {
    min: (histogram.min ?? 0) / 1000,
    mean: (histogram.mean ?? 0) / 1000,
    p50: percentile(0.5),
    p90: percentile(0.9),
    p95: percentile(0.95),
    p99: percentile(0.99),
    p999: percentile(0.999),
    max: (histogram.max ?? 0) / 1000,
  };
}
