import { clockTime } from '../../core/clock-time.ts';
import { formatCount, formatMillis, formatPercent } from '../../core/format.ts';
import type { Span } from '../../record/series.ts';
import { type DueRequests, failedShare, p95OfSuccesses } from '../due-seconds.ts';
import type { Finding, FindingNumber } from '../finding.ts';
import { millisInBrackets, spanInBrackets, spanWords } from '../in-brackets.ts';
import type { BaselineBand } from './baseline-band.ts';
import type { RecoveryTime } from './recovery-time.ts';
import type { Surge } from './surge.ts';

/** What was seen of a surge, whatever it did. */
export interface Watched {
  readonly surge: Surge;
  readonly band: BaselineBand;
  readonly baseline: DueRequests;
  readonly inSurge: DueRequests;
}

export interface WorstMoment {
  readonly when: Span;
  readonly requests: DueRequests;
}

/** A surge that disturbed the server. */
export interface Disturbed extends Watched {
  readonly time: RecoveryTime;
  readonly worst: WorstMoment;
  /** Requests that failed from the climb until the server surely was back, or the run ended. */
  readonly lost: number;
  /** The requests of the last half minute, or since the surge where that is less. */
  readonly last: DueRequests;
}

export function undisturbedFinding(watched: Watched): Finding {
  const { surge, band, baseline, inSurge } = watched;
  const errors =
    baseline.failed + inSurge.failed === 0
      ? 'and nothing failed'
      : `errors ${formatPercent(failedShare(inSurge))} and ${formatPercent(failedShare(baseline))}`;
  return finding(watched, {
    outcome: 'not-shown',
    sentence: `The surge to ${surge.height} did not disturb the server: p95 was ${formatMillis(p95OfSuccesses(inSurge))} in it and ${millisInBrackets({ ...band, value: band.p95 })} before, ${errors}.`,
    numbers: [...numbersBefore(watched)],
  });
}

export function recoveredFinding(disturbed: Disturbed): Finding {
  const { surge, band, time, lost, last } = disturbed;
  const numbers = [
    ...numbersBefore(disturbed),
    ...numbersOfWorst(disturbed),
    numberOf(
      'recovery_time',
      's',
      time.at === null ? null : time.at - surge.surge.end,
      time.low - surge.surge.end,
      time.high === null ? null : time.high - surge.surge.end,
    ),
    numberOf('requests_lost', 'requests', lost),
  ];
  const within = `the band of the baseline (p95 up to ${formatMillis(band.edge)}; it was ${formatMillis(band.p95)} before the surge)`;
  const worst = worstText(disturbed);
  const rest = surge.after.end - surge.after.start;
  const rested = spanWords(rest);
  if (time.at !== null)
    return finding(disturbed, {
      outcome: 'shown',
      sentence: `${recoveredText(disturbed)}: p95 and errors were back in ${within}, and stayed there. ${worst}; ${lostText(lost)} until then.`,
      numbers,
    });
  if (time.disturbedToTheEnd)
    return finding(disturbed, {
      outcome: 'shown',
      sentence: `The server had not recovered when the run ended, ${rested} after the surge to ${surge.height}: ${rest < 30 ? 'since then' : 'in the last half minute'} ${stateText(last)}, outside of ${within}. ${worst}; ${lostText(lost)}.`,
      numbers,
    });
  return finding(disturbed, {
    outcome: 'undecided',
    sentence: `The surge to ${surge.height} disturbed the server, and how long after it the server recovered cannot be told: ${rested} at the low load were too short, or its requests too few. ${worst}; ${lostText(lost)}.`,
    numbers,
  });
}

/** A finding that there was too little to look at. */
export const undecidedRecovery = (
  { baseline, surge }: Surge,
  sentence: string,
  remedy: string | null = null,
): Finding => ({
  ...{ id: 'recovery', kind: 'recovery', outcome: 'undecided', sentence, cause: null, remedy, numbers: [] },
  seconds: [baseline, surge],
});

function recoveredText({ surge, time: { at, low, high } }: Disturbed): string {
  const since = (second: number | null): number => (second ?? 0) - surge.surge.end;
  const [took, least, most] = [since(at), since(low), since(high)];
  // Requests are known to be due within half a second only.
  if (took <= 1 && least <= 0)
    return `The server recovered from the surge to ${surge.height} as soon as it was over (within ${spanWords(most)})`;
  return `The server recovered ${spanInBrackets({ value: took, low: Math.max(0, least), high: most })} after the surge to ${surge.height} was over`;
}

function worstText({ worst: { when, requests } }: Disturbed): string {
  const time =
    when.end - when.start === 1
      ? `at ${clockTime(when.start)}`
      : `from ${clockTime(when.start)} to ${clockTime(when.end)}`;
  return `At worst, ${time}, ${stateText(requests)}`;
}

/** `p95 was 4.2 s and 12 % of requests failed`. */
function stateText(requests: DueRequests): string {
  if (requests.count === 0) return 'no request was due';
  if (requests.times.length === 0) return 'every request failed';
  const errors =
    requests.failed === 0 ? 'nothing failed' : `${formatPercent(failedShare(requests))} of requests failed`;
  return `p95 was ${formatMillis(p95OfSuccesses(requests))} and ${errors}`;
}

const lostText = (lost: number): string =>
  lost === 0 ? 'no request was lost' : lost === 1 ? '1 request was lost' : `${formatCount(lost)} requests were lost`;

function numbersBefore({ band, baseline, inSurge }: Watched): FindingNumber[] {
  return [
    numberOf('baseline_p95', 'ms', band.p95, band.low, band.high),
    numberOf('baseline_error_rate', '%', 100 * failedShare(baseline)),
    numberOf('band_p95', 'ms', band.edge),
    numberOf('surge_p95', 'ms', finite(p95OfSuccesses(inSurge))),
    numberOf('surge_error_rate', '%', 100 * failedShare(inSurge)),
  ];
}

const numbersOfWorst = ({ worst: { when, requests } }: Disturbed): FindingNumber[] => [
  numberOf('worst_second', 's', when.start),
  numberOf('worst_p95', 'ms', finite(p95OfSuccesses(requests))),
  numberOf('worst_error_rate', '%', 100 * failedShare(requests)),
];

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const numberOf = (
  name: string,
  unit: string,
  value: number | null,
  low: number | null = null,
  high: number | null = null,
): FindingNumber => ({ name, unit, value, low, high });

const finding = (
  { surge }: Watched,
  { outcome, sentence, numbers }: Pick<Finding, 'outcome' | 'sentence' | 'numbers'>,
): Finding => ({
  ...{ id: 'recovery', kind: 'recovery', outcome, sentence, cause: null, remedy: null, numbers },
  seconds: [surge.baseline, { start: surge.surge.start, end: surge.after.end }],
});
