import { basename, dirname, join, resolve } from 'node:path';
import type { ComparedRun, FiguresRun, RunFigures, SeriesRun } from '../../compare/compared-run.ts';
import { factsOf, identityOf } from '../../compare/run-facts.ts';
import { figuresOf } from '../../compare/run-figures.ts';
import { SqloadError, usageError } from '../../core/errors.ts';
import { lookAt, readTable } from '../../io/read-input.ts';
import { readRecord, recordFile } from '../../io/record-store.ts';
import { readWhole } from '../../record/read-whole.ts';
import type { RunRecord } from '../../record/record.ts';
import { isStats, parseStats } from '../../report/parse-stats.ts';
import { type History, isHistory, parseHistory } from '../../report/run-history.ts';
import { judge } from '../../verdict/judge.ts';
import { historyFile } from '../run/add-to-history.ts';
import { asForeign } from '../run/read-run.ts';

/** A run, or a history of runs, as the user named it. */
export type Compared = ComparedRun | GivenHistory;

export interface GivenHistory {
  readonly kind: 'history';
  /** As the user named it, the file itself. */
  readonly path: string;
  /** Of its runs, absolute. */
  readonly folder: string;
  readonly history: History;
}

/**
 * Reads what stands at a path: the folder of a run, its record, a stats.csv of sqload or of Locust, a history.csv, or the folder of one.
 * @throws SqloadError (usage) when it is none of these, or is damaged.
 */
export function readCompared(cwd: string, shown: string): Compared {
  const path = resolve(cwd, shown);
  const found = attempt(shown, () => lookAt(path));
  if (found.kind === 'folder') {
    const holds = (name: string): boolean => fileAt(join(path, name));
    if (!holds(recordFile) && holds(historyFile)) return readCompared(cwd, join(shown, historyFile));
    return readSeriesRun(path, shown);
  }
  if (isHistory(found.start)) {
    const history = attempt(shown, () => parseHistory(readTable(path)));
    return { kind: 'history', path: shown, folder: dirname(path), history };
  }
  if (isStats(found.start)) {
    const figures = attempt(shown, () => parseStats(readTable(path)));
    return {
      kind: 'figures',
      from: 'stats.csv',
      label: nameOfStats(path),
      path: shown,
      figures,
      ...toldBeside(path, figures),
    };
  }
  if (found.start.trimStart().startsWith('{')) return readSeriesRun(path, shown);
  throw cannotRead(shown, 'it is neither a record, a stats.csv nor a history.csv', found.start);
}

/** @throws SqloadError (usage) when there is no record, or it is damaged. */
export const readSeriesRun = (path: string, shown: string): SeriesRun =>
  asForeign(shown, () => seriesRun(readRecord(path), shown, nameOfRun(path)));

/** A record as it is compared. @throws RangeError when its numbers do not add up. */
export function seriesRun(record: RunRecord, path: string, name: string): SeriesRun {
  const { fold, series } = readWhole(record);
  const label = record.header.settings['label'];
  return {
    kind: 'series',
    label: label === undefined || label.from === 'default' ? name : label.value,
    path,
    series,
    outcome: judge(fold).outcome,
  };
}

/** What the record of the run tells of its stats.csv, where it lies in the same folder and has as many requests and failures. */
function toldBeside(path: string, { all }: RunFigures): Pick<FiguresRun, 'outcome' | 'facts' | 'identity'> {
  const record = join(dirname(path), recordFile);
  if (fileAt(record))
    try {
      const { series, outcome } = readSeriesRun(record, record);
      const told = figuresOf(series, { over: 'run', percentiles: 'measured' }).all;
      if (told.requests === all.requests && told.failures === all.failures)
        return { outcome, facts: factsOf(series.header), identity: identityOf(series.header) };
    } catch (error) {
      // The figures were asked for, and are whole.
      if (!(error instanceof SqloadError)) throw error;
    }
  return { outcome: null, facts: {} };
}

const nameOfRun = (path: string): string => (basename(path) === recordFile ? basename(dirname(path)) : basename(path));

/** `out/today_stats.csv` is `today`; without a prefix the folder has the name. */
function nameOfStats(path: string): string {
  const name = basename(path).replace(/_?stats\.csv$/, '');
  return name === '' ? basename(dirname(path)) : name;
}

function fileAt(path: string): boolean {
  try {
    return lookAt(path).kind === 'file';
  } catch {
    return false;
  }
}

function attempt<Read>(shown: string, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = missing ? 'there is no such file or folder' : error instanceof Error ? error.message : String(error);
    throw cannotRead(shown, why);
  }
}

function cannotRead(shown: string, why: string, start = ''): SqloadError {
  const ofHistory = /^\ufeff?"?Timestamp"?,"?User Count"?,/.test(start);
  return usageError(
    `Cannot read ${shown}: ${why}.`,
    ofHistory
      ? 'This looks like a stats_history.csv: give the stats.csv beside it.'
      : 'Give run folders, records, stats.csv files of sqload or Locust, or one history.csv with --last.',
  );
}
