import type { ComparedGroup, ComparedMetric, Comparison } from './comparison.ts';
import { formatAmount, formatDetectable, formatInterval, formatShift, metricNames } from './format-amount.ts';
import { decidingOf, isLimited, isOpen } from './outcome.ts';

/** The last line of a report. It says what decided where that were limits of one's own. */
export function sentenceOf(outcome: Comparison['outcome'], groups: readonly ComparedGroup[]): string {
  const all = groups.flatMap((group) => group.metrics.map((metric) => ({ group, metric })));
  return all.some(({ metric }) => isLimited(metric)) ? ofLimits(outcome, all) : ofEverything(outcome, all);
}

function ofEverything(outcome: Comparison['outcome'], all: readonly Found[]): string {
  const better = found(all, 'better');
  switch (outcome) {
    case 'regression':
      return `Worse: ${list(found(all, 'worse'))}${clause('better', better)}.`;
    case 'undecided':
      return `${tooLittle(all)}${clause('better', better)}.`;
    case 'no-regression':
      return better.length > 0
        ? `Nothing is shown to be worse; better: ${list(better)}.`
        : `No difference shown${powerOf(all.find(({ group, metric }) => group.kind === 'all' && metric.metric === 'p95')?.metric)}.`;
  }
}

/** What is worse without a limit is told, and does not decide. */
function ofLimits(outcome: Comparison['outcome'], all: readonly Found[]): string {
  const limited = all.filter(({ metric }) => isLimited(metric));
  const others = found(all, 'worse').filter(({ metric }) => !isLimited(metric));
  const beside = `${clause('worse, but without a limit', others)}${clause('better', found(all, 'better'))}.`;
  switch (outcome) {
    case 'regression':
      return `Worse than --fail-on allows: ${list(found(limited, 'worse'))}${beside}`;
    case 'undecided':
      return `${tooLittle(all)}${beside}`;
    case 'no-regression':
      return `Nothing is shown to be worse than --fail-on allows: ${list(limited)}${beside}`;
  }
}

/** With a verdict, what decides first. */
const found = (all: readonly Found[], verdict: ComparedMetric['verdict']): readonly Found[] =>
  all
    .filter(({ metric }) => metric.verdict === verdict)
    .sort((a, b) => Number(b.metric.family === 'primary') - Number(a.metric.family === 'primary'));

const clause = (what: string, named: readonly Found[]): string =>
  named.length === 0 ? '' : `; ${what}: ${list(named)}`;

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

/** Names those that decide and are open, unless those are p95, errors and throughput and all open: then there is too little data for anything. */
function tooLittle(all: readonly Found[]): string {
  const deciding = new Set(decidingOf(all.map(({ metric }) => metric)));
  const open = all.filter(({ metric }) => deciding.has(metric) && isOpen(metric));
  const reason = open[0]?.metric.reason ?? 'nothing was measured';
  const limited = open.some(({ metric }) => isLimited(metric));
  if (open.length === deciding.size && !limited) return `Too little data: ${reason}`;
  const names = [...new Set(open.map(nameOf))].join(' and ');
  return `Too little data for ${names}${limited ? ', which --fail-on limits' : ''}: ${reason}`;
}
