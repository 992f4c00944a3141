import { didYouMean } from '../core/did-you-mean.ts';
import { type SqloadError, usageError } from '../core/errors.ts';
import { type CompareMetric, compareMetrics, type FailOn } from './comparison.ts';

/** What other tools and everyday speech call the metrics. */
const alsoCalled: ReadonlyMap<string, CompareMetric> = new Map<string, CompareMetric>([
  ['median', 'p50'],
  ['latency', 'p95'],
  ['response_time', 'p95'],
  ['errors', 'error_rate'],
  ['failures', 'error_rate'],
  ['failure_rate', 'error_rate'],
  ['rps', 'throughput'],
  ['rate', 'throughput'],
  ['requests', 'throughput'],
  ['mem', 'memory'],
  ['cpu_per_req', 'cpu_per_request'],
]);

type Refuse = (problem: string, hint: string) => SqloadError;

/**
 * Reads limits like `p95:10%,error_rate:0.5pp,follow-up.p95:20%`: `[row.]metric:amount`, separated by commas. An amount is per
 * cent of the baseline (`10%`), for the error rate also percentage points (`0.5pp`), for response times also a span (`30ms`, `0.2s`).
 * Whether there is such a row is left to `compareRuns`.
 * @throws SqloadError (usage) that names the limit, what is wrong with it, and what was probably meant.
 */
export function parseFailOn(text: string): readonly FailOn[] {
  const limits = text.split(',').map((part) => readLimit(part.trim()));
  const seen = new Set<string>();
  for (const { row, metric } of limits) {
    const subject = row === null ? metric : `${row}.${metric}`;
    if (seen.has(subject)) throw usageError(`Cannot read --fail-on "${text}": it limits ${subject} twice.`);
    seen.add(subject);
  }
  return limits;
}

function readLimit(text: string): FailOn {
  const refuse: Refuse = (problem, hint) =>
    usageError(`Cannot read the limit "${text}" of --fail-on: ${problem}.`, hint);
  const [, subject, value] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  if (subject === undefined || value === undefined)
    throw refuse('it has no amount', `Write what may get worse and by how much: ${text === '' ? 'p95' : text}:10%.`);
  const dot = subject.lastIndexOf('.');
  const row = dot < 0 ? null : subject.slice(0, dot).trim();
  if (row === '') throw refuse('its row has no name', `Leave the dot out for all rows: ${subject.slice(1)}:${value}.`);
  const metric = readMetric(subject.slice(dot + 1).trim(), refuse);
  return {
    text,
    row: row === 'all' || row === 'Aggregated' ? null : row,
    metric,
    ...readAmount(metric, value.trim(), refuse),
  };
}

function readMetric(name: string, refuse: Refuse): CompareMetric {
  const metric = compareMetrics.find((known) => known === name);
  if (metric !== undefined) return metric;
  const near = alsoCalled.get(name.toLowerCase().replaceAll('-', '_')) ?? didYouMean(name, compareMetrics);
  const list = `What can be limited is ${compareMetrics.join(', ')}.`;
  throw refuse(`there is no metric "${name}"`, near === null ? list : `Did you mean ${near}? ${list}`);
}

const amountShape = /^(\d+(?:\.\d+)?)\s*(%|pp|ms|s)?$/;

function readAmount(metric: CompareMetric, value: string, refuse: Refuse): Pick<FailOn, 'kind' | 'amount'> {
  const [, digits = '', unit] = amountShape.exec(value) ?? [];
  const number = Number(digits);
  const share = Number(`${digits}e-2`);
  if (digits === '') throw refuse(`its amount must be like ${exampleOf(metric)}, got "${value}"`, amountsOf(metric));
  if (unit === undefined)
    throw refuse('its amount has no unit', `Did you mean ${metric}:${digits}%? ${amountsOf(metric)}`);
  if (unit === '%') return { kind: 'relative', amount: share };
  if (unit === 'pp' && metric === 'error_rate') return { kind: 'absolute', amount: share };
  if (unit !== 'pp' && isSpan(metric)) return { kind: 'absolute', amount: unit === 's' ? number * 1000 : number };
  throw refuse(`${unit} is no unit of ${metric}`, amountsOf(metric));
}

const isSpan = (metric: CompareMetric): boolean => ['p50', 'p95', 'p99', 'connect'].includes(metric);

const exampleOf = (metric: CompareMetric): string => (metric === 'error_rate' ? '0.5pp' : '10%');

function amountsOf(metric: CompareMetric): string {
  if (metric === 'error_rate')
    return 'The error rate is limited in percentage points (0.5pp) or per cent of the baseline (10%).';
  if (isSpan(metric)) return `Times are limited in per cent of the baseline (10%) or as a span (30ms, 0.2s).`;
  return `${metric} is limited in per cent of the baseline (10%).`;
}
