import { type Metric, type Refuse, readMetric } from './metric.ts';

/** Where the row of other thresholds stands. */
const prefix = 'custom.';
const measured: readonly Metric['kind'][] = ['percentile', 'avg', 'max', 'count'];

/** Whether a threshold limits what the user's hooks measured, which is graded over the whole scenario. */
export const isOfHooks = ({ row }: { readonly row: string | null }): boolean => row?.startsWith(prefix) ?? false;

/** The name that the hooks gave to what a threshold limits. */
export const customName = ({ row }: { readonly row: string | null }): string => row?.slice(prefix.length) ?? '';

interface CustomSubject {
  /** `custom.<name>`, which is the id of no row. */
  readonly row: string;
  readonly metric: Metric;
  readonly metricName: string;
}

/**
 * Reads `custom.lookup.p95` or `custom.refunds.count`; null for what is about requests.
 * @throws what `refuse` makes of a metric that hooks do not measure.
 */
export function readCustom(subject: string, refuse: Refuse): CustomSubject | null {
  if (!/^custom(\.|$)/.test(subject)) return null;
  const [, name, metricName] = /^custom\.([A-Za-z][\w-]*)\.(.+)$/.exec(subject) ?? [];
  if (name === undefined || metricName === undefined)
    throw refuse(
      'what hooks measure has a name and a metric',
      'Write custom.<name>.count for a counter, or custom.<name>.p95 for a timing.',
    );
  const metric = readMetric(metricName.trim(), refuse);
  if (!measured.includes(metric.kind))
    throw refuse(`hooks measure no ${metricName}`, 'Limit the count, a percentile, avg or max.');
  return { row: `${prefix}${name}`, metric, metricName: metricName.trim() };
}
