import { clockTime } from '../core/clock-time.ts';
import { formatDuration } from '../core/duration.ts';
import { escapeControls } from '../core/escape-controls.ts';
import { formatCount, formatPercent, formatRate } from '../core/format.ts';
import { seconds } from '../core/units.ts';
import type { RunOutcome } from '../verdict/verdict.ts';
import { customLines } from './custom-lines.ts';
import { failureLines } from './failure-lines.ts';
import { findingLines } from './finding-lines.ts';
import { sideLines, wireLines } from './generator-lines.ts';
import { labelled } from './labelled.ts';
import { millisCell, plainMillis } from './millis-cell.ts';
import { serverLines } from './server-lines.ts';
import { sessionLines } from './session-lines.ts';
import { createStyle, type Style } from './style.ts';
import { titledTable } from './text-table.ts';
import { thresholdLines } from './threshold-lines.ts';
import type { ReportView, RowView, RunFacts } from './view.ts';
import { wrapText } from './wrap-text.ts';

/**
 * The final report for a terminal or a log, ending with the verdict in words on the last line.
 * @param options.color without it the text holds no escape byte; `width` is in characters, 100 when left out.
 */
export function renderConsole(
  view: ReportView,
  { color, width = 100 }: { readonly color: boolean; readonly width?: number },
): string {
  const style = createStyle(color);
  const sections = [
    headLines(view.run, style, width),
    ...(view.total.requests === 0
      ? [['No request ended.']]
      : [requestLines(view, style), responseLines(view, style), phaseLines(view, style)]),
    sessionLines(view, style, width),
    customLines(view, style),
    failureLines(view, style, width),
    wireLines(view, style),
    sideLines(view, style, width),
    serverLines(view, style, width),
    thresholdLines(view, style, width),
    findingLines(view, style, width),
    noteLines(view, style, width),
    [outcomeMark(style)[view.verdict.outcome](escapeControls(view.verdict.sentence))],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

const outcomeMark = (style: Style): Readonly<Record<RunOutcome, (text: string) => string>> => ({
  passed: style.good,
  failed: style.bad,
  inconclusive: style.doubtful,
  invalid: style.bad,
  interrupted: style.doubtful,
});

const endWords: Readonly<Record<RunFacts['end'], string>> = {
  completed: '',
  interrupted: 'stopped by Ctrl-C',
  terminated: 'stopped by SIGTERM',
  'nothing-succeeded': 'stopped since nothing succeeded',
  'threshold-failed': 'stopped since a threshold was broken',
  broke: 'then a threshold broke',
  'thread-died': 'then a load thread died',
  'cut-short': 'then the record breaks off',
};

function ranFor({ end, seconds: ran, plannedSeconds: planned }: RunFacts): string {
  const text = (span: number): string => formatDuration(seconds(Math.round(span)));
  if (end !== 'completed') return `${text(ran)} of ${text(planned)}, ${endWords[end]}`;
  return ran < planned + 1 ? text(planned) : `${text(planned)}, last reply after ${text(ran)}`;
}

function headLines(run: RunFacts, style: Style, width: number): readonly string[] {
  const target = run.target.builtIn === null ? '' : ` (${escapeControls(run.target.builtIn)})`;
  return [
    style.bold(`sqload ${escapeControls(run.scenario)}`),
    ...labelled(style, width, [
      ['Target', `${escapeControls(run.target.address)}${target}`],
      ['Started', `${run.startedAt.slice(0, 19).replace('T', ' ')} UTC`],
      ['Ran', ranFor(run)],
      ...arrivalLine(run),
      ['Users', usersText(run)],
      ...generatorParts(run),
      ['Seed', escapeControls(run.seed)],
    ]),
  ];
}

function usersText({ usersPeak, usersTarget, arrivals }: RunFacts): string {
  const most = arrivals === null ? usersTarget : usersTarget + arrivals.limit;
  return usersPeak === most
    ? `at most ${formatCount(usersPeak)}`
    : `at most ${formatCount(usersPeak)} of ${formatCount(most)}`;
}

type Labelled = readonly [label: string, text: string];

function arrivalLine({ arrivals }: RunFacts): readonly Labelled[] {
  if (arrivals === null) return [];
  const process = arrivals.process === 'poisson' ? 'as a Poisson process' : 'evenly spaced';
  return [['Arrivals', `at most ${formatRate(arrivals.peak)}, ${process}, one conversation each`]];
}

/** Only when the load was divided. */
function generatorParts({ workers, slices }: RunFacts): readonly Labelled[] {
  const parts = slices.parts.map(({ index }) => index + 1);
  const sliced =
    parts.length === slices.count ? `all ${formatCount(slices.count)}` : `${parts.join(', ')} of ${slices.count}`;
  return [
    ...(slices.count === 1 ? [] : [['Slices', sliced] as const]),
    ...(workers === 1
      ? []
      : [['Workers', `${formatCount(workers)} load threads${slices.count === 1 ? '' : ' in each process'}`] as const]),
  ];
}

/** A table of rows, the total last and bold. */
function rowTable(
  view: ReportView,
  style: Style,
  title: string,
  columns: readonly string[],
  cells: (row: RowView) => readonly string[],
): readonly string[] {
  const rows = [...view.rows.filter((row) => row.requests > 0 || row.expectedRatio > 0), view.total];
  return titledTable(
    style,
    [{ title, align: 'left' }, ...columns.map((column) => ({ title: column }))],
    rows.map((row) => {
      const line = [escapeControls(row.name), ...cells(row)];
      return row.id === null ? line.map(style.bold) : line;
    }),
  );
}

const requestLines = (view: ReportView, style: Style): readonly string[] =>
  rowTable(view, style, 'Requests', ['ended', 'failed', 'failed share', 'per second'], (row) => [
    formatCount(row.requests),
    formatCount(row.failures),
    row.failedRatio === null ? '–' : formatPercent(row.failedRatio),
    row.rate === null ? '–' : row.rate.toFixed(row.rate < 10 ? 2 : 1),
  ]);

function responseLines(view: ReportView, style: Style): readonly string[] {
  if (view.total.ok === null) return ['No request succeeded: there is no response time to show.'];
  const columns = ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'];
  const keys = ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
  const anyFailed = view.total.failures > 0;
  const lines = rowTable(view, style, 'Successes, ms', anyFailed ? [...columns, 'p95 all'] : columns, (row) => [
    ...keys.map((key) => millisCell(row.ok, key)),
    ...(anyFailed ? [adjustedCell(row)] : []),
  ]);
  if (!anyFailed) return lines;
  return [...lines, style.dim('(p95 all: of all requests, where a failed one counts as slower than any success)')];
}

const adjustedCell = ({ adjustedP95 }: RowView): string => {
  if (adjustedP95 === 'beyond-failures') return 'no limit';
  return adjustedP95 === null ? '–' : plainMillis(adjustedP95);
};

const phaseLines = (view: ReportView, style: Style): readonly string[] =>
  titledTable(
    style,
    [
      { title: 'Phases', align: 'left' },
      ...['from', 'to', 'requests', 'failed', 'p50 ms', 'p95 ms', 'p99 ms', 'successes/s'].map((title) => ({ title })),
    ],
    reachedPhases(view).map((phase) => [
      `${escapeControls(phase.name)}${phase.steady ? ' (steady)' : ''}`,
      clockTime(phase.start),
      clockTime(phase.end),
      formatCount(phase.requests),
      formatCount(phase.failures),
      millisCell(phase.ok, 'p50'),
      millisCell(phase.ok, 'p95'),
      millisCell(phase.ok, 'p99'),
      phase.successRate === null ? '–' : phase.successRate.toFixed(phase.successRate < 10 ? 2 : 1),
    ]),
  );

/** Without the steps that a climb did not come to, or that it left within a second; the last one up to where the climb ended. */
function reachedPhases({ phases, run }: ReportView): ReportView['phases'] {
  if (run.end !== 'broke') return phases;
  const end = Math.round(run.seconds);
  return phases
    .filter((phase) => phase.start + 1 < run.seconds && phase.requests > 0)
    .map((phase) => ({ ...phase, end: Math.min(phase.end, end) }));
}

const noteLines = ({ verdict }: ReportView, style: Style, width: number): readonly string[] =>
  verdict.notes.length === 0
    ? []
    : [
        style.bold('Notes'),
        ...verdict.notes.flatMap((note) =>
          wrapText(escapeControls(note), width - 2).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`),
        ),
      ];
