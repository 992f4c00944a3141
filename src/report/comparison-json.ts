import type { ComparedGroup, ComparedMetric, ComparedSide, Comparison } from '../compare/comparison.ts';
import { spellInvisible } from './spell-invisible.ts';

/**
 * `comparison.json`, as `comparison.schema.json` describes it. Values, differences, intervals and limits are in `unit`, ratios of the
 * baseline between 0 and 1; a percentile that lies among the failed requests is null with `beyond_failures: true`.
 */
export function comparisonJson(comparison: Comparison): string {
  const { outcome, exitCode, sentence, method, baseline, candidate, groups, differences, notes } = comparison;
  const document = {
    schema: 'sqload-comparison',
    version: 1,
    verdict: { outcome, exit_code: exitCode, sentence, notes },
    method,
    baseline: sideOf(baseline),
    candidate: sideOf(candidate),
    differences: differences.map(({ kind, what, sentence }) => ({ kind, what, sentence })),
    groups: groups.map(groupOf),
  };
  return spellInvisible(`${JSON.stringify(document, null, 2)}\n`);
}

const sideOf = ({ runs, window, requests }: ComparedSide) => ({
  runs,
  window: window && { start_s: window.start, end_s: window.end },
  requests,
});

const groupOf = ({ kind, id, name, metrics }: ComparedGroup) => ({ kind, id, name, metrics: metrics.map(metricOf) });

const metricOf = (of: ComparedMetric) => ({
  metric: of.metric,
  unit: of.unit,
  family: of.family,
  baseline: amountOf(of.baseline),
  candidate: amountOf(of.candidate),
  difference: finite(of.difference),
  relative: finite(of.relative),
  interval: rangeOf(of.interval),
  relative_interval: rangeOf(of.relativeInterval),
  p: finite(of.p),
  adjusted_p: finite(of.adjustedP),
  detectable: finite(of.detectable),
  relative_detectable: finite(of.relativeDetectable),
  limit: { amount: finite(of.limit.amount), text: of.limit.text, from: of.limit.from },
  verdict: of.verdict,
  reason: of.reason,
});

const amountOf = (value: number | null) => ({
  value: finite(value),
  beyond_failures: value === Number.POSITIVE_INFINITY,
});

const rangeOf = (interval: ComparedMetric['interval']) =>
  interval && { low: finite(interval.low), high: finite(interval.high) };

/** JSON has no word for anything else; six significant digits are more than any of them is certain to. */
const finite = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(6));
