import { formatCount } from '../core/format.ts';
import { seededRandom } from '../core/random.ts';
import { holm } from '../statistics/holm.ts';
import { jointRankTest } from '../statistics/joint-rank-test.ts';
import type { ComparedMetric, CompareMetric, CompareOptions, CompareVerdict, FailOn } from './comparison.ts';
import { formatDetectable, formatSpan, plain } from './format-amount.ts';
import type { Subject } from './subject.ts';
import type { Test, Tested } from './tested.ts';

/** A subject with both values and what its test says. */
export interface Result {
  readonly subject: Subject;
  readonly baseline: number | null;
  readonly candidate: number | null;
  readonly test: Test;
}

/** The chance of a false "better" or "worse" that each family may have. */
const risk = 0.05;
/** What an error rate must move by to count, unless told otherwise: a tenth of a percentage point. */
const leastRate = 0.001;
const primary: readonly CompareMetric[] = ['p95', 'error_rate', 'throughput'];

/** Whether less of it is better. */
export const lowerIsBetter = (metric: CompareMetric): boolean => metric !== 'throughput';

/** Holds each difference against its family and against what counts, in the order given. */
export function weigh(results: readonly Result[], options: CompareOptions): readonly ComparedMetric[] {
  const families = results.map(({ subject }) => familyOf(subject, options.failOn));
  const tested = results.flatMap(({ test }, index) => (test.kind === 'tested' ? [{ index, test }] : []));
  const adjusted = new Map<number, number>();
  const sizes = { primary: 0, secondary: 0 };
  for (const family of ['primary', 'secondary'] as const) {
    const members = tested.filter(({ index }) => families[index] === family);
    sizes[family] = members.length;
    const held = heldTogether(
      members.map(({ test }) => test),
      options.seed,
    );
    for (const [at, { index, test }] of members.entries()) adjusted.set(index, Math.max(held[at] ?? 1, test.p));
  }
  return results.map((result, index) => {
    const family = families[index] ?? 'secondary';
    return weighOne(result, { family, size: sizes[family], adjustedP: adjusted.get(index) ?? null }, options);
  });
}

/**
 * p values as they count within one family: of several runs a side by dividing these anew with all that was measured of each, so that
 * few runs are enough for the one metric that moved; otherwise by Holm, which needs no runs.
 */
function heldTogether(family: readonly Tested[], seed: string): readonly number[] {
  const measures = family.flatMap(({ runs }) => (runs === null ? [] : [{ a: runs.baseline, b: runs.candidate }]));
  return measures.length === family.length
    ? jointRankTest(measures, seededRandom(seed).fork('divisions'))
    : holm(family.map(({ p }) => p));
}

const familyOf = ({ group, metric }: Subject, failOn: readonly FailOn[]): ComparedMetric['family'] =>
  (group.kind === 'all' && primary.includes(metric)) || failOn.some((limit) => isOf(limit, group, metric))
    ? 'primary'
    : 'secondary';

/** Whether a limit of one's own is about this metric of this row or monitor. */
export function isOf(limit: FailOn, { kind, id }: Subject['group'], metric: CompareMetric): boolean {
  if (limit.metric !== metric) return false;
  return limit.row === null ? kind !== 'row' : kind !== 'all' && limit.row === id;
}

interface Place {
  readonly family: ComparedMetric['family'];
  readonly size: number;
  readonly adjustedP: number | null;
}

function weighOne(result: Result, place: Place, options: CompareOptions): ComparedMetric {
  const { subject, baseline, candidate, test } = result;
  const limit = limitFor(result, options);
  const detectable = test.kind === 'tested' ? test.detectable(risk / Math.max(1, place.size), limit.amount ?? 0) : null;
  const interval = test.kind === 'tested' ? test.interval : null;
  const relativeOf = (amount: number | null): number | null =>
    amount === null || baseline === null || !(baseline > 0) || !Number.isFinite(baseline) ? null : amount / baseline;
  const [low, high] = [relativeOf(interval?.low ?? null), relativeOf(interval?.high ?? null)];
  const metric = {
    metric: subject.metric,
    unit: subject.unit,
    family: place.family,
    baseline,
    candidate,
    difference: test.difference,
    relative: relativeOf(test.difference),
    interval,
    relativeInterval: low === null || high === null ? null : { low, high },
    p: test.kind === 'tested' ? test.p : null,
    adjustedP: place.adjustedP,
    detectable,
    relativeDetectable: relativeOf(detectable),
    limit,
    verdict: 'too little data',
    reason: '',
  } as const;
  if (test.kind === 'untested') return { ...metric, reason: test.reason };
  return { ...metric, ...judge(metric, test.direction, place) };
}

function limitFor({ subject, baseline }: Result, { minEffect, failOn }: CompareOptions): ComparedMetric['limit'] {
  const own = failOn.findLast((limit) => isOf(limit, subject.group, subject.metric));
  const of = (share: number): number | null =>
    baseline === null || !Number.isFinite(baseline) ? null : share * baseline;
  if (own !== undefined) {
    const amount = own.kind === 'absolute' ? own.amount : of(own.amount);
    const text = own.kind === 'absolute' ? formatSpan(own.amount, subject.unit) : `${plain(own.amount * 100)} %`;
    return { amount, text, from: 'fail-on' };
  }
  const share = of(minEffect);
  const amount = subject.metric === 'error_rate' && share !== null ? Math.max(share, leastRate) : share;
  const text =
    subject.metric === 'error_rate' && amount !== null ? formatSpan(amount, 'share') : `${plain(minEffect * 100)} %`;
  return { amount, text, from: 'min-effect' };
}

type Unjudged = Omit<ComparedMetric, 'verdict' | 'reason'>;

function judge(
  metric: Unjudged,
  direction: -1 | 0 | 1,
  { family, size }: Place,
): { readonly verdict: CompareVerdict; readonly reason: string } {
  const { adjustedP, p, difference, limit } = metric;
  const certain = adjustedP !== null && adjustedP <= risk && direction !== 0;
  // Where the difference is no number, one side lies among the failures, which is more than any limit.
  const large = difference === null ? direction !== 0 : Math.abs(difference) >= (limit.amount ?? 0);
  if (certain && large) {
    const verdict = direction > 0 === lowerIsBetter(metric.metric) ? 'worse' : 'better';
    return {
      verdict,
      reason:
        difference === null
          ? 'certain: it lies among the failures in one run only'
          : `certain, and at least the ${limit.text} that count`,
    };
  }
  const shown = formatDetectable({ ...metric, verdict: 'no difference shown', reason: '' });
  const would = shown === '' ? '' : `; a shift of ${shown} would have been shown`;
  if (certain) return none(`certain, but less than the ${limit.text} that count`);
  if (p !== null && p <= risk)
    return none(`its interval leaves out 0, as one of ${formatCount(size)} ${family} ones may by chance${would}`);
  return none(`${large ? 'large, but ' : ''}within what chance does${would}`);
}

const none = (reason: string): { readonly verdict: CompareVerdict; readonly reason: string } => ({
  verdict: 'no difference shown',
  reason,
});
