import { feed } from '../record/feed.ts';
import { customCsv } from './custom-csv.ts';
import { generatorCsv } from './generator-csv.ts';
import { historyCsv } from './history-csv.ts';
import type { JudgedRun } from './judged-run.ts';
import { exceptionsCsv, failuresCsv, statsCsv } from './locust-csv.ts';
import { monitorsCsv } from './monitors-csv.ts';
import { sessionsCsv } from './sessions-csv.ts';
import { summaryJson } from './summary-json.ts';
import { thresholdsCsv } from './thresholds-csv.ts';
import { buildView } from './view.ts';

/** One file of a run folder, not written yet. */
export interface ReportFile {
  /** Like `stats.csv`. */
  readonly name: string;
  /** All that stands in it. */
  readonly text: string;
}

/**
 * Every file of a run folder but the record itself: Locust's four, `thresholds.csv`, `generator.csv`, where there are monitors
 * `monitors.csv`, where there are sessions `sessions.csv`, where hooks measured something `custom.csv`, and `summary.json`.
 */
export const renderFiles = (
  run: JudgedRun,
  { fullHistory }: { readonly fullHistory: boolean },
): readonly ReportFile[] => {
  const { record, fold, verdict } = run;
  const { header } = record;
  const tables = {
    history: historyCsv(header, { fullHistory }),
    generator: generatorCsv(header),
    monitors: monitorsCsv(header),
    custom: customCsv(),
  };
  feed(record, Object.values(tables));
  return [
    { name: 'stats.csv', text: statsCsv(fold) },
    { name: 'stats_history.csv', text: tables.history.csv() },
    { name: 'failures.csv', text: failuresCsv(fold) },
    { name: 'exceptions.csv', text: exceptionsCsv(fold) },
    { name: 'thresholds.csv', text: thresholdsCsv(fold, verdict) },
    { name: 'generator.csv', text: tables.generator.csv() },
    ...(fold.header.monitors.length > 0 ? [{ name: 'monitors.csv', text: tables.monitors.csv() }] : []),
    ...(fold.header.sessionRows.length > 0 ? [{ name: 'sessions.csv', text: sessionsCsv(fold) }] : []),
    ...(fold.hooks.counters.size + fold.hooks.timings.size > 0
      ? [{ name: 'custom.csv', text: tables.custom.csv() }]
      : []),
    { name: 'summary.json', text: summaryJson(buildView(run)) },
  ];
};
