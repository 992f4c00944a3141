import { clockTime } from '../core/clock-time.ts';
import { escapeControls } from '../core/escape-controls.ts';
import type { FailureKind } from '../core/failure.ts';
import { formatCount } from '../core/format.ts';
import { type FailureGroup, failureName } from './failure-groups.ts';
import type { Style } from './style.ts';
import { titledTable } from './text-table.ts';
import type { ReportView } from './view.ts';
import { wrapText } from './wrap-text.ts';

/** More ways to fail than this are told by their number only; files have them all. */
const failuresShown = 12;

/** Each way to fail with what the first of them said, the most frequent first. */
export function failureLines({ failures }: ReportView, style: Style, width: number): readonly string[] {
  if (failures.length === 0) return [];
  const groups = [...failures].sort((a, b) => b.count - a.count);
  const shown = groups.slice(0, failuresShown);
  const rest = groups.slice(failuresShown);
  const [head = '', ...lines] = titledTable(
    style,
    [
      { title: 'Failures', align: 'left' },
      { title: 'row', align: 'left' },
      { title: 'count' },
      { title: 'first at' },
      { title: 'last at' },
    ],
    shown.map((group) => [
      failureName(group),
      `${escapeControls(group.row.name)}${group.session ? ' (session)' : ''}`,
      formatCount(group.count),
      clockTime(group.first),
      clockTime(group.last),
    ]),
  );
  return [
    head,
    ...lines.flatMap((line, i) => [line, ...exampleLine(shown[i]?.example ?? null, style, width)]),
    ...(rest.length > 0 ? [style.dim(restText(rest))] : []),
    ...glossary(shown).flatMap((text) => wrapText(text, width).map(style.dim)),
  ];
}

function exampleLine(example: string | null, style: Style, width: number): readonly string[] {
  if (example === null) return [];
  const text = escapeControls(example);
  const room = width - 6;
  return [style.dim(`    “${text.length <= room ? text : `${text.slice(0, room - 1)}…`}”`)];
}

/** Locust's file knows of no sessions. */
function restText(rest: readonly FailureGroup[]): string {
  const kinds = `${formatCount(rest.length)} more kind${rest.length === 1 ? '' : 's'}`;
  return `… and ${kinds} in ${rest.some(({ session }) => session) ? 'summary.json' : 'failures.csv'}`;
}

/** Failures that look like successes on the wire, in words for those who do not know the protocol. */
const meanings: Partial<Readonly<Record<FailureKind, string>>> = {
  'rpc-error': 'an error of JSON-RPC',
  'tool-error': 'the tool says that it failed',
};

function glossary(groups: readonly FailureGroup[]): readonly string[] {
  const kinds = new Set(groups.map(({ kind }) => kind));
  const told = [...kinds].flatMap((kind) => (meanings[kind] === undefined ? [] : [`${kind}: ${meanings[kind]}`]));
  return told.length === 0 ? [] : [`(${told.join('; ')})`];
}
