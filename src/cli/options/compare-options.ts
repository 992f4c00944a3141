import type { FailOn } from '../../compare/comparison.ts';
import { parseFailOn } from '../../compare/parse-fail-on.ts';
import { formatPercent } from '../../core/format.ts';
import { listOption, switchOption, valueOption } from './option-spec.ts';
import { wholeNumber } from './quantity.ts';
import { color, csv, nonEmpty, quiet } from './shared-options.ts';

/** What `sqload compare` understands. */
export const compareOptions = {
  candidate: listOption<string>({
    long: 'candidate',
    placeholder: '<run...>',
    example: 'reports/spike-20260102T030405Z',
    group: 'Runs',
    help: 'The runs to judge, when there are several a side; those before it are then all of the baseline.',
    read: nonEmpty,
  }),
  last: valueOption<number | null>({
    long: 'last',
    placeholder: '<count>',
    example: '5',
    group: 'Runs',
    help: 'Of a history.csv: compare its newest run with so many before it, of the same scenario and load.',
    read: wholeNumber(1, 1000),
    fallback: null,
  }),
  baselineLabel: valueOption<string | null>({
    long: 'baseline-label',
    placeholder: '<text>',
    example: 'main',
    group: 'Runs',
    help: 'With --last: only runs that --label called so are the baseline.',
    read: nonEmpty,
    fallback: null,
  }),

  minEffect: valueOption<number>({
    long: 'min-effect',
    placeholder: '<share>',
    example: '5%',
    group: 'Judging',
    help: 'Smallest difference that matters, as a share of the baseline; a smaller one is none, however certain.',
    read: effect,
    show: formatPercent,
    fallback: 0.05,
  }),
  failOn: listOption<readonly FailOn[]>({
    long: 'fail-on',
    placeholder: '<limits>',
    example: 'p95:10%,error_rate:0.5pp',
    group: 'Judging',
    help: 'How much worse is too much, of a metric, a row or a monitor: p95:10%, error_rate:0.5pp, follow-up.p95:30ms, db.cpu:15%; may be repeated. Then nothing else decides the exit code.',
    read: parseFailOn,
    show: (limits) => limits.map(({ text }) => text).join(','),
  }),
  allowDifferent: switchOption({
    long: 'allow-different',
    group: 'Judging',
    help: 'Compare runs although they differ in load, think time, mix, dialect or connections, or are invalid; only warn.',
  }),

  markdown: valueOption<string | null>({
    long: 'markdown',
    placeholder: '<file>',
    example: 'comparison.md',
    group: 'Output',
    help: 'Add the comparison to this file as Markdown, for a pull request or "$GITHUB_STEP_SUMMARY".',
    read: nonEmpty,
    fallback: null,
  }),
  json: valueOption<string | null>({
    long: 'json',
    placeholder: '<file>',
    example: 'comparison.json',
    group: 'Output',
    help: 'Write the comparison to this file as JSON.',
    read: nonEmpty,
    fallback: null,
  }),
  csv: { ...csv, help: 'Write <prefix>_comparison.csv, a line for each row and metric.' },
  quiet,
  color,
} as const;

function effect(text: string): number {
  const [, digits = ''] = /^(\d+(?:\.\d+)?)\s?%$/.exec(text) ?? [];
  const percent = Number(digits);
  if (digits === '' || percent > 1000) throw new RangeError('must be a share of the baseline like 5% or 0.5%');
  return percent / 100;
}
