import { resolve } from 'node:path';
import { compareRuns } from '../../compare/compare-runs.ts';
import type { ComparedRun } from '../../compare/compared-run.ts';
import type { Comparison } from '../../compare/comparison.ts';
import { parseFailOn } from '../../compare/parse-fail-on.ts';
import { type ExitCode, usageError } from '../../core/errors.ts';
import type { RunRecord } from '../../record/record.ts';
import { renderComparison } from '../../report/comparison-console.ts';
import { comparisonMarkdown } from '../../report/comparison-markdown.ts';
import { readCompared, seriesRun } from '../compare/read-compared.ts';
import { refuseDifferent } from '../compare/refuse-different.ts';
import { asForeign } from '../run/read-run.ts';

/** One run or several: the path of a run folder, of a record or of a `stats.csv`, or a record at hand. */
export type ComparedSources = string | RunRecord | readonly (string | RunRecord)[];

/** What counts as a difference. */
export interface CompareRequest {
  /** Smallest difference that matters, as a share of the baseline; 0.05 when left out. */
  readonly minEffect?: number | undefined;
  /** How much worse is too much, like `['p95:10%', 'error_rate:0.5pp']`. With limits nothing else decides the exit code. */
  readonly failOn?: readonly string[] | undefined;
  /** Compare runs although they are not comparable: what differs is in `comparison.differences`. */
  readonly allowDifferent?: boolean | undefined;
}

/** What came of a comparison. */
export interface ComparisonReport {
  /** Every number, unformatted. */
  readonly comparison: Comparison;
  /** As `sqload compare` would leave with: 0 nothing is shown to be worse, 1 a regression, 3 too little data; with `failOn` by its limits alone. */
  readonly exitCode: ExitCode;
  /** The comparison for a terminal or a log; the verdict is its last line. */
  text(options?: { readonly color?: boolean; readonly width?: number }): string;
  /** The comparison for a pull request. */
  markdown(): string;
}

/** `compare()` with paths that start at `cwd`. */
export function compareSources(
  baseline: ComparedSources,
  candidate: ComparedSources,
  { minEffect = 0.05, failOn = [], allowDifferent = false }: CompareRequest,
  cwd: string,
): ComparisonReport {
  if (!Number.isFinite(minEffect) || minEffect < 0)
    throw usageError('The option minEffect must be a share of the baseline, like 0.05.');
  const comparison = compareRuns(
    { baseline: runsOf(baseline, 'baseline', cwd), candidate: runsOf(candidate, 'candidate', cwd) },
    { minEffect, failOn: failOn.flatMap(parseFailOn), seed: 'compare' },
  );
  if (!allowDifferent) refuseDifferent(comparison, 'With allowDifferent they are compared all the same.');
  return {
    comparison,
    exitCode: comparison.exitCode,
    text: ({ color = false, width = 100 } = {}) => renderComparison(comparison, { color, width }),
    markdown: () => comparisonMarkdown(comparison),
  };
}

function runsOf(sources: ComparedSources, side: string, cwd: string): readonly ComparedRun[] {
  const all = Array.isArray(sources) ? (sources as readonly (string | RunRecord)[]) : [sources as string | RunRecord];
  if (all.length === 0) throw usageError(`The ${side} has no run.`);
  return all.map((source, i) => {
    if (typeof source !== 'string') return asForeign(side, () => seriesRun(source, side, `${side} ${i + 1}`));
    const given = readCompared(cwd, source);
    if (given.kind === 'history')
      throw usageError(`${resolve(cwd, source)} is a history of runs, not one run.`, 'Give the folders of its runs.');
    return given;
  });
}
