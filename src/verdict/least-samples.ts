import { samplesForErrorRate, samplesForPercentile } from './interval.ts';
import type { Threshold } from './threshold.ts';

/** The least number of requests in the steady window that decide a threshold; 1 for what speaks of this run only. */
export function leastSamples({ metric, limit }: Pick<Threshold, 'metric' | 'limit'>): number {
  switch (metric.kind) {
    case 'percentile':
      return samplesForPercentile(metric.quantile);
    case 'error_rate':
      return samplesForErrorRate(limit);
    case 'avg':
    case 'max':
    case 'rps':
    case 'count':
    case 'cpu':
    case 'memory':
      return 1;
  }
}
