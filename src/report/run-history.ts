import type { RunOutcome } from '../verdict/verdict.ts';
import { type CsvCell, csv } from './csv.ts';
import type { JudgedRun } from './judged-run.ts';
import { parseCsv, unescapeCell } from './parse-csv.ts';
import { type AdjustedTime, buildView, type ReportView, type RunFacts } from './view.ts';

/** One run in `history.csv`: what its reports say of all rows. null: there was nothing to measure. */
export interface HistoryRun {
  /** When it started: ISO 8601, UTC. */
  readonly time: string;
  readonly scenario: string;
  /** What the user called it; may be empty. */
  readonly label: string;
  readonly requests: number;
  /** Response times of the successes of the whole run, ms. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Of all its requests, where a failed one is slower than any success; ms. */
  readonly adjustedP95: AdjustedTime;
  /** Failures ÷ requests of the whole run, 0 to 1. */
  readonly errorRate: number | null;
  /** Successes per second that ended in the steady window. */
  readonly throughput: number | null;
  /** The most users that were there at a time, of open load too; `--until-broken` and a stop end below what was planned. */
  readonly users: number;
  /** The most users that were planned, those of open load aside: with `--until-broken` where the climb would have ended. */
  readonly usersPlanned: number;
  /** Open load: the most conversations that were planned to begin per second; null where there was none. */
  readonly rate: number | null;
  /** Mean of the busiest monitor, as a share of its limit, over the steady window. */
  readonly cpu: number | null;
  readonly memory: number | null;
  /** The folder of the run, from that of `history.csv`, with slashes. */
  readonly path: string;
  readonly exitCode: number;
  readonly verdict: RunOutcome;
}

/** What a run has to say of itself in its line; `path` is that of its folder. */
export function historyRunOf(judged: JudgedRun, path: string): HistoryRun {
  const { fold, verdict } = judged;
  const { run, total, server } = buildView(judged);
  return {
    time: run.startedAt,
    scenario: run.scenario,
    label: given(run.settings['label']),
    requests: total.requests,
    p50: total.ok?.p50 ?? null,
    p95: total.ok?.p95 ?? null,
    p99: total.ok?.p99 ?? null,
    adjustedP95: total.adjustedP95,
    errorRate: total.failedRatio,
    throughput: fold.steadySeconds > 0 ? fold.steadySuccesses(null) / fold.steadySeconds : null,
    users: run.usersPeak,
    usersPlanned: run.usersTarget,
    rate: run.arrivals?.peak ?? null,
    cpu: busiest(server, 'cpu'),
    memory: busiest(server, 'memory'),
    path,
    exitCode: verdict.exitCode,
    verdict: verdict.outcome,
  };
}

/** Without `--label` the setting is there in words, as of every option. */
const given = (label: RunFacts['settings'][string] | undefined): string =>
  label === undefined || label.from === 'default' ? '' : label.value;

function busiest(server: ReportView['server'], measure: 'cpu' | 'memory'): number | null {
  const means = (server?.monitors ?? []).flatMap((monitor) => monitor[measure]?.span?.mean ?? []);
  return means.length === 0 ? null : Math.max(...means);
}

interface Column<Value> {
  readonly title: string;
  readonly write: (value: Value) => CsvCell;
  /** @throws RangeError with what the cell must be */
  readonly read: (cell: string) => Value;
}

const text = (title: string): Column<string> => ({ title, write: (value) => value, read: unescapeCell });

const number = (title: string, places: number): Column<number> => ({
  title,
  write: (value) => round(value, places),
  read: nonNegative,
});

const optional = (title: string, places: number): Column<number | null> => ({
  title,
  write: (value) => (value === null ? '' : round(value, places)),
  read: (cell) => (cell === '' ? null : nonNegative(cell)),
});

const outcomes = [
  'passed',
  'failed',
  'inconclusive',
  'invalid',
  'interrupted',
] as const satisfies readonly RunOutcome[];

/** By field, in the order of the file. */
const columns: { readonly [Field in keyof HistoryRun]: Column<HistoryRun[Field]> } = {
  time: { ...text('time'), read: instant },
  scenario: text('scenario'),
  label: text('label'),
  requests: number('requests', 0),
  p50: optional('p50_ms', 3),
  p95: optional('p95_ms', 3),
  p99: optional('p99_ms', 3),
  adjustedP95: {
    title: 'p95_adjusted_ms',
    write: (value) => (value === 'beyond-failures' ? 'inf' : value === null ? '' : round(value, 3)),
    read: (cell) => (cell === 'inf' ? 'beyond-failures' : cell === '' ? null : nonNegative(cell)),
  },
  errorRate: optional('error_rate', 6),
  throughput: optional('throughput_per_s', 4),
  users: number('users', 4),
  usersPlanned: number('users_planned', 4),
  rate: optional('rate_per_s', 4),
  cpu: optional('cpu', 6),
  memory: optional('memory', 6),
  path: text('path'),
  exitCode: number('exit_code', 0),
  // Last, since no verdict begins like another one: a line that was cut off anywhere is none.
  verdict: { title: 'verdict', write: (value) => value, read: outcome },
};

const fields = Object.keys(columns) as readonly (keyof HistoryRun)[];

/** The first line of `history.csv`, with its end of line. */
export const historyHeader = csv([fields.map((field) => columns[field].title)]);

/** The line of a run, with its end of line. */
export const historyLine = (run: HistoryRun): string => csv([fields.map((field) => cellOf(run, field))]);

const cellOf = <Field extends keyof HistoryRun>(run: HistoryRun, field: Field): CsvCell =>
  columns[field].write(run[field]);

/** `history.csv` as it was read. */
export interface History {
  /** In the order of the file, which is that in which the runs ended. */
  readonly runs: readonly HistoryRun[];
  /** Lines that are none of a run: cut off by a crash, or changed since. */
  readonly damaged: readonly { readonly line: number; readonly why: string }[];
}

/** Whether a text begins as a `history.csv` of this version of sqload; one that an editor saved with LF does too. */
export const isHistory = (start: string): boolean =>
  withoutMark(start).split(/\r?\n/, 1)[0] === historyHeader.trimEnd();

/**
 * Reads `history.csv`. Each line stands for itself, so that one that a crash cut off costs no other.
 * @throws RangeError when it is something else.
 */
export function parseHistory(content: string): History {
  if (!isHistory(content)) throw new RangeError('its first line is not that of a history.csv of sqload');
  const runs: HistoryRun[] = [];
  const damaged: { line: number; why: string }[] = [];
  withoutMark(content)
    .split(/\r?\n/)
    .forEach((line, i) => {
      // Two runs that begin the file at the same moment may both write the header.
      if (line === '' || line === historyHeader.trimEnd()) return;
      try {
        runs.push(readLine(line));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        damaged.push({ line: i + 1, why: error.message });
      }
    });
  return { runs, damaged };
}

function readLine(line: string): HistoryRun {
  const cells = parseCsv(line)[0] ?? [];
  if (cells.length !== fields.length) throw new RangeError(`it has ${cells.length} of ${fields.length} cells`);
  return Object.fromEntries(
    fields.map((field, i) => [field, readCell(field, cells[i] ?? '')]),
  ) as unknown as HistoryRun;
}

function readCell<Field extends keyof HistoryRun>(field: Field, cell: string): HistoryRun[Field] {
  const { title, read } = columns[field];
  try {
    return read(cell);
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${title} ${error.message}`) : error;
  }
}

const withoutMark = (content: string): string => content.replace(/^\ufeff/, '');

function nonNegative(cell: string): number {
  const value = Number(cell);
  if (!/^\d/.test(cell) || !Number.isFinite(value)) throw new RangeError('must be a number');
  return value;
}

function instant(cell: string): string {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(cell)) throw new RangeError('must be a UTC time');
  return cell;
}

function outcome(cell: string): RunOutcome {
  const found = outcomes.find((name) => name === cell);
  if (found === undefined) throw new RangeError(`must be one of ${outcomes.join(', ')}`);
  return found;
}

const round = (value: number, places: number): number => Number(value.toFixed(places));
