import type { RecordRow } from '../record/record.ts';

const columns = [
  ['50%', 0.5],
  ['66%', 0.66],
  ['75%', 0.75],
  ['80%', 0.8],
  ['90%', 0.9],
  ['95%', 0.95],
  ['98%', 0.98],
  ['99%', 0.99],
  ['99.9%', 0.999],
  ['99.99%', 0.9999],
  ['100%', 1],
] as const;

/** Locust's percentile columns, in order, and the quantile of each. */
export const percentileColumns: readonly string[] = columns.map(([name]) => name);
export const percentileQuantiles: readonly number[] = columns.map(([, quantile]) => quantile);

/** Whole ms, since readers of Locust's files read percentiles with `int()`; `N/A` for a row that has no request at all. */
export const percentileCells = (requests: number, micros: readonly (number | undefined)[]): readonly string[] =>
  requests === 0 ? percentileColumns.map(() => 'N/A') : percentileColumns.map((_, i) => wholeMillis(micros[i]));

/** What a line tells of all requests so far: times in µs, undefined while there is none. */
export interface LocustSummary {
  readonly requests: number;
  readonly failures: number;
  readonly median: number | undefined;
  readonly mean: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly bytes: number;
}

/** The seven cells from `Request Count` to `Average Content Size`. */
export const summaryCells = (summary: LocustSummary): readonly string[] => [
  String(summary.requests),
  String(summary.failures),
  wholeMillis(summary.median),
  floatMillis(summary.mean),
  floatMillis(summary.min),
  floatMillis(summary.max),
  summary.requests === 0 ? '0' : locustFloat(summary.bytes / summary.requests),
];

/** A float as Python writes it: `12.0`, never `12`. */
export const locustFloat = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

const wholeMillis = (micros: number | undefined): string => String(Math.round((micros ?? 0) / 1000));
const floatMillis = (micros: number | undefined): string => (micros === undefined ? '0' : locustFloat(micros / 1000));

/** Rows by name, then method, as Locust sorts them: by code unit, the same in every locale. */
export function inLocustOrder(
  rows: readonly RecordRow[],
): readonly { readonly row: RecordRow; readonly index: number }[] {
  const key = ({ row }: { row: RecordRow }): string => `${row.name}\0${row.method}`;
  return rows.map((row, index) => ({ row, index })).sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
