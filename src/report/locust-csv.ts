import { type Millis, millis } from '../core/units.ts';
import { formatUtc, parseUtc } from '../core/utc.ts';
import type { RunFold } from '../record/fold.ts';
import { csv } from './csv.ts';
import { elapsedSeconds } from './elapsed-seconds.ts';
import { failureGroups, failureName } from './failure-groups.ts';
import {
  inLocustOrder,
  locustFloat,
  percentileCells,
  percentileColumns,
  percentileQuantiles,
  summaryCells,
} from './locust-cells.ts';

/**
 * Locust's `stats.csv`: all ended requests at their measured response time, failed ones included; ms, bytes, and rates per
 * second over the time to the end of the last request. A row without a request has no line, as with Locust.
 */
export function statsCsv(fold: RunFold): string {
  const elapsed = elapsedSeconds(fold);
  const rate = (count: number): string => locustFloat(elapsed > 0 ? count / elapsed : 0);
  const line = (type: string, name: string, row: number | null): string[] => {
    const tally = fold.tally(row);
    const all = tally.everything();
    return [
      type,
      name,
      ...summaryCells({
        requests: all.count,
        failures: tally.failed.count,
        median: all.percentile(0.5),
        mean: all.mean,
        min: all.min,
        max: all.max,
        bytes: tally.bytesReceived,
      }),
      rate(all.count),
      rate(tally.failed.count),
      ...percentileCells(
        all.count,
        percentileQuantiles.map((quantile) => all.percentile(quantile)),
      ),
    ];
  };
  return csv([
    [
      ...['Type', 'Name', 'Request Count', 'Failure Count', 'Median Response Time', 'Average Response Time'],
      ...['Min Response Time', 'Max Response Time', 'Average Content Size', 'Requests/s', 'Failures/s'],
      ...percentileColumns,
    ],
    ...inLocustOrder(fold.header.rows)
      .filter(({ index }) => fold.tally(index).requests > 0)
      .map(({ row, index }) => line(row.method, row.name, index)),
    line('', 'Aggregated', null),
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

/** Locust's `exceptions.csv`, which lists errors of the user's script. sqload runs none: the header alone. */
export const exceptionsCsv = (): string => csv([['Count', 'Message', 'Traceback', 'Nodes']]);

const instant = (start: Millis, second: number): string => formatUtc(millis(start + second * 1000));
