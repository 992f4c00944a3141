import { counted, formatCount } from '../../core/format.ts';
import { encodedCount } from '../../metrics/encoded-histogram.ts';
import type { RunSeries, Span } from '../../record/series.ts';
import { robustTrend, slopeOfChance, type Trend } from '../../statistics/robust-trend.ts';
import { runThresholds } from '../../verdict/run-thresholds.ts';
import type { Threshold } from '../../verdict/threshold.ts';
import type { Finding } from '../finding.ts';
import { spanWords } from '../in-brackets.ts';
import { type DriftQuestion, monitorQuestions, requestQuestions, requestsNeeded } from './drift-question.ts';
import { type Drifted, driftFinding, type Held, noDriftFinding, unsteadyFinding } from './drift-sentence.ts';
import { trendShape } from './trend-shape.ts';

/** What may be wrong in all that is asked of one run together: 5 %, of which noise that wanders may take a part. */
const doubt = 0.02;
/** The least steady window in which drift is looked for, in seconds: shorter ones hold too few requests, and nothing that a word like drift fits. */
const leastWindow = 120;

/**
 * Whether response times (p95, p50), errors, and memory and CPU of the server change over the steady window, beyond noise and by enough
 * to matter: 5 % of their value over the window, 2 % of memory, half a percentage point of errors. One finding for each that does, and
 * one for all others. The chance of any wrong claim is at most 5 % (Holm 1979); intervals are of 95 % each.
 * Noise that wanders more slowly than a tenth of the window, and a cache that filled within its first eighth, cannot be told.
 * Empty where the load never stands; `undecided` where it stands for less than 2 min, where there are too few requests, and for what
 * swings so widely that a change as large as itself would not have been shown.
 */
export function drift(
  series: RunSeries,
  thresholds: readonly Threshold[] = runThresholds(series.header),
): readonly Finding[] {
  const window = windowOf(series);
  if (window === null) return [];
  if (window.end - window.start < leastWindow) return [tooShort(series, window)];
  const ofRequests = requestQuestions(series, window, thresholds);
  const asked = [...(ofRequests ?? []), ...monitorQuestions(series, window, thresholds)];
  const { drifted, held: all } = answer(asked, window);
  const unsteady = all.filter((each) => isUnsteady(each, window));
  const held = all.filter((each) => !unsteady.includes(each));
  const missing = ofRequests === null ? [tooFew(series, window)] : [];
  return [
    ...merged(drifted, window),
    ...(held.length > 0 ? [noDriftFinding(held, window, drifted.length > 0)] : []),
    ...(unsteady.length > 0 ? [unsteadyFinding(unsteady, window)] : []),
    ...missing,
  ];
}

/** The steady window as far as the run came. */
function windowOf({ header, seconds: told, end }: RunSeries): Span | null {
  const { steady } = header.profile;
  if (steady === null) return null;
  const reached = Math.min(told.length, end === null ? told.length : Math.floor(end.at / 1000));
  return { start: steady.start, end: Math.max(steady.start, Math.min(steady.end, reached)) };
}

function answer(
  asked: readonly DriftQuestion[],
  window: Span,
): { readonly drifted: readonly Drifted[]; readonly held: readonly Held[] } {
  const length = window.end - window.start;
  const trends = asked
    .flatMap((question) => {
      const trend = robustTrend(question.values);
      return trend === null ? [] : [{ question, trend }];
    })
    .filter(({ question, trend }) => !isSilent(question, trend));
  const byChance = [...trends].sort((a, b) => a.trend.chance - b.trend.chance);
  const refused = byChance.findIndex(({ trend: { chance } }, i) => chance >= doubt / (byChance.length - i));
  const certain = new Set(refused < 0 ? byChance : byChance.slice(0, refused));
  const drifted: Drifted[] = [];
  const held: Held[] = [];
  for (const each of trends) {
    const { question, trend } = each;
    const least = leastChange(question, trend);
    if (certain.has(each) && Math.abs(trend.slope) * length >= least)
      drifted.push({ ...each, shape: trendShape(question.values, trend) });
    else held.push({ ...each, detectable: Math.max(least / length, slopeOfChance(trend, doubt / trends.length)) });
  }
  return { drifted, held };
}

/** A change of a share by fewer percentage points is worth telling, however small the share. */
const plainPoints = 5;

/** Whether even a change as large as the value itself would not have been shown. */
function isUnsteady({ question: { unit }, trend, detectable }: Held, { start, end }: Span): boolean {
  const value = Math.abs(trend.centre.value);
  return detectable * (end - start) > (unit === '%' ? Math.max(plainPoints, value) : value);
}

/** Whether there was never anything to change: no request failed. */
const isSilent = ({ measure }: DriftQuestion, { centre, error, slope }: Trend): boolean =>
  measure === 'errors' && centre.value === 0 && slope === 0 && error === 0;

/** The change over the window that is worth a word. */
function leastChange({ measure, unit }: DriftQuestion, { centre }: Trend): number {
  const value = Math.abs(centre.value);
  switch (measure) {
    case 'time':
      return 0.05 * value;
    case 'errors':
      return Math.max(0.5, 0.05 * value);
    case 'memory':
      return 0.02 * value;
    case 'cpu':
      return unit === '%' ? Math.max(1, 0.05 * value) : 0.05 * value;
  }
}

/** p95 and p50 are one answer. */
function merged(drifted: readonly Drifted[], window: Span): Finding[] {
  const ids = [...new Set(drifted.map(({ question }) => question.id))];
  return ids.map((id) =>
    driftFinding(
      drifted.filter(({ question }) => question.id === id),
      window,
    ),
  );
}

function tooShort({ header }: RunSeries, window: Span): Finding {
  const { steady, seconds: whole } = header.profile;
  const planned = steady === null ? 0 : steady.end - steady.start;
  const length = window.end - window.start;
  const run = whole + leastWindow - planned;
  const how =
    planned >= leastWindow
      ? 'A run that comes to its end.'
      : `A run of ${spanWords(Math.ceil(run / 60) * 60)} or more (-t).`;
  return undecided(
    `Whether anything drifts cannot be told: the load stood at its target for ${spanWords(length)}, and at least ${spanWords(leastWindow)} are needed.`,
    how,
    window,
  );
}

function tooFew(series: RunSeries, window: Span): Finding {
  const requests = series.seconds
    .slice(window.start, window.end)
    .reduce(
      (sum, { rows }) => sum + rows.reduce((all, { ok, failed }) => all + encodedCount(ok) + encodedCount(failed), 0),
      0,
    );
  const length = window.end - window.start;
  const needed = requests === 0 ? null : Math.ceil((length * requestsNeeded) / requests / 60) * 60;
  return undecided(
    `Whether response times or errors drift cannot be told from ${counted(requests, 'request')}: at least ${formatCount(requestsNeeded)} are needed${needed === null ? '' : `, which at this rate take ${spanWords(needed)}`}.`,
    null,
    window,
  );
}

const undecided = (sentence: string, remedy: string | null, window: Span): Finding => ({
  id: 'drift',
  kind: 'drift',
  outcome: 'undecided',
  sentence,
  cause: null,
  remedy,
  numbers: [],
  seconds: [window],
});
