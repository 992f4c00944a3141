import { clockTime } from '../core/clock-time.ts';
import { escapeControls } from '../core/escape-controls.ts';
import { formatCount, formatPercent } from '../core/format.ts';
import { isOfHooks } from '../verdict/custom-metric.ts';
import { formatMeasured, formatValue, suffixes } from '../verdict/format-value.ts';
import { isServerMeasure } from '../verdict/metric.ts';
import { isOfSessions } from '../verdict/threshold.ts';
import type { Grade } from '../verdict/verdict.ts';
import type { Style } from './style.ts';
import { tableLines } from './text-table.ts';
import type { ReportView, ThresholdView } from './view.ts';
import { wrapText } from './wrap-text.ts';

/** The thresholds of a report: a line each, and the reason below where one did not pass. */
export function thresholdLines({ thresholds, run }: ReportView, style: Style, width: number): readonly string[] {
  if (thresholds.length === 0) return ['Thresholds: none were asked for.'];
  const [head = '', ...lines] = tableLines(
    [
      { title: 'Threshold', align: 'left' },
      { title: 'limit' },
      { title: 'measured' },
      { title: '95 % interval' },
      { title: 'requests' },
      { title: 'verdict', align: 'left' },
    ],
    thresholds.map((threshold) => [
      escapeControls(threshold.text),
      `${threshold.op} ${exactly(threshold.limit, threshold.unit)}`,
      measured(threshold),
      interval(threshold),
      isServerMeasure(threshold.metric) ? `${formatCount(threshold.samples)} s` : formatCount(threshold.samples),
      gradeMarks(style)[threshold.grade](gradeWords[threshold.grade]),
    ]),
  );
  return [
    style.bold(head),
    ...lines.flatMap((line, i) => [line, ...reason(thresholds[i], style, width)]),
    ...wrapText(`(${windowText(run.steady)}${sessionsText(thresholds)})`, width).map(style.dim),
  ];
}

function windowText(steady: ReportView['run']['steady']): string {
  if (steady === null) return 'there is no steady window to grade over: the load never stands at its target';
  const { start, end, recorded } = steady;
  const part = recorded < end - start ? `, of which the record has ${recorded} s` : '';
  return `graded over the steady window, ${clockTime(start)} to ${clockTime(end)}${part}`;
}

const sessionsText = (thresholds: readonly ThresholdView[]): string =>
  [
    ...(thresholds.some(isOfSessions) ? ['; set-ups of sessions over the whole scenario'] : []),
    ...(thresholds.some(isOfHooks) ? ['; what hooks measure over the whole scenario'] : []),
  ].join('');

const gradeWords: Readonly<Record<Grade, string>> = {
  passed: 'passed',
  failed: 'FAILED',
  inconclusive: 'inconclusive',
  'not-graded': 'not graded',
};

const gradeMarks = (style: Style): Readonly<Record<Grade, (text: string) => string>> => ({
  passed: style.good,
  failed: style.bad,
  inconclusive: style.doubtful,
  'not-graded': style.dim,
});

function reason(threshold: ThresholdView | undefined, style: Style, width: number): readonly string[] {
  if (!threshold || threshold.grade === 'passed' || threshold.reason === '') return [];
  return wrapText(escapeControls(threshold.reason), width - 4).map((line) => style.dim(`    ${line}`));
}

function measured(threshold: ThresholdView): string {
  const { failedRatio } = threshold;
  if (threshold.beyondFailures)
    return failedRatio === null ? 'no limit' : `no limit (${formatPercent(failedRatio)} failed)`;
  return threshold.measured === null ? '–' : formatMeasured(threshold.measured, threshold);
}

/** A limit as the user set it: in full where the usual text would round it. */
function exactly(limit: number, unit: ThresholdView['unit']): string {
  const text = formatValue(limit, unit);
  return Number(text.replace(/[^\d.]/g, '')) === limit ? text : inFull(limit, unit);
}

const inFull = (amount: number, unit: ThresholdView['unit']): string => `${Number(amount.toFixed(4))}${suffixes[unit]}`;

function interval({ interval, unit }: ThresholdView): string {
  if (interval === null) return '–';
  const { low, high } = interval;
  if (low === null && high === null) return 'open';
  if (low === null) return `up to ${formatValue(high ?? 0, unit)}`;
  if (high === null) return `from ${formatValue(low, unit)}`;
  const [from, to] = [formatValue(low, unit), formatValue(high, unit)];
  const suffix = suffixes[unit];
  return from.endsWith(suffix) && to.endsWith(suffix)
    ? `${from.slice(0, from.length - suffix.length)} – ${to}`
    : `${from} – ${to}`;
}
