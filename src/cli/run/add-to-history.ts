import { dirname, join, relative, sep } from 'node:path';
import { appendLine, checkLines, type SharedLines } from '../../io/shared-lines.ts';
import { absentSlices } from '../../record/merge-headers.ts';
import type { JudgedRun } from '../../report/judged-run.ts';
import { historyHeader, historyLine, historyRunOf, isHistory } from '../../report/run-history.ts';

/** The name of the history, beside the folders of its runs. */
export const historyFile = 'history.csv';

const historyBelow = (out: string): SharedLines => ({
  path: join(out, historyFile),
  header: historyHeader,
  isOurs: isHistory,
});

/** Finds out whether a run below `out` can have its line. @throws SqloadError (usage) when something else stands in its place. */
export const checkHistory = (out: string): void => checkLines(historyBelow(out));

/**
 * Gives a run its line in the history below `out`, which is beside its folder where it is left out. A slice has none: it is a part of a run,
 * which has one once it is merged.
 * @throws SqloadError with exit code 4 when it cannot be written.
 */
export function addToHistory(run: JudgedRun, folder: string, out = dirname(folder)): void {
  if (absentSlices(run.fold.header.slices).length > 0) return;
  const history = historyBelow(out);
  const path = relative(dirname(history.path), folder).split(sep).join('/');
  appendLine(history, historyLine(historyRunOf(run, path)));
}
