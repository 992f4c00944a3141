import type { Comparison } from '../compare/comparison.ts';
import { type CsvCell, csv } from './csv.ts';

/**
 * `comparison.csv`: a line per group and metric. Values, differences and limits are in `unit`, ratios of the baseline between 0 and 1.
 * An empty cell: not known; `inf`: the percentile lies among the failed requests.
 */
export const comparisonCsv = ({ groups }: Comparison): string =>
  csv([
    [
      ...['kind', 'group', 'name', 'metric', 'family', 'unit', 'baseline', 'candidate', 'difference', 'relative'],
      ...['interval_low', 'interval_high', 'relative_low', 'relative_high', 'p', 'adjusted_p'],
      ...['detectable', 'relative_detectable', 'limit', 'limit_text', 'limit_from', 'verdict', 'reason'],
    ],
    ...groups.flatMap(({ kind, id, name, metrics }) =>
      metrics.map((metric): readonly CsvCell[] => [
        ...[kind, id, name, metric.metric, metric.family, metric.unit],
        ...[metric.baseline, metric.candidate, metric.difference, metric.relative].map(number),
        ...[metric.interval?.low, metric.interval?.high].map(number),
        ...[metric.relativeInterval?.low, metric.relativeInterval?.high].map(number),
        ...[metric.p, metric.adjustedP, metric.detectable, metric.relativeDetectable, metric.limit.amount].map(number),
        ...[metric.limit.text, metric.limit.from, metric.verdict, metric.reason],
      ]),
    ),
  ]);

/** Six significant digits: more than any of them is certain to. */
function number(value: number | null | undefined): CsvCell {
  if (value === null || value === undefined) return '';
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : 'inf';
}
