import type { ComparedRun } from '../../compare/compared-run.ts';
import { usageError } from '../../core/errors.ts';
import type { compareOptions } from '../options/compare-options.ts';
import type { Settings } from '../settings/settings.ts';
import { type Compared, readCompared } from './read-compared.ts';
import { type GivenSides, runsOfHistory } from './runs-of-history.ts';

/**
 * The runs that a command line names: `<baseline> <candidate>`, `<baseline…> --candidate <candidate…>`, or `<history.csv> --last <n>`.
 * @throws SqloadError (usage) when it names none of these, or something cannot be read.
 */
export function givenSides(
  cwd: string,
  paths: readonly string[],
  { candidate, last, baselineLabel }: Pick<Settings<typeof compareOptions>, 'candidate' | 'last' | 'baselineLabel'>,
): GivenSides {
  if (last.value !== null) {
    const [path, ...others] = [...paths, ...candidate.value];
    const given = path !== undefined && others.length === 0 ? readCompared(cwd, path) : null;
    if (given?.kind !== 'history')
      throw usageError('--last needs one history.csv, and no other run.', 'For example: reports/history.csv --last 5');
    return runsOfHistory(given, { count: last.value, label: baselineLabel.value });
  }
  if (baselineLabel.value !== null)
    throw usageError('--baseline-label chooses among the runs of a history.csv.', 'Give it together with --last.');
  const [baseline, candidates] =
    candidate.value.length > 0 ? [paths, candidate.value] : [paths.slice(0, 1), paths.slice(1)];
  if (candidate.value.length === 0 && paths.length > 2)
    throw usageError(
      `Of ${paths.length} runs nobody can tell which are the baseline.`,
      'Give two runs, or several a side: <baseline…> --candidate <run…>.',
    );
  if (baseline.length === 0 || candidates.length === 0)
    throw usageError(
      'There is nothing to compare with: one run was given.',
      'Give the baseline and the candidate, or a history.csv with --last.',
    );
  const read = (path: string): ComparedRun => oneRun(readCompared(cwd, path), path);
  return { sides: { baseline: baseline.map(read), candidate: candidates.map(read) }, notes: [] };
}

function oneRun(given: Compared, shown: string): ComparedRun {
  if (given.kind !== 'history') return given;
  throw usageError(`${shown} is a history of runs, not one run.`, 'Say with --last how many of them are the baseline.');
}
