import type { ComparedGroup, ComparedMetric, CompareMetric, Comparison } from './comparison.ts';
import { formatAmount, formatDetectable, formatInterval, formatShift, metricNames } from './format-amount.ts';

/** The last line of a report. */
export function sentenceOf(outcome: Comparison['outcome'], groups: readonly ComparedGroup[]): string {
  const all = groups.flatMap((group) => group.metrics.map((metric) => ({ group, metric })));
  const found = (verdict: ComparedMetric['verdict']) =>
    [...all]
      .filter(({ metric }) => metric.verdict === verdict)
      .sort((a, b) => Number(b.metric.family === 'primary') - Number(a.metric.family === 'primary'));
  const better = found('better');
  switch (outcome) {
    case 'regression':
      return `Worse: ${list(found('worse'))}${better.length === 0 ? '' : `; better: ${list(better)}`}.`;
    case 'undecided':
      return `Too little data: ${firstReason(all.map(({ metric }) => metric))}.`;
    case 'no-regression':
      return better.length > 0
        ? `Nothing is shown to be worse; better: ${list(better)}.`
        : `No difference shown${powerOf(all.find(({ group, metric }) => group.kind === 'all' && metric.metric === 'p95')?.metric)}.`;
  }
}

interface Found {
  readonly group: ComparedGroup;
  readonly metric: ComparedMetric;
}

const mostNamed = 3;

function list(found: readonly Found[]): string {
  const named = found.slice(0, mostNamed).map(({ group, metric }) => {
    const of = group.kind === 'all' ? '' : `${group.id} `;
    return `${of}${metricNames[metric.metric]} ${changeOf(metric)}`;
  });
  const more = found.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `287 ms → 331 ms (+15 %, 95 % interval +11 % to +20 %)`. */
export function changeOf(metric: ComparedMetric): string {
  const { baseline, candidate, unit } = metric;
  const value = (amount: number | null): string => (amount === null ? 'not measured' : formatAmount(amount, unit));
  const shift = formatShift(metric);
  const interval = formatInterval(metric);
  const detail = [shift, interval === '' ? '' : `95 % interval ${interval}`].filter((part) => part !== '').join(', ');
  return `${value(baseline)} → ${value(candidate)}${detail === '' ? '' : ` (${detail})`}`;
}

function powerOf(p95: ComparedMetric | undefined): string {
  if (p95 === undefined || p95.verdict !== 'no difference shown') return '';
  const power = formatDetectable(p95);
  return `: ${metricNames[p95.metric]} ${changeOf(p95)}${power === '' ? '' : `; a shift of ${power} would have been shown`}`;
}

function firstReason(metrics: readonly ComparedMetric[]): string {
  const primary: readonly CompareMetric[] = ['p95', 'error_rate', 'throughput'];
  const open = metrics.filter(({ verdict }) => verdict === 'too little data');
  const first = open.find(({ family, metric }) => family === 'primary' && primary.includes(metric)) ?? open[0];
  return first?.reason ?? 'nothing was measured';
}
