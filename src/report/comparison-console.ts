import type { CompareVerdict, Comparison } from '../compare/comparison.ts';
import { escapeControls } from '../core/escape-controls.ts';
import {
  type ComparisonLine,
  comparisonColumns,
  comparisonLegend,
  decidingLines,
  methodText,
  otherSections,
  sideText,
} from './comparison-lines.ts';
import { labelled } from './labelled.ts';
import { createStyle, type Style } from './style.ts';
import { tableLines } from './text-table.ts';
import { wrapText } from './wrap-text.ts';

/**
 * A comparison for a terminal or a log, what decides first, ending with the verdict in words on the last line.
 * @param options.color without it the text holds no escape byte; `width` is in characters, 100 when left out.
 */
export function renderComparison(
  comparison: Comparison,
  { color, width = 100 }: { readonly color: boolean; readonly width?: number },
): string {
  const style = createStyle(color);
  const sections = [
    headLines(comparison, style, width),
    differenceLines(comparison, style, width),
    tables(comparison, style, width),
    noteLines('Notes', comparison.notes, style, width),
    [outcomeMark(style)[comparison.outcome](escapeControls(comparison.sentence))],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

const outcomeMark = (style: Style): Readonly<Record<Comparison['outcome'], (text: string) => string>> => ({
  regression: style.bad,
  'no-regression': style.good,
  undecided: style.doubtful,
});

const verdictMark = (style: Style): Readonly<Record<CompareVerdict, (text: string) => string>> => ({
  better: style.good,
  worse: style.bad,
  'no difference shown': (text) => text,
  'too little data': style.doubtful,
});

function headLines(comparison: Comparison, style: Style, width: number): readonly string[] {
  const side = (label: string, of: Comparison['baseline']): readonly (readonly [string, string])[] => {
    const { runs, over } = sideText(of);
    return [[label, escapeControls(runs)], ...(over === '' ? [] : [['', over] as const])];
  };
  return [
    style.bold('sqload compare'),
    ...labelled(style, width, [
      ...side('Baseline', comparison.baseline),
      ...side('Candidate', comparison.candidate),
      ['Certainty', methodText(comparison)],
    ]),
  ];
}

const differenceLines = ({ differences }: Comparison, style: Style, width: number): readonly string[] =>
  noteLines(
    'The runs differ',
    differences.map(({ sentence }) => sentence),
    style,
    width,
  );

/** One table over all sections, so that the columns of each stand below those of the one before. */
function tables(comparison: Comparison, style: Style, width: number): readonly string[] {
  const deciding = decidingLines(comparison);
  const sections = [
    ...(deciding.length > 0 ? [{ title: 'What decides', lines: deciding }] : []),
    ...otherSections(comparison),
  ];
  const lines = sections.flatMap((section) => section.lines);
  if (lines.length === 0) return ['Nothing was measured on either side.'];
  const [head = '', ...rows] = tableLines(
    ['', ...comparisonColumns].map((title) => ({ title, align: leftAligned.includes(title) ? 'left' : 'right' })),
    lines.map((line) => cellsOf(line)),
  );
  // What is the reason for several is there once.
  const saidAtTheEnd = ({ reason }: ComparisonLine): boolean =>
    deciding.filter((line) => line.reason === reason).length > 1 && comparison.sentence.includes(reason);
  const written = new Map(lines.map((line, i) => [line, markVerdict(rows[i] ?? '', line, style)]));
  return [
    style.bold(head),
    ...sections.flatMap((section) => [
      style.bold(escapeControls(section.title)),
      ...section.lines.flatMap((line) => [
        written.get(line) ?? '',
        ...(section.lines === deciding && !saidAtTheEnd(line) ? reasonLines(line, style, width) : []),
      ]),
    ]),
    ...wrapText(`(${comparisonLegend})`, width).map(style.dim),
  ];
}

const leftAligned: readonly string[] = ['', 'verdict'];

const cellsOf = (line: ComparisonLine): readonly string[] => [
  `  ${escapeControls(line.name)}`,
  line.baseline,
  line.candidate,
  line.difference,
  line.interval,
  line.detectable,
  line.verdict,
];

const markVerdict = (row: string, { verdict }: ComparisonLine, style: Style): string =>
  `${row.slice(0, row.length - verdict.length)}${verdictMark(style)[verdict](verdict)}`;

const reasonLines = ({ reason }: ComparisonLine, style: Style, width: number): readonly string[] =>
  reason === '' ? [] : wrapText(escapeControls(reason), width - 4).map((text) => style.dim(`    ${text}`));

const noteLines = (title: string, notes: readonly string[], style: Style, width: number): readonly string[] =>
  notes.length === 0
    ? []
    : [
        style.bold(title),
        ...notes.flatMap((note) =>
          wrapText(escapeControls(note), width - 2).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`),
        ),
      ];
