import type { ExitCode } from '../../core/errors.ts';
import type { RunRecord } from '../../record/record.ts';
import { renderConsole } from '../../report/console-report.ts';
import type { JudgedRun } from '../../report/judged-run.ts';
import { type ReportFile, renderFiles } from '../../report/run-files.ts';
import { buildView, type ReportView } from '../../report/view.ts';
import type { Verdict } from '../../verdict/verdict.ts';

/** A run and what it means: the same numbers as in every report of the command line. */
export interface RunReport {
  /** All that was measured. */
  readonly record: RunRecord;
  /** What it means: thresholds, outcome, the sentence. */
  readonly verdict: Verdict;
  /** As `sqload` would leave with: 0 passed, 1 failed, 3 inconclusive, 4 invalid, 130 stopped. */
  readonly exitCode: ExitCode;
  /** Every number that reports show, unformatted. */
  readonly summary: ReportView;
  /** The report for a terminal or a log; the verdict is its last line. */
  text(options?: { readonly color?: boolean; readonly width?: number }): string;
  /** The files of a run folder but the record: `summary.json`, `stats.csv` and so on. */
  files(options?: { readonly fullHistory?: boolean }): readonly ReportFile[];
}

/** What programs get of a judged run. */
export function runReport(run: JudgedRun): RunReport {
  const { record, verdict } = run;
  const summary = buildView(run);
  return {
    record,
    verdict,
    exitCode: verdict.exitCode,
    summary,
    text: ({ color = false, width = 100 } = {}) => renderConsole(summary, { color, width }),
    files: ({ fullHistory = false } = {}) => renderFiles(run, { fullHistory }),
  };
}
