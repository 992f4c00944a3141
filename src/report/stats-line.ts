import type { Tally } from '../metrics/tally.ts';
import { locustFloat, percentileCells, percentileColumns, percentileQuantiles, summaryCells } from './locust-cells.ts';

/** The columns of Locust's `stats.csv`. */
export const statsHeader: readonly string[] = [
  ...['Type', 'Name', 'Request Count', 'Failure Count', 'Median Response Time', 'Average Response Time'],
  ...['Min Response Time', 'Max Response Time', 'Average Content Size', 'Requests/s', 'Failures/s'],
  ...percentileColumns,
];

/** A line below them: all requests of a tally at their measured response time; rates are over `elapsed` seconds. */
export function statsLine(
  [type, name]: readonly [type: string, name: string],
  tally: Tally,
  elapsed: number,
): readonly string[] {
  const all = tally.everything();
  const rate = (count: number): string => locustFloat(elapsed > 0 ? count / elapsed : 0);
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
}
