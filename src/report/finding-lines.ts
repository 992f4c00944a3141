import type { Finding } from '../analysis/finding.ts';
import { escapeControls } from '../core/escape-controls.ts';
import type { Style } from './style.ts';
import type { ReportView } from './view.ts';
import { wrapText } from './wrap-text.ts';

/** What the run means, in sentences: what was shown stands out, and is followed by its likely cause and what to do. */
export const findingLines = ({ findings }: ReportView, style: Style, width: number): readonly string[] =>
  findings.length === 0
    ? []
    : [style.bold('What it means'), ...findings.flatMap((finding) => linesOf(finding, style, width - 2))];

function linesOf({ outcome, sentence, cause, remedy }: Finding, style: Style, width: number): readonly string[] {
  const mark = outcome === 'shown' ? style.doubtful : outcome === 'undecided' ? style.dim : (text: string) => text;
  const wrapped = (text: string): readonly string[] => wrapText(escapeControls(text), width);
  return [
    ...wrapped(sentence).map((line, i) => `${i === 0 ? '- ' : '  '}${mark(line)}`),
    ...[labelled('Likely cause', cause), labelled('What helps', remedy)]
      .flat()
      .flatMap(wrapped)
      .map((line) => `  ${line}`),
  ];
}

const labelled = (label: string, text: string | null): readonly string[] =>
  text === null ? [] : [`${label}: ${text}`];
