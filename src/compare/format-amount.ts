import { formatByteSize } from '../core/byte-size.ts';
import { formatMillis, formatPercent, formatRate } from '../core/format.ts';
import type { ComparedMetric, CompareMetric, CompareUnit } from './comparison.ts';

/** What metrics are called in a sentence. */
export const metricNames: Readonly<Record<CompareMetric, string>> = {
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
  error_rate: 'error rate',
  throughput: 'throughput',
  connect: 'connect time',
  cpu: 'CPU',
  memory: 'memory',
  cpu_per_request: 'CPU per request',
};

/** A value with its unit: `287 ms`, `0.4 %`, `19.8/s`, `1.32 cores`, `412 MB`, `4.1 ms of CPU`; what lies among the failures is `no limit`. */
export function formatAmount(value: number, unit: CompareUnit): string {
  if (value === Number.POSITIVE_INFINITY) return 'no limit (beyond the failures)';
  switch (unit) {
    case 'ms':
      return formatMillis(value);
    case 'share':
      return formatPercent(value);
    case '1/s':
      return formatRate(value);
    case 'cores':
      return `${Number(value.toPrecision(3))} cores`;
    case 'bytes':
      return formatByteSize(value);
    case 'cpu-ms':
      return `${formatMillis(value)} of CPU`;
    case 'cpu-share':
      return `${formatPercent(value)} of all CPU for 1 request/s`;
  }
}

/** A difference with its sign; of shares in percentage points: `+41 ms`, `−0.3 pp`. */
export function formatDifference(difference: number, unit: CompareUnit): string {
  const sign = difference < 0 ? '−' : '+';
  return `${sign}${formatSpan(Math.abs(difference), unit)}`;
}

/** How far two values lie apart, without a sign; of shares in percentage points. */
export function formatSpan(amount: number, unit: CompareUnit): string {
  return unit === 'share' || unit === 'cpu-share' ? `${plain(amount * 100)} pp` : formatAmount(amount, unit);
}

/** A share of the baseline with its sign: `+15 %`, `−3.2 %`. */
export const formatRelative = (share: number): string => `${share < 0 ? '−' : '+'}${plain(Math.abs(share) * 100)} %`;

/** Two significant digits, three from 100 on. */
export function plain(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(2)));
}

/** What an error rate moves by is told in percentage points, all else as a share of the baseline where there is one. */
export function formatShift({ metric, unit, relative, difference }: ComparedMetric): string {
  if (difference === null) return '';
  if (metric === 'error_rate' || relative === null) return formatDifference(difference, unit);
  return formatRelative(relative);
}

/** `+11 % to +20 %`; empty where there is none. */
export function formatInterval({ metric, unit, interval, relativeInterval }: ComparedMetric): string {
  if (metric !== 'error_rate' && relativeInterval !== null)
    return `${formatRelative(relativeInterval.low)} to ${formatRelative(relativeInterval.high)}`;
  if (interval === null) return '';
  return `${formatDifference(interval.low, unit)} to ${formatDifference(interval.high, unit)}`;
}

/** The smallest shift that would have been shown, as `formatShift` tells shifts; empty where it is not known. */
export function formatDetectable({ metric, unit, detectable, relativeDetectable }: ComparedMetric): string {
  if (metric !== 'error_rate' && relativeDetectable !== null) return `${plain(relativeDetectable * 100)} %`;
  return detectable === null ? '' : formatSpan(detectable, unit);
}
