import { didYouMean } from '../core/did-you-mean.ts';
import { parseDuration } from '../core/duration.ts';
import { SqloadError, usageError } from '../core/errors.ts';
import type { ThresholdText } from '../record/record.ts';
import type { ScenarioThreshold } from '../workload/scenario.ts';
import { isOfHooks, readCustom } from './custom-metric.ts';
import { isOfServer, isServerMeasure, type Metric, type Refuse, readMetric } from './metric.ts';
import { type MonitorMeasures, refuseUnwatched } from './refuse-unwatched.ts';

/** A threshold as data: `follow-up.p99<=2s`. */
export interface Threshold {
  /** As written. */
  readonly text: string;
  readonly source: 'default' | 'scenario' | 'option';
  /**
   * Row id, or null for all rows; `sessionRow.id` for the set-ups of sessions and `custom.<name>` for what hooks measure, which are in no row; of cpu and memory the name of
   * a monitor, or null for the worst of them.
   */
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

/** What the grammar takes beside the rows where there may be sessions: `session.error_rate<5%` limits their set-ups. */
export const sessionRow = { id: 'session' } as const;

/** Whether a threshold limits the set-ups of sessions, which are graded over the whole scenario. */
export const isOfSessions = ({ row }: Pick<Threshold, 'row'>): boolean => row === sessionRow.id;

/**
 * Reads `[row.]metric op value`, such as `p95<500ms`, `initial.count>=50`, `db.cpu<80%`, `custom.lookup.p95<50ms`; spaces are allowed. `rows` are those that
 * there are, with `sessionRow` where there may be sessions; whether there is a monitor of that name is left to others.
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
  /** Whether there may be sessions, so that one's own may limit their set-ups; left out: there are none. */
  readonly sessions?: boolean;
  /** Whether there are hooks, so that one's own may limit what they measure; left out: there are none. */
  readonly hooks?: boolean;
  /** What watches the server; left out: nothing does. */
  readonly monitors?: readonly MonitorMeasures[];
}

/**
 * The thresholds that hold for a run, in the order default, scenario, option: one's own replace the defaults of the same row
 * and metric, options replace the scenario's.
 * @throws SqloadError (usage) with every threshold that cannot be read or that nothing in this run can measure.
 */
export function mergeThresholds({
  defaults,
  scenario,
  option,
  rows,
  sessions,
  hooks = false,
  monitors = [],
}: ThresholdParts): readonly ThresholdText[] {
  const problems: SqloadError[] = [];
  const known = sessions ? [...rows, sessionRow] : rows;
  const read = (given: string | ScenarioThreshold, source: Threshold['source']): Threshold[] => {
    const { text, where } = typeof given === 'string' ? { text: given, where: '' } : given;
    try {
      const threshold = parseThreshold(text, source, known);
      if (source !== 'default') refuseUnmeasured(threshold, { rows, monitors, hooks });
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

function refuseUnmeasured(
  { text, metric, row }: Threshold,
  { rows, monitors, hooks }: Required<Pick<ThresholdParts, 'rows' | 'monitors' | 'hooks'>>,
): void {
  const refuse: Refuse = (problem, hint) => usageError(`Cannot use the threshold "${text}": ${problem}.`, hint);
  if (isServerMeasure(metric.kind)) {
    refuseUnwatched(metric.kind, row, monitors, refuse);
    return;
  }
  if (isOfHooks({ row }) && !hooks)
    throw refuse('there are no hooks that measure it', 'Give their file with --hooks, or leave the threshold out.');
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
  const custom = readCustom(subject, refuse);
  if (custom !== null) return custom;
  // The dot of p99.9 divides nothing.
  const parts = /^(?!p[\d.]+$)([^.]*)\.(.*)$/.exec(subject);
  const metricName = (parts?.[2] ?? subject).trim();
  const metric = readMetric(metricName, refuse);
  if (parts === null) return { row: null, metric, metricName };
  const row = (parts[1] ?? '').trim();
  const ids = rows.map(({ id }) => id);
  if (isOfServer(metric)) {
    if (row !== '' && !ids.includes(row)) return { row, metric, metricName };
    throw refuse(
      `${metric.kind} is measured of the server and not by row`,
      `Leave "${row}." out, or put the name of a monitor there.`,
    );
  }
  if (!ids.includes(row)) throw unknownRow(row, ids, refuse);
  if (row === sessionRow.id && metric.kind === 'rps')
    throw refuse(
      'sessions are set up as users come, and have no throughput of their own',
      'Limit session.error_rate, session.count or a time such as session.p95.',
    );
  return { row, metric, metricName };
}

function unknownRow(row: string, ids: readonly string[], refuse: Refuse): SqloadError {
  if (row === sessionRow.id)
    return refuse(
      'there are no sessions to set up',
      'Only the dialects of MCP have them (--dialect mcp, mcp-sse or mcp-tool): leave the threshold out.',
    );
  const near = didYouMean(row, ids);
  const rows = ids.filter((id) => id !== sessionRow.id).join(', ');
  const session = ids.includes(sessionRow.id) ? '; session is for the set-ups of sessions' : '';
  return refuse(
    `there is no row "${row}"`,
    `${near === null ? '' : `Did you mean ${near}? `}The rows are ${rows}; a threshold without one holds for all of them together${session}.`,
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
