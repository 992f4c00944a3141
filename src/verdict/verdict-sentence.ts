import { formatDuration } from '../core/duration.ts';
import { counted, formatCount, formatPercent } from '../core/format.ts';
import { seconds } from '../core/units.ts';
import type { Tally } from '../metrics/tally.ts';
import type { RunFold } from '../record/fold.ts';
import { isOfHooks } from './custom-metric.ts';
import { formatMeasured, formatValue } from './format-value.ts';
import { noSession, setUps } from './graded-over.ts';
import { cutSlices, partialLoad } from './partial-run.ts';
import type { Finding } from './self-check.ts';
import { isAside } from './server-load.ts';
import { isOfSessions } from './threshold.ts';
import type { GradedThreshold, RunOutcome } from './verdict.ts';

type Graded = readonly GradedThreshold[];

/** The last line of a report: the outcome, and in a few words the numbers that decided it. */
export function verdictSentence(
  outcome: RunOutcome,
  fold: RunFold,
  { thresholds, findings }: { readonly thresholds: Graded; readonly findings: readonly Finding[] },
): string {
  switch (outcome) {
    case 'interrupted':
      return interrupted(fold, thresholds);
    case 'failed':
      return `Failed: ${failures(fold, thresholds)}.`;
    case 'inconclusive':
      return `Inconclusive: ${doubts(fold, thresholds)}.`;
    case 'passed':
      return `Passed: ${thresholds.length === 0 ? `${allRequests(fold)}; no thresholds were asked for` : measurements(fold, withGrade(thresholds, 'passed'))}.`;
    case 'invalid':
      return `Invalid: ${findings.find(({ invalidates }) => invalidates)?.what ?? 'the load generator itself was the limit'}.`;
  }
}

function interrupted(fold: RunFold, thresholds: Graded): string {
  const by = fold.end?.reason === 'terminated' ? 'Terminated' : 'Interrupted';
  if (fold.tally(null).requests === 0) return `${by}: ${noSession(fold) ? noneSetUp(fold) : 'no request had ended'}.`;
  const known = [...withGrade(thresholds, 'failed'), ...withGrade(thresholds, 'passed')];
  const numbers = known.length === 0 ? '' : `; so far ${known.map(measurement).join(', ')}`;
  return `${by} after ${progress(fold)}: ${allRequests(fold)}${numbers}.`;
}

function failures(fold: RunFold, thresholds: Graded): string {
  const all = fold.tally(null);
  const broken = withGrade(thresholds, 'failed');
  if (noSession(fold)) return noneSetUp(fold);
  if (all.requests > 0 && all.ok.count === 0) return `${noneSucceeded(all.requests)} (${commonKinds(all)})`;
  const numbers = broken.length === 0 ? '' : measurements(fold, broken);
  const stop = fold.end === null ? `the record breaks off after ${progress(fold)}` : stopped(fold);
  return [stop, numbers].filter((part) => part !== '').join('; ');
}

function stopped({ end, header }: RunFold): string {
  const after = end === null ? '' : `after ${span(Math.round(end.at / 1000))} of ${span(header.profile.seconds)}`;
  if (end?.reason === 'nothing-succeeded') return `the run stopped ${after}, since nothing succeeded any more`;
  if (end?.reason === 'threshold-failed') return `the run stopped ${after}, since a threshold was broken`;
  return '';
}

function doubts(fold: RunFold, thresholds: Graded): string {
  if (fold.tally(null).requests === 0) return fold.started === 0 ? 'no request was started' : 'no request had ended';
  const parts = [...partialLoad(fold.header)];
  if (fold.end === null && cutSlices(fold.header.slices).length === 0)
    parts.push(`the record breaks off after ${progress(fold)}`);
  for (const { text, reason } of withGrade(thresholds, 'inconclusive')) parts.push(`${text}: ${reason}`);
  const decided = withGrade(thresholds, 'passed');
  if (parts.length === 0 && decided.length > 0 && decided.every(isAside))
    parts.push(
      `no limit on requests could be graded (${ungraded(thresholds.filter(({ grade }) => grade !== 'passed'))})`,
    );
  if (decided.length > 0) parts.push(`${parts.length > 0 ? 'within limits: ' : ''}${measurements(fold, decided)}`);
  else if (parts.length === 0) parts.push(`no threshold could be graded (${ungraded(thresholds)})`);
  return parts.join('; ');
}

/** The first of them says why; the table of thresholds has the others. */
function ungraded(thresholds: Graded): string {
  const [first] = thresholds;
  return first === undefined ? 'none was asked for' : `${first.text}: ${first.reason}`;
}

const withGrade = (thresholds: Graded, grade: GradedThreshold['grade']): Graded =>
  thresholds.filter((threshold) => threshold.grade === grade);

/** `p95 287 ms (limit 500 ms), errors 0 % (limit 1 %); 1 024 requests in the steady window, 14s to 36s`. */
function measurements(fold: RunFold, thresholds: Graded): string {
  const { steady } = fold.header.profile;
  const window = steady === null ? '' : `, ${span(steady.start)} to ${span(Math.min(steady.end, fold.seconds))}`;
  const ofSessions = thresholds.filter(isOfSessions);
  const ofHooks = thresholds.filter(isOfHooks);
  const rests = [
    ...(ofSessions.length + ofHooks.length < thresholds.length
      ? [`${requests(fold.steadyTally(null).requests)} in the steady window${window}`]
      : []),
    ...(ofSessions.length > 0 ? [counted(fold.judged.setUps.requests, 'session set-up')] : []),
  ];
  return [thresholds.map(measurement).join(', '), ...(rests.length > 0 ? [rests.join(', and ')] : [])].join('; ');
}

function measurement(threshold: GradedThreshold): string {
  const { row, metric, measured, limit, unit } = threshold;
  const name = `${row === null ? '' : `${row} `}${metric === 'error_rate' ? 'errors' : metric}`;
  const bound = `${boundOf(threshold)} ${formatValue(limit, unit)}`;
  if (measured === null) return `${name} falls among the failed requests (${bound})`;
  return `${name} ${formatMeasured(measured, threshold)} (${bound})`;
}

/** What is said before the limit. A strict one is named as such where the measured value equals it. */
function boundOf({ op, measured, limit }: GradedThreshold): string {
  switch (op) {
    case '>':
      return 'more than';
    case '>=':
      return 'at least';
    case '<':
      return measured === limit ? 'less than' : 'limit';
    case '<=':
      return 'limit';
  }
}

function allRequests(fold: RunFold): string {
  const all = fold.tally(null);
  const failed = all.failed.count === 0 ? 'none failed' : `${formatPercent(all.errorRate ?? 0)} failed`;
  return `${requests(all.requests)}, ${failed}`;
}

/** `no session could be set up in 42 attempts (42 http-4xx with status 401)`. */
function noneSetUp(fold: RunFold): string {
  const tally = setUps(fold);
  return `no session could be set up in ${counted(tally.requests, 'attempt')} (${commonKinds(tally)})`;
}

function commonKinds({ failures }: Tally): string {
  const ranked = [...failures].sort(([, , a], [, , b]) => b - a);
  const named = ranked.slice(0, 3).map(([kind, status, count]) => {
    const name = status === 0 ? kind : `${kind} with status ${status}`;
    return `${formatCount(count)} ${name}`;
  });
  return named.join(', ') + (ranked.length > named.length ? ', and others' : '');
}

const noneSucceeded = (count: number): string =>
  count === 1 ? 'the only request failed' : `none of ${requests(count)} succeeded`;
const requests = (count: number): string => counted(count, 'request');
const span = (length: number): string => formatDuration(seconds(length));

/** How far the run came: `41s of 1m`, or `12s` past the planned end. */
function progress({ seconds: told, header }: RunFold): string {
  return told >= header.profile.seconds ? span(told) : `${span(told)} of ${span(header.profile.seconds)}`;
}
