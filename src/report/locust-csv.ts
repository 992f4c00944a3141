import { type Millis, millis } from '../core/units.ts';
import { formatUtc, parseUtc } from '../core/utc.ts';
import type { RunFold } from '../record/fold.ts';
import { csv } from './csv.ts';
import { elapsedSeconds } from './elapsed-seconds.ts';
import { failureGroups, failureName } from './failure-groups.ts';
import { inLocustOrder } from './locust-cells.ts';
import { statsHeader, statsLine } from './stats-line.ts';

/**
 * Locust's `stats.csv`: all ended requests at their measured response time, failed ones included; ms, bytes, and rates per
 * second over the time to the end of the last request. A row without a request has no line, as with Locust.
 */
export function statsCsv(fold: RunFold): string {
  const elapsed = elapsedSeconds(fold);
  return csv([
    statsHeader,
    ...inLocustOrder(fold.header.rows)
      .map(({ row, index }) => ({ row, tally: fold.tally(index) }))
      .filter(({ tally }) => tally.requests > 0)
      .map(({ row, tally }) => statsLine([row.method, row.name], tally, elapsed)),
    statsLine(['', 'Aggregated'], fold.tally(null), elapsed),
  ]);
}

/** Locust's `failures.csv`: a line per row, kind of failure and HTTP status, told by its first example. */
export function failuresCsv(fold: RunFold): string {
  const start = parseUtc(fold.header.startedAt);
  const groups = failureGroups(fold);
  return csv([
    ['Method', 'Name', 'Error', 'Occurrences', 'First Seen', 'Last Seen'],
    ...inLocustOrder(fold.header.rows).flatMap(({ row }) =>
      groups
        .filter((group) => group.row === row)
        .map((group) => [
          row.method,
          row.name,
          group.example === null ? failureName(group) : `${failureName(group)}: ${group.example}`,
          group.count,
          instant(start, group.first),
          instant(start, group.last),
        ]),
    ),
  ]);
}

/** Locust's `exceptions.csv`, which lists errors of the user's script: what went wrong with the hooks. */
export const exceptionsCsv = ({ hooks }: RunFold): string =>
  csv([
    ['Count', 'Message', 'Traceback', 'Nodes'],
    ...hooks.troubles.map(({ hook, message, trace, count }) => [
      count,
      `hook ${hook} ${message}`,
      trace.split(/\n\s*/).join(' | '),
      'local',
    ]),
  ]);

const instant = (start: Millis, second: number): string => formatUtc(millis(start + second * 1000));
