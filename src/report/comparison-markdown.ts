import type { Comparison } from '../compare/comparison.ts';
import {
  type ComparisonLine,
  comparisonColumns,
  comparisonLegend,
  decidingLines,
  methodText,
  otherSections,
  sideText,
} from './comparison-lines.ts';
import { markdownCode, markdownText } from './markdown-text.ts';

/**
 * A comparison for a pull request: the verdict in words, what decides as a table, all else folded away. GitHub's dialect of Markdown;
 * it ends with an empty line, so that more can follow.
 */
export function comparisonMarkdown(comparison: Comparison): string {
  const deciding = decidingLines(comparison);
  const warnings = comparison.differences.map(({ sentence }) => `- ⚠️ ${markdownText(sentence)}`);
  const notes = comparison.notes.map((note) => `- ${markdownText(note)}`);
  const blocks = [
    [`### ${marks[comparison.outcome]} ${markdownText(comparison.sentence)}`],
    deciding.length === 0 ? [] : table('', deciding),
    [...warnings, ...notes],
    ['<details>', `<summary>${summaryOf(comparison)}</summary>`],
    sidesOf(comparison),
    ...otherSections(comparison).map(({ title, lines }) => table(title, lines)),
    [`<sub>${markdownText(comparisonLegend)}.</sub>`],
    ['</details>'],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n\n`)
    .join('');
}

const marks: Readonly<Record<Comparison['outcome'], string>> = {
  regression: '❌',
  'no-regression': '✅',
  undecided: '❔',
};

function table(title: string, lines: readonly ComparisonLine[]): readonly string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row([markdownText(title), ...comparisonColumns]),
    row(['---', ...comparisonColumns.map((column) => (column === 'verdict' ? '---' : '--:'))]),
    ...lines.map(({ name, baseline, candidate, difference, interval, detectable, verdict }) => {
      const decided = verdict === 'worse' || verdict === 'better' ? `**${verdict}**` : verdict;
      return row([...[name, baseline, candidate, difference, interval, detectable].map(markdownText), decided]);
    }),
  ];
}

/** What is folded away, with what stands out in it. */
function summaryOf(comparison: Comparison): string {
  const lines = otherSections(comparison).flatMap((section) => section.lines);
  const worse = lines.filter(({ verdict }) => verdict === 'worse').length;
  const better = lines.filter(({ verdict }) => verdict === 'better').length;
  const found = [...(worse > 0 ? [`${worse} worse`] : []), ...(better > 0 ? [`${better} better`] : [])];
  if (lines.length === 0) return 'What was compared';
  return `What was compared, and ${lines.length} more ${lines.length === 1 ? 'figure' : 'figures'}${found.length > 0 ? ` (${found.join(', ')})` : ''}`;
}

function sidesOf(comparison: Comparison): readonly string[] {
  const side = (name: string, of: Comparison['baseline']): string => {
    const names = of.runs.slice(0, 20).map(({ label }) => markdownCode(label));
    const more = of.runs.length > names.length ? [`${of.runs.length - names.length} more`] : [];
    const { over } = sideText(of);
    return `- ${name}: ${[...names, ...more].join(', ')}${over === '' ? '' : ` (${over})`}`;
  };
  return [
    side('Baseline', comparison.baseline),
    side('Candidate', comparison.candidate),
    `- Certainty: ${markdownText(methodText(comparison))}`,
  ];
}
