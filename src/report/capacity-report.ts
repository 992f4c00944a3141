import { escapeControls } from '../core/escape-controls.ts';
import { formatCount, formatPercent, formatRate } from '../core/format.ts';
import { capacityNotes, capacitySentence, outcomeText, timeText } from './capacity-sentence.ts';
import type { CapacityView, TrialView } from './capacity-view.ts';
import { csv } from './csv.ts';
import { createStyle } from './style.ts';
import { titledTable } from './text-table.ts';
import { wrapText } from './wrap-text.ts';

/** The report of a search for a terminal or a log: trials by load, notes, and the answer on the last line. */
export function renderCapacity(
  view: CapacityView,
  { color, width = 100 }: { readonly color: boolean; readonly width?: number },
): string {
  const style = createStyle(color);
  const mark = view.capacity.kind === 'found' || view.capacity.kind === 'nothing-broke' ? style.good : style.doubtful;
  const notes = capacityNotes(view).flatMap((note) =>
    wrapText(note, width - 2).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`),
  );
  const table = titledTable(
    style,
    [
      ...['Users', 'requests/s', 'p95', 'errors', 'requests', 'window', 'trial'].map((title) => ({ title })),
      { title: '', align: 'left' },
    ],
    [...view.trials].sort((a, b) => a.users - b.users || a.number - b.number).map(rowOf),
  );
  const sentence = mark(escapeControls(capacitySentence(view)));
  return `${[...(view.trials.length > 0 ? [...table, ''] : []), ...(notes.length > 0 ? [...notes, ''] : []), sentence].join('\n')}\n`;
}

const rowOf = (trial: TrialView): readonly string[] => [
  formatCount(trial.users),
  formatRate(trial.rate).replace('/s', ''),
  timeText(trial.p95),
  trial.errorRate === null ? '–' : formatPercent(trial.errorRate),
  formatCount(trial.requests),
  `${formatCount(trial.windowSeconds)} s`,
  String(trial.number),
  escapeControls(outcomeText(trial)),
];

/** A line per trial, in the order in which they were played. An empty cell: nothing was measured; `inf`: among the failed. */
export const capacityCsv = ({ trials }: CapacityView): string =>
  csv([
    [
      ...['trial', 'users', 'purpose', 'outcome', 'limit', 'requests_per_s', 'p95_ms', 'error_rate', 'requests'],
      ...['window_s', 'seconds', 'folder'],
    ],
    ...trials.map((trial) => [
      trial.number,
      trial.users,
      trial.purpose,
      trial.outcome,
      trial.limit ?? '',
      trial.rate,
      trial.p95 === null ? '' : Number.isFinite(trial.p95) ? trial.p95 : 'inf',
      trial.errorRate ?? '',
      trial.requests,
      trial.windowSeconds,
      trial.seconds,
      trial.folder,
    ]),
  ]);

/** The answer and the trials for programs: a `p95_ms` of null with `beyond_failures` falls among the failed requests. */
export function capacityJson(view: CapacityView): string {
  const { capacity, trials, target, limits, most, precision, seed, startedAt, sqload } = view;
  const body = {
    format: 'sqload-capacity',
    version: 1,
    sqload,
    started_at: startedAt,
    target,
    seed,
    limits,
    max_users: most,
    precision_ratio: precision,
    answer: {
      kind: capacity.kind,
      holds_users: capacity.holds,
      breaks_users: capacity.breaks,
      undecided_users: capacity.edges,
      confirmed: capacity.confirmed,
      contradicted_users: capacity.contradicted,
      ended_by: capacity.over,
      sentence: capacitySentence(view),
      notes: capacityNotes(view),
    },
    trials: trials.map((trial) => ({
      trial: trial.number,
      users: trial.users,
      purpose: trial.purpose,
      outcome: trial.outcome,
      leans: trial.leans,
      limit: trial.limit,
      unsure_limits: trial.unsure,
      flaw: trial.flaw,
      requests_per_s: trial.rate,
      p95_ms: trial.p95 !== null && Number.isFinite(trial.p95) ? trial.p95 : null,
      beyond_failures: trial.p95 === Number.POSITIVE_INFINITY,
      error_ratio: trial.errorRate,
      requests: trial.requests,
      window_s: trial.windowSeconds,
      duration_s: trial.seconds,
      folder: trial.folder,
    })),
  };
  return `${JSON.stringify(body, null, 2)}\n`;
}
