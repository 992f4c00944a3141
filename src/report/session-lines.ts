import { escapeControls } from '../core/escape-controls.ts';
import { formatCount, formatPercent } from '../core/format.ts';
import { millisCell } from './millis-cell.ts';
import type { SessionRowView } from './sessions-view.ts';
import type { Style } from './style.ts';
import { titledTable } from './text-table.ts';
import type { ReportView } from './view.ts';
import { wrapText } from './wrap-text.ts';

const what = "(opened before a user's first question: in no table above, graded by session thresholds only)";

/** The set-ups of sessions as a whole, what they consist of, and how many were lost; nothing where there are none. */
export function sessionLines({ sessions }: ReportView, style: Style, width: number): readonly string[] {
  if (sessions === null) return [];
  const { lost, rows } = sessions;
  const [whole, ...steps] = rows;
  return [
    ...titledTable(
      style,
      [
        { title: 'Sessions', align: 'left' },
        ...['ended', 'failed', 'failed share', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'].map((title) => ({ title })),
      ],
      [
        ...(whole ? [cells(whole)] : []),
        ...steps.filter(({ requests }) => requests > 0).map((row) => cells({ ...row, name: `  ${row.name}` })),
        ...(lost > 0 ? [['lost', formatCount(lost), ...new Array<string>(6).fill('')]] : []),
      ],
    ),
    ...wrapText(what, width).map(style.dim),
  ];
}

const cells = ({ name, requests, failures, failedRatio, ok }: SessionRowView): readonly string[] => [
  escapeControls(name),
  formatCount(requests),
  formatCount(failures),
  failedRatio === null ? '–' : formatPercent(failedRatio),
  ...(['p50', 'p95', 'p99', 'max'] as const).map((key) => millisCell(ok, key)),
];
