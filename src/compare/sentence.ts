import type { ComparedGroup, ComparedMetric, Comparison } from './comparison.ts';
import { formatAmount, formatDetectable, formatInterval, formatShift, metricNames } from './format-amount.ts';
import { isOpen } from './outcome.ts';

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
      return `${tooLittle(all)}${better.length === 0 ? '' : `; better: ${list(better)}`}.`;
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
  const named = found.slice(0, mostNamed).map((each) => `${nameOf(each)} ${changeOf(each.metric)}`);
  const more = found.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `p95` of all rows, `health p95` of one. */
const nameOf = ({ group, metric }: Found): string =>
  `${group.kind === 'all' ? '' : `${group.id} `}${metricNames[metric.metric]}`;

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

/** Names the primary metrics that are open, unless all of them are: then there is too little data for anything. */
function tooLittle(all: readonly Found[]): string {
  const primary = all.filter(({ metric }) => metric.family === 'primary');
  const open = primary.filter(({ metric }) => isOpen(metric));
  const reason = open[0]?.metric.reason ?? 'nothing was measured';
  return open.length === primary.length
    ? `Too little data: ${reason}`
    : `Too little data for ${[...new Set(open.map(nameOf))].join(' and ')}: ${reason}`;
}
