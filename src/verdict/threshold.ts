import { didYouMean } from '../core/did-you-mean.ts';
import { parseDuration } from '../core/duration.ts';
import { SqloadError, usageError } from '../core/errors.ts';
import type { ThresholdText } from '../record/record.ts';
import type { ScenarioThreshold } from '../workload/scenario.ts';

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

/** A threshold as data: `follow-up.p99<=2s`. */
export interface Threshold {
  /** As written. */
  readonly text: string;
  readonly source: 'default' | 'scenario' | 'option';
  /** Row id, or null for all rows. */
  readonly row: string | null;
  readonly metric: Metric;
  /** As written: `p95`, `error_rate`. */
  readonly metricName: string;
  readonly op: '<' | '<=' | '>' | '>=';
  /** Milliseconds for latencies; a share (0 to 1) for error_rate, cpu and memory; successes per second for rps; a count. */
  readonly limit: number;
}

/** What sqload grades by unless it is told otherwise: the success criteria of the load-testing guide. */
export const defaultThresholds: readonly string[] = ['p95<500ms', 'rps>100', 'error_rate<1%', 'cpu<70%', 'memory<70%'];

/**
 * Reads `[row.]metric op value`, such as `p95<500ms`, `initial.count>=50`; spaces are allowed. `rows` are those that there are.
 * @throws SqloadError (usage) that names the text, what is wrong with it, and what was probably meant.
 */
export function parseThreshold(
  text: string,
  source: Threshold['source'],
  rows: readonly { readonly id: string }[],
): Threshold {
  const written = text.trim().replace(/\s+/g, ' ');
  const refuse: Refuse = (problem, hint) => usageError(`Cannot read the threshold "${written}": ${problem}.`, hint);
  const [, subject = '', sign = '', value = ''] = /^([^<>=!≤≥]*)([<>=!≤≥]*)(.*)$/.exec(written) ?? [];
  const op = readOp(sign, subject.trim(), refuse);
  const { row, metric, metricName } = readSubject(subject.trim(), rows, refuse);
  const instead = (right: string): string => `Did you mean ${subject.trim()}${op}${right}?`;
  const limit = readLimit(metric, compact(value), { op, refuse, instead });
  return { text: written, source, row, metric, metricName, op, limit };
}

/** Where the thresholds of a run come from. A row of weight 0 is never played. */
export interface ThresholdParts {
  readonly defaults: boolean;
  readonly scenario: readonly (string | ScenarioThreshold)[];
  readonly option: readonly string[];
  readonly rows: readonly { readonly id: string; readonly weight: number }[];
}

/**
 * The thresholds that hold for a run, in the order default, scenario, option: one's own replace the defaults of the same row
 * and metric, options replace the scenario's.
 * @throws SqloadError (usage) with every threshold that cannot be read or that nothing in this run can measure.
 */
export function mergeThresholds({ defaults, scenario, option, rows }: ThresholdParts): readonly ThresholdText[] {
  const problems: SqloadError[] = [];
  const read = (given: string | ScenarioThreshold, source: Threshold['source']): Threshold[] => {
    const { text, where } = typeof given === 'string' ? { text: given, where: '' } : given;
    try {
      const threshold = parseThreshold(text, source, rows);
      if (source !== 'default') refuseUnmeasured(threshold, rows);
      return [threshold];
    } catch (error) {
      if (!(error instanceof SqloadError)) throw error;
      problems.push(where === '' ? error : usageError(`${where} ${error.message}`, error.hint));
      return [];
    }
  };
  const options = option.flatMap((text) => read(text, 'option'));
  const scenarios = scenario.flatMap((given) => read(given, 'scenario'));
  const own = defaults ? defaultThresholds.flatMap((text) => read(text, 'default')) : [];
  const [first, ...others] = problems;
  if (first !== undefined) throw others.length === 0 ? first : allOf(problems);
  const merged = [...notIn(own, [...scenarios, ...options]), ...notIn(scenarios, options), ...options];
  const distinct = new Map(merged.map(({ text, source }) => [text, { text, source }]));
  return [...distinct.values()];
}

function refuseUnmeasured({ text, metric, row }: Threshold, rows: ThresholdParts['rows']): void {
  const refuse: Refuse = (problem, hint) => usageError(`Cannot use the threshold "${text}": ${problem}.`, hint);
  if (isOfServer(metric))
    throw refuse(
      `no monitor is configured that measures ${metric.kind}`,
      'Leave it out: only the requests are measured.',
    );
  if (row !== null && rows.some(({ id, weight }) => id === row && weight === 0))
    throw refuse(`the mix has no ${row}`, `Give ${row} a weight with --mix, or leave the threshold out.`);
}

/** Those of `thresholds` of which none of `others` limits the same metric of the same row. */
function notIn(thresholds: readonly Threshold[], others: readonly Threshold[]): Threshold[] {
  const taken = new Set(others.map(subjectKey));
  return thresholds.filter((threshold) => !taken.has(subjectKey(threshold)));
}

function subjectKey({ row, metric }: Threshold): string {
  return `${row ?? ''}.${metric.kind}${metric.kind === 'percentile' ? metric.quantile : ''}`;
}

const allOf = (problems: readonly SqloadError[]): SqloadError =>
  usageError(
    `${problems.length} thresholds cannot be used:\n${problems.map(({ message, hint }) => `  ${message} ${hint}`.trimEnd()).join('\n')}`,
  );

type Refuse = (problem: string, hint: string) => SqloadError;

const isOp = (sign: string): sign is Threshold['op'] => ['<', '<=', '>', '>='].includes(sign);

function readOp(sign: string, subject: string, refuse: Refuse): Threshold['op'] {
  if (isOp(sign)) return sign;
  if (sign === '')
    throw refuse(
      'it compares nothing',
      `Write ${subject === '' ? 'p95' : subject}, then <, <=, > or >=, then the limit, in quotes: the shell takes a bare < or > for itself.`,
    );
  const meant = { '=<': '<=', '≤': '<=', '=>': '>=', '≥': '>=' }[sign];
  throw refuse(
    `"${sign}" is no comparison`,
    meant === undefined ? 'A limit is set with <, <=, > or >=.' : `Did you mean ${meant}?`,
  );
}

type Subject = Pick<Threshold, 'row' | 'metric' | 'metricName'>;

function readSubject(subject: string, rows: readonly { readonly id: string }[], refuse: Refuse): Subject {
  // The dot of p99.9 divides nothing.
  const parts = /^(?!p[\d.]+$)([^.]*)\.(.*)$/.exec(subject);
  const metricName = (parts?.[2] ?? subject).trim();
  const metric = readMetric(metricName, refuse);
  if (parts === null) return { row: null, metric, metricName };
  const row = (parts[1] ?? '').trim();
  const ids = rows.map(({ id }) => id);
  if (!ids.includes(row)) {
    const near = didYouMean(row, ids);
    throw refuse(
      `there is no row "${row}"`,
      `${near === null ? '' : `Did you mean ${near}? `}The rows are ${ids.join(', ')}; a threshold without one holds for all of them together.`,
    );
  }
  if (isOfServer(metric))
    throw refuse(`${metric.kind} is measured of the server and not by row`, `Leave "${row}." out.`);
  return { row, metric, metricName };
}

const isOfServer = (metric: Metric): boolean => metric.kind === 'cpu' || metric.kind === 'memory';

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

function readMetric(name: string, refuse: Refuse): Metric {
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

interface Place {
  readonly op: Threshold['op'];
  readonly refuse: Refuse;
  /** The hint that writes the threshold with another value. */
  readonly instead: (value: string) => string;
}

function readLimit(metric: Metric, value: string, place: Place): number {
  if (value === '') throw place.refuse('its limit is missing', place.instead(example(metric)));
  const limit = limitOf(metric, value, place);
  if (limit === 0 && place.op === '<')
    throw place.refuse('nothing is ever below 0', metric.kind === 'error_rate' ? place.instead('=0%') : '');
  return limit;
}

function limitOf(metric: Metric, value: string, { refuse, instead }: Place): number {
  switch (metric.kind) {
    case 'percentile':
    case 'avg':
    case 'max':
      if (number.test(value)) throw refuse('a response time needs a unit', instead(`${value}ms`));
      try {
        return parseDuration(value);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw refuse(`its limit ${error.message}`, instead(example(metric)));
      }
    case 'error_rate':
    case 'cpu':
    case 'memory':
      return shareOf(value, (problem, right) => refuse(problem, instead(right ?? example(metric))));
    case 'rps': {
      const rate = value.replace(/\/s$/, '');
      if (number.test(rate) && Number.isFinite(Number(rate))) return Number(rate);
      throw refuse(`its limit must be a rate like 100/s, got "${value}"`, instead(example(metric)));
    }
    case 'count':
      if (/^\d+$/.test(value) && Number.isSafeInteger(Number(value))) return Number(value);
      throw refuse(`its limit must be a whole number, got "${value}"`, instead(example(metric)));
  }
}

const number = /^\d+(?:\.\d+)?$/;

function shareOf(value: string, refuse: (problem: string, right?: string) => Error): number {
  const percent = value.endsWith('%');
  const digits = percent ? value.slice(0, -1) : value;
  if (!number.test(digits)) throw refuse(`its limit must be a share like 1% or 0.01, got "${value}"`);
  const share = Number(percent ? `${digits}e-2` : digits);
  // Whoever writes 1 most likely means 1 %, which is a hundred times less.
  if (!percent && share >= 1) throw refuse(`"${value}" could be a share or a percentage`, `${digits}%`);
  if (share > 1) throw refuse(`${value} is more than everything`);
  return share;
}

/** Takes the space out of `500 ms`, `1 %` and `100 /s`, which is how reports and people write them. */
const compact = (value: string): string => value.trim().replace(/(\d) (?=[a-z%/])/g, '$1');

function example(metric: Metric): string {
  switch (metric.kind) {
    case 'percentile':
    case 'avg':
    case 'max':
      return '500ms';
    case 'error_rate':
      return '1%';
    case 'cpu':
    case 'memory':
      return '70%';
    case 'rps':
      return '100/s';
    case 'count':
      return '50';
  }
}
