import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Sides } from '../../compare/comparable.ts';
import type { FiguresRun, RunFacts, SeriesRun } from '../../compare/compared-run.ts';
import { exitCodes, SqloadError, usageError } from '../../core/errors.ts';
import { counted, formatCount, formatRate } from '../../core/format.ts';
import type { HistoryRun } from '../../report/run-history.ts';
import type { AdjustedTime } from '../../report/view.ts';
import { type ChosenRuns, chooseRuns, type LastRuns } from './choose-runs.ts';
import { type GivenHistory, readSeriesRun } from './read-compared.ts';

/** Runs to compare, and what has to be said of how they were chosen. */
export interface GivenSides {
  readonly sides: Sides;
  readonly notes: readonly string[];
}

/**
 * The newest run of a history against those before it: their records where all of them are still there, otherwise the figures of the
 * history for all, so that like is compared with like.
 * @throws SqloadError (usage) for a history without a run, (exit 3) when there is no run to compare with.
 */
export function runsOfHistory(given: GivenHistory, last: LastRuns): GivenSides {
  const chosen = chooseRuns(given.history.runs, last);
  if (chosen === null) throw usageError(`There is no run in ${given.path}.`, 'Every run adds a line to it.');
  if (chosen.baseline.length === 0) throw nothingBefore(given, chosen, last);
  const runs = [...chosen.baseline, chosen.candidate];
  const records = runs.map((run) => recordOf(run, given));
  const gone = records.filter((record) => record === null).length;
  const known = gone === 0 ? records.flatMap((record) => record ?? []) : runs.map((run) => figuresOf(run, given));
  return {
    sides: { baseline: known.slice(0, -1), candidate: known.slice(-1) },
    notes: notesOf(given, chosen, { asked: last.count, gone }),
  };
}

function nothingBefore({ path }: GivenHistory, { candidate, passedOver }: ChosenRuns, last: LastRuns): SqloadError {
  const label = last.label === null ? '' : ` and the label ${last.label}`;
  const others = passedOver.length === 0 ? '' : ` Passed over: ${listOf(passedOver)}.`;
  return new SqloadError(
    `There is no run before the newest one in ${path} with the scenario ${candidate.scenario}, ${loadOf(candidate)}${label} to compare it with.${others}`,
    { exitCode: exitCodes.inconclusive, hint: 'Run it once more, or give two runs by their folders.' },
  );
}

function notesOf(
  { path, history: { damaged } }: GivenHistory,
  { baseline, passedOver }: ChosenRuns,
  { asked, gone }: { readonly asked: number; readonly gone: number },
): readonly string[] {
  const [first] = damaged;
  return [
    ...(gone === 0
      ? []
      : [
          `The ${gone === 1 ? 'record of one run is' : `records of ${formatCount(gone)} runs are`} not there any more: the figures in ${path} stand for all runs, without rows and monitors.`,
        ]),
    ...(baseline.length < asked
      ? [`${path} has ${runsOf(baseline.length)} to compare with, not the ${formatCount(asked)} of --last.`]
      : []),
    ...(passedOver.length === 0 ? [] : [`Passed over in ${path}: ${listOf(passedOver)}.`]),
    ...(first
      ? [`${runsOf(damaged.length, 'line')} of ${path} cannot be read, the first is line ${first.line}: ${first.why}.`]
      : []),
  ];
}

const runsOf = (count: number, noun = 'run'): string => counted(count, noun);

const listOf = (passedOver: ChosenRuns['passedOver']): string =>
  passedOver.map(({ why, runs }) => `${runsOf(runs)} (${why})`).join(', ');

const loadOf = ({ usersPlanned: users, rate }: HistoryRun): string =>
  [...(users > 0 ? [counted(users, 'user')] : []), ...(rate === null ? [] : [formatRate(rate)])].join(' and ');

/** The record of a line; null: it is gone, or another run is in its place. */
function recordOf(run: HistoryRun, { folder, path }: GivenHistory): SeriesRun | null {
  const at = resolve(folder, run.path);
  const below = relative(folder, at);
  // A line that leads elsewhere was not written by a run.
  if (below === '' || below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) return null;
  try {
    const found = readSeriesRun(at, join(path, '..', run.path));
    return found.series.header.startedAt === run.time ? found : null;
  } catch (error) {
    if (error instanceof SqloadError) return null;
    throw error;
  }
}

function figuresOf(run: HistoryRun, { path }: GivenHistory): FiguresRun {
  const failures = run.errorRate === null ? null : Math.round(run.errorRate * run.requests);
  // Those of all requests are only known where none failed.
  const ofAll = (ofSuccesses: number | null): number | null => (failures === 0 ? ofSuccesses : null);
  const { cpu, memory } = run;
  return {
    kind: 'figures',
    from: 'history.csv',
    label: run.label === '' ? run.path : run.label,
    path: join(path, '..', run.path),
    figures: {
      over: 'run',
      percentiles: 'adjusted',
      all: {
        requests: run.requests,
        failures,
        p50: ofAll(run.p50),
        p95: timeOf(run.adjustedP95),
        p99: ofAll(run.p99),
        errorRate: run.errorRate,
        throughput: run.throughput,
      },
      rows: [],
      monitors:
        cpu === null && memory === null ? [] : [{ name: 'busiest monitor', cores: null, cpu, bytes: null, memory }],
      connect: null,
    },
    outcome: run.verdict,
    facts: factsOf(run),
  };
}

const timeOf = (time: AdjustedTime): number | null => (time === 'beyond-failures' ? Number.POSITIVE_INFINITY : time);

const factsOf = (run: HistoryRun): Partial<RunFacts> => ({ scenario: run.scenario, users: loadOf(run) });
