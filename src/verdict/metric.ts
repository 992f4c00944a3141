import { didYouMean } from '../core/did-you-mean.ts';
import type { SqloadError } from '../core/errors.ts';
import type { ServerMeasure } from '../record/monitor.ts';

/** What a threshold limits. `quantile` lies in (0, 1); p100 is `max`. */
export type Metric =
  | { readonly kind: 'percentile'; readonly quantile: number }
  | { readonly kind: 'avg' }
  | { readonly kind: 'max' }
  | { readonly kind: 'error_rate' }
  | { readonly kind: 'rps' }
  | { readonly kind: 'count' }
  | { readonly kind: 'cpu' }
  | { readonly kind: 'memory' };

/** Makes the error for what cannot be read: what is wrong with it, and what to do. */
export type Refuse = (problem: string, hint: string) => SqloadError;

/** Whether a monitor of the server measures it, and not the requests. */
export const isOfServer = ({ kind }: Pick<Metric, 'kind'>): boolean => isServerMeasure(kind);

/** Whether the name of a metric is that of what monitors measure. */
export const isServerMeasure = (name: string): name is ServerMeasure => name === 'cpu' || name === 'memory';

const named: ReadonlyMap<string, Metric> = new Map<string, Metric>([
  ['avg', { kind: 'avg' }],
  ['mean', { kind: 'avg' }],
  ['max', { kind: 'max' }],
  ['error_rate', { kind: 'error_rate' }],
  ['rps', { kind: 'rps' }],
  ['count', { kind: 'count' }],
  ['cpu', { kind: 'cpu' }],
  ['memory', { kind: 'memory' }],
]);

/** What other tools and everyday speech call the metrics. */
const alsoCalled: ReadonlyMap<string, string> = new Map([
  ['average', 'avg'],
  ['median', 'p50'],
  ['latency', 'p95'],
  ['response_time', 'p95'],
  ['errors', 'error_rate'],
  ['failures', 'error_rate'],
  ['fail_ratio', 'error_rate'],
  ['failure_rate', 'error_rate'],
  ['rate', 'rps'],
  ['throughput', 'rps'],
  ['requests', 'count'],
  ['mem', 'memory'],
]);

const metricList = 'p50 to p99.9, avg, max, error_rate, rps, count, cpu, memory';

/** @throws what `refuse` makes, for a name that no metric has; p100 is `max`. */
export function readMetric(name: string, refuse: Refuse): Metric {
  const digits = /^p(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (digits !== undefined) {
    // Read as one decimal number: 99.9 / 100 may not be the number nearest to 0.999.
    const quantile = Number(`${digits}e-2`);
    if (quantile > 0 && quantile < 1) return { kind: 'percentile', quantile };
    if (quantile === 1) return { kind: 'max' };
    throw refuse(`there is no percentile ${digits}`, 'Percentiles go from above p0 to p100.');
  }
  const metric = named.get(name);
  if (metric !== undefined) return metric;
  const near =
    alsoCalled.get(name.toLowerCase().replaceAll('-', '_')) ??
    didYouMean(name, [...named.keys(), 'p50', 'p90', 'p95', 'p99', 'p99.9']);
  throw refuse(
    name === '' ? 'it names no metric' : `there is no metric "${name}"`,
    `${near === null ? '' : `Did you mean ${near}? `}The metrics are ${metricList}.`,
  );
}
