import { formatDuration } from '../core/duration.ts';
import { seconds } from '../core/units.ts';
import type { Sides } from './comparable.ts';
import type { ComparedRun } from './compared-run.ts';
import type { ComparedMetric, CompareMethod } from './comparison.ts';
import { isLimited } from './outcome.ts';
import type { Basis } from './run-figures.ts';
import { runsAgainst } from './runs-against.ts';
import { steadySpan } from './steady-span.ts';

/** How certain the comparison is, and what it cannot see. */
export function notesOf(
  { baseline, candidate }: Sides,
  { method, basis, metrics }: { method: CompareMethod; basis: Basis; metrics: readonly ComparedMetric[] },
): readonly string[] {
  const notes: string[] = [];
  if (method === 'blocks')
    notes.push(
      `One run a side: what differs from one run to the next (a restart, a cold cache, other work on the machine) is not in these intervals, nor is a speed that wanders for longer than about a twentieth of the window, here ${twentieth([...baseline, ...candidate])}. Several runs a side, taken in turn, tell both.`,
    );
  if (method === 'counts')
    notes.push(
      'The error rate is compared by its counts, with less certainty: each request is taken to fail by itself, so that an outage of many requests counts as many failures. Records tell them apart.',
    );
  if (method === 'ranks')
    notes.push(
      `${runsAgainst(baseline.length, candidate.length)}: each run is one value, and the difference is that of their medians; errors are counted over all runs of a side. Taken in turn they share what changes over the day; one side after the other they do not.`,
    );
  if (method === 'prediction')
    notes.push(
      'A single run against several: it is held against how those vary around their geometric mean, taken as about lognormal; errors are counted over all runs of a side. Several runs a side need no such assumption.',
    );
  const from = [...baseline, ...candidate].map((run) => (run.kind === 'figures' ? run.from : 'record'));
  if (basis.over === 'run' && from.includes('history.csv'))
    notes.push(
      'The figures are those of history.csv: response times and errors over the whole run, climb included; throughput, CPU and memory over the steady window.',
    );
  if (basis.over === 'run' && from.includes('stats.csv'))
    notes.push(
      'Some figures are from a stats.csv, so that all are over the whole run, climb included, and not over the steady window.',
    );
  if (basis.percentiles === 'measured')
    notes.push(
      'Percentiles count failed requests at the time they took, as in a stats.csv: fast failures make them look better.',
    );
  if (metrics.some(({ p }) => p !== null))
    notes.push(
      `Intervals are 95 % ones of each metric by itself. Verdicts hold the chance of a false one at 5 % over p95, error rate and throughput of all rows${metrics.some(isLimited) ? ' and what --fail-on names' : ''} together, and at 5 % over all else.`,
    );
  return notes;
}

/** Of the shorter steady window. */
function twentieth(runs: readonly ComparedRun[]): string {
  const windows = runs.flatMap((run) => (run.kind === 'series' ? (steadySpan(run.series) ?? []) : []));
  const shortest = Math.min(...windows.map(({ start, end }) => end - start));
  return formatDuration(seconds(Math.max(1, Math.round(shortest / 20))));
}
