import { basename, dirname, join, resolve } from 'node:path';
import { compareRuns } from '../../compare/compare-runs.ts';
import type { Comparison } from '../../compare/comparison.ts';
import { type ExitCode, SqloadError } from '../../core/errors.ts';
import { escapeControls } from '../../core/escape-controls.ts';
import { appendText } from '../../io/append-text.ts';
import { checkWritable, makeFolders, writeWhole } from '../../io/run-folder.ts';
import { renderComparison } from '../../report/comparison-console.ts';
import { comparisonCsv } from '../../report/comparison-csv.ts';
import { comparisonJson } from '../../report/comparison-json.ts';
import { comparisonMarkdown } from '../../report/comparison-markdown.ts';
import { givenSides } from '../compare/given-sides.ts';
import { refusals, refuseDifferent } from '../compare/refuse-different.ts';
import type { Host } from '../host.ts';
import { compareOptions } from '../options/compare-options.ts';
import type { CompareFlags } from '../options/options.ts';
import { wantsColor } from '../run/deliver-reports.ts';
import { worse } from '../run/deliver-run.ts';
import { resolveSettings, type Settings } from '../settings/settings.ts';
import { tell } from '../tell.ts';

/**
 * Compares a candidate with a baseline, prints what came of it, and writes the files that were asked for. Exit code 0: nothing is shown to
 * be worse, 1: something is, 3: too little data; with --fail-on its limits alone decide.
 * @throws SqloadError (exit 2) when runs cannot be read, or are not comparable and --allow-different was not given; (exit 3) when they are not
 *   comparable only because a run is invalid or ended too early.
 */
export async function compareCommand(
  host: Host,
  { paths, flags }: { readonly paths: readonly string[]; readonly flags: CompareFlags },
): Promise<ExitCode> {
  const settings = resolveSettings(compareOptions, host, { flags });
  const outputs = outputsOf(host, settings);
  for (const { path, option } of outputs) checkWritable(dirname(path), option);
  const { sides, notes } = givenSides(host.cwd, paths, settings);
  const compared = compareRuns(sides, {
    minEffect: settings.minEffect.value,
    failOn: settings.failOn.value.flat(),
    seed: 'compare',
  });
  if (!settings.allowDifferent.value)
    refuseDifferent(compared, 'With --allow-different they are compared all the same, and the report says so.');
  const comparison = { ...compared, notes: [...notes, ...compared.notes] };
  // The report names them; the sentence alone would hide what it is about.
  if (settings.quiet.value)
    for (const { sentence } of refusals(comparison.differences))
      host.stderr.write(`Compared all the same: ${escapeControls(sentence)}\n`);
  host.stdout.write(
    settings.quiet.value
      ? `${comparison.sentence}\n`
      : renderComparison(comparison, { color: wantsColor(host, settings.color.value) }),
  );
  let code = comparison.exitCode;
  for (const { path, write } of outputs) {
    try {
      makeFolders(dirname(path));
      write(path, comparison);
    } catch (error) {
      if (!(error instanceof SqloadError)) throw error;
      code = worse(code, await tell(host, error));
    }
  }
  return code;
}

interface OutputFile {
  /** Absolute. */
  readonly path: string;
  readonly option: string;
  readonly write: (path: string, comparison: Comparison) => void;
}

function outputsOf(host: Host, { markdown, json, csv }: Settings<typeof compareOptions>): readonly OutputFile[] {
  const output = (path: string | null, option: string, write: OutputFile['write']): readonly OutputFile[] =>
    path === null ? [] : [{ path: resolve(host.cwd, path), option, write }];
  const prefix = csv.value;
  return [
    // Others may have written there before, as in the summary of a job.
    ...output(markdown.value, '--markdown', (path, comparison) => appendText(path, comparisonMarkdown(comparison))),
    ...output(json.value, '--json', (path, comparison) => writeWhole(path, comparisonJson(comparison))),
    ...output(prefix && join(dirname(prefix), `${basename(prefix)}_comparison.csv`), '--csv', (path, comparison) =>
      writeWhole(path, comparisonCsv(comparison)),
    ),
  ];
}
