import type {
  ComparedGroup,
  ComparedMetric,
  CompareMethod,
  CompareVerdict,
  Comparison,
} from '../compare/comparison.ts';
import { formatAmount, formatDetectable, formatInterval, formatShift, metricNames } from '../compare/format-amount.ts';
import { decidingOf } from '../compare/outcome.ts';
import { runsAgainst } from '../compare/runs-against.ts';
import { clockTime } from '../core/clock-time.ts';
import { formatCount } from '../core/format.ts';

/** One metric as every report of a comparison for people shows it: text without any markup. */
export interface ComparisonLine {
  readonly name: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly difference: string;
  /** 95 % interval of the difference. */
  readonly interval: string;
  /** The smallest shift that would have been shown. */
  readonly detectable: string;
  readonly verdict: CompareVerdict;
  readonly reason: string;
}

/** Lines that belong together, under one title. */
export interface ComparisonSection {
  readonly title: string;
  readonly lines: readonly ComparisonLine[];
}

/** The titles of the columns, in order, the name left out. */
export const comparisonColumns = [
  'baseline',
  'candidate',
  'difference',
  '95 % interval',
  'detects',
  'verdict',
] as const;

/** What the columns mean, for below a table. */
export const comparisonLegend =
  'detects: the smallest shift that nine in ten such comparisons would have shown; intervals are those of each metric alone';

/** The metrics that decide, of whatever group; empty when none of them was measured. */
export function decidingLines({ groups }: Comparison): readonly ComparisonLine[] {
  const deciding = decidingIn(groups);
  return groups.flatMap((group) =>
    measured(group)
      .filter((metric) => deciding.has(metric))
      .map((metric) => lineOf(metric, group.kind === 'all' ? '' : `${group.id} `)),
  );
}

/** All other metrics that were measured, by group. */
export function otherSections({ groups }: Comparison): readonly ComparisonSection[] {
  const deciding = decidingIn(groups);
  return groups.flatMap((group) => {
    const lines = measured(group)
      .filter((metric) => !deciding.has(metric))
      .map((metric) => lineOf(metric, ''));
    return lines.length === 0 ? [] : [{ title: group.name, lines }];
  });
}

const decidingIn = (groups: Comparison['groups']): ReadonlySet<ComparedMetric> =>
  new Set(decidingOf(groups.flatMap(({ metrics }) => metrics)));

const measured = ({ metrics }: ComparedGroup): readonly ComparedMetric[] =>
  metrics.filter(({ baseline, candidate }) => baseline !== null || candidate !== null);

function lineOf(metric: ComparedMetric, prefix: string): ComparisonLine {
  const value = (amount: number | null): string => {
    if (amount === null) return '–';
    // What it is the CPU of stands in front.
    return amount === Number.POSITIVE_INFINITY
      ? 'no limit'
      : formatAmount(amount, metric.unit).replace(/ of (?:all )?CPU.*$/, '');
  };
  return {
    name: `${prefix}${metric.metric === 'cpu_per_request' ? 'CPU/request' : metricNames[metric.metric]}`,
    baseline: value(metric.baseline),
    candidate: value(metric.candidate),
    difference: formatShift(metric) || '–',
    interval: formatInterval(metric).replace(/ (\S+) to (.*) \1$/, ' to $2 $1') || '–',
    detectable: formatDetectable(metric) || '–',
    verdict: metric.verdict,
    reason: metric.reason,
  };
}

/** How certainty was come by, in words. */
export function methodText({ method, baseline, candidate }: Comparison): string {
  const runs = runsAgainst(baseline.runs.length, candidate.runs.length);
  const texts: Readonly<Record<CompareMethod, string>> = {
    blocks: 'one run a side; how much each varies from block to block of its seconds says how certain a difference is',
    counts: 'one run a side, not both with a record: the error rate is told from its counts, and nothing else',
    ranks: `${runs}; an exact rank test, each run one value`,
    prediction: `${runs}; does the single run lie where the others foretell one more?`,
    none: `${runs}; too few: no difference can be shown`,
  };
  return texts[method];
}

/** The runs of a side by name, and what their figures rest on. */
export function sideText({ runs, requests, window }: Comparison['baseline']): {
  readonly runs: string;
  readonly over: string;
} {
  const shown = runs.slice(0, 6).map(({ label, path }) => (label === path ? path : `${label} (${path})`));
  const more = runs.length > shown.length ? ` and ${formatCount(runs.length - shown.length)} more` : '';
  const over = [
    ...(requests === null ? [] : [`${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'}`]),
    ...(window === null ? [] : [`from ${clockTime(window.start)} to ${clockTime(window.end)} of the run`]),
  ];
  return { runs: `${shown.join(', ')}${more}`, over: over.join(', ') };
}
