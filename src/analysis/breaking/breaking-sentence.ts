import { formatCount, formatMillis, formatPercent } from '../../core/format.ts';
import type { Span } from '../../record/series.ts';
import { isOfHooks } from '../../verdict/custom-metric.ts';
import { isOccasional } from '../../verdict/load-limits.ts';
import type { Threshold } from '../../verdict/threshold.ts';
import type { Finding, FindingNumber } from '../finding.ts';
import type { HeldAndBroken } from './held-and-broken.ts';
import type { LoadCourse } from './load-course.ts';

/** A load, in users or conversations per second, and the requests per second that it comes to. */
export interface Reached {
  readonly load: number;
  readonly rate: number;
}

/** What every sentence about a climb speaks of. */
export interface ClimbPlace {
  readonly kind: LoadCourse['kind'];
  /** The highest load at which every threshold surely held; 0: none. */
  readonly held: Reached;
  /** The highest load of the run. */
  readonly top: Reached;
  readonly seconds: readonly Span[];
  /** Whether it climbed in steps past the scenario, with --until-broken. */
  readonly stepped: boolean;
  /** Limits on what too little was measured of to tell by load, as they were written. */
  readonly apart: readonly string[];
  /** Those of them that the run as a whole broke. */
  readonly failedApart: readonly HeldAndBroken[];
}

type Told = Pick<Finding, 'outcome' | 'sentence' | 'remedy' | 'numbers'>;

const slower =
  'A slower climb (--climb), or a search that measures each load by itself (sqload capacity): held and broken then lie closer together.';
/** From this ratio of its ends on, an interval of load is a wide one. */
const wide = 1.3;

export function brokenFrom(
  place: ClimbPlace,
  { threshold, fromTheStart }: Pick<HeldAndBroken, 'threshold' | 'fromTheStart'>,
  broken: Reached,
): Finding {
  const { held, kind } = place;
  const what = thresholdWords(threshold);
  const numbers = [...reachedNumbers(place, 'broken', broken), breakingNumber(place, broken)];
  const remedy = broken.load > wide * held.load && !fromTheStart ? slower : null;
  if (fromTheStart) {
    const sentence = `Broken from the start: ${what} did not hold at ${inLoad(broken, kind, 'up')}, the lowest load that could be judged.`;
    return finding(place, { outcome: 'shown', sentence, remedy, numbers });
  }
  const from = `from ${inLoad(broken, kind, 'up')} on, ${what} did not hold`;
  const sentence =
    held.load > 0
      ? `All ${place.failedApart.length > 0 ? 'other ' : ''}thresholds held up to ${inLoad(held, kind, 'down')}; ${from}.`
      : `${capital(from)}. Up to which load all of them held, this climb was too fast to tell.`;
  return finding(place, { outcome: 'shown', sentence, remedy, numbers });
}

/** Broken at a low load and held at a higher one. */
export function heldOnAgain(place: ClimbPlace, { threshold }: HeldAndBroken, broken: Reached): Finding {
  const sentence = `At ${inLoad(broken, place.kind, 'up')}, ${thresholdWords(threshold)} did not hold, but under more load it held again: it was not the load that broke it.`;
  return finding(place, { outcome: 'undecided', sentence, remedy: null, numbers: [] });
}

/** The run as a whole broke a limit, and no level of load had enough to show where. */
export function failedSomewhere(place: ClimbPlace, failed: readonly HeldAndBroken[]): Finding {
  const names = listed(failed.map(({ threshold }) => thresholdWords(threshold)));
  const others =
    place.held.load > 0 ? `; all other thresholds held up to ${inLoad(place.held, place.kind, 'down')}` : '';
  const sentence = `The run broke ${names}, but from which load on cannot be told${others}.`;
  return finding(place, { outcome: 'undecided', sentence, remedy: remedyFor(place, failed), numbers: [] });
}

/** More of what there was too little of. */
const remedyFor = ({ stepped }: ClimbPlace, open: readonly HeldAndBroken[]): string => {
  if (open.every(({ threshold }) => isOfHooks(threshold))) return 'A hook that measures more often.';
  if (open.every(({ threshold }) => isOccasional(threshold))) return 'More users, each of whom sets a session up.';
  return stepped ? 'A search that measures each load by itself (sqload capacity).' : slower;
};

export function allHeld(place: ClimbPlace, each: readonly HeldAndBroken[]): Finding {
  const names = listed(each.map(({ threshold }) => thresholdWords(threshold)));
  const sentence = `Nothing broke up to ${inLoad(place.top, place.kind, 'down')}: ${names} held at every load, and the breaking point lies above.`;
  const remedy = place.stepped
    ? 'A higher --max-users.'
    : 'More users, or --until-broken, which adds users in steps until a threshold breaks.';
  // What surely held is less by the waves that a longer stand would have shown; it bounds no breaking point here.
  const told = { ...place, held: { load: 0, rate: 0 } };
  return finding(told, { outcome: 'not-shown', sentence, remedy, numbers: [] });
}

/** Nothing broke, but not everything was shown to hold at the top. */
export function heldSoFar(place: ClimbPlace, open: readonly HeldAndBroken[]): Finding {
  const names = listed(open.map(({ threshold }) => thresholdWords(threshold)));
  const sentence = `All thresholds held up to ${inLoad(place.held, place.kind, 'down')}, and nothing was shown to break up to ${inLoad(place.top, place.kind, 'down')}; in between there was too little to be sure of ${names}.`;
  return finding(place, { outcome: 'undecided', sentence, remedy: remedyFor(place, open), numbers: [] });
}

export function tooLittle(place: ClimbPlace, open: readonly HeldAndBroken[]): Finding {
  const names = listed(open.map(({ threshold }) => thresholdWords(threshold)));
  const sentence = `Nothing was shown to break up to ${inLoad(place.top, place.kind, 'down')}, but there was too little to be sure of ${names}.`;
  return finding(place, { outcome: 'undecided', sentence, remedy: remedyFor(place, open), numbers: [] });
}

function finding(place: ClimbPlace, { numbers, sentence, ...told }: Told): Finding {
  const { held, top, seconds, apart, failedApart } = place;
  const all = [
    ...(held.load > 0 ? reachedNumbers(place, 'held', held) : []),
    ...reachedNumbers(place, 'reached', top),
    ...numbers,
  ];
  return {
    id: 'breaking-point',
    kind: 'breaking-point',
    cause: null,
    ...told,
    sentence: `${sentence}${failedText(failedApart)}${apartText(apart)}`,
    numbers: all,
    seconds,
  };
}

const failedText = (failed: readonly HeldAndBroken[]): string =>
  failed.length === 0
    ? ''
    : ` The run broke ${listed(failed.map(({ threshold }) => thresholdWords(threshold)))} too, but from which load on cannot be told.`;

const apartText = (apart: readonly string[]): string =>
  apart.length === 0 ? '' : ` Of ${listed(apart)} too little was measured to tell by load.`;

const noun = { closed: 'users', open: 'conversations' } as const;
const unit = { closed: 'users', open: 'conversations/s' } as const;

const reachedNumbers = ({ kind }: ClimbPlace, what: string, { load, rate }: Reached): FindingNumber[] => [
  { name: `${noun[kind]}_${what}`, unit: unit[kind], value: load, low: null, high: null },
  { name: `rate_${what}`, unit: 'requests/s', value: rate, low: null, high: null },
];

/** The load at which it breaks: somewhere between. */
const breakingNumber = ({ kind, held }: ClimbPlace, broken: Reached): FindingNumber => ({
  name: `breaking_${noun[kind]}`,
  unit: unit[kind],
  value: null,
  low: held.load,
  high: broken.load,
});

/** What load is counted in. */
export const unitOf = (kind: LoadCourse['kind']): string => unit[kind];
export const nounOf = (kind: LoadCourse['kind']): string => noun[kind];

/** `210 users (41 requests/s)`. */
const inLoad = ({ load, rate }: Reached, kind: LoadCourse['kind'], way: 'up' | 'down'): string =>
  `${loadWords(load, kind, way)} (${rateWords(rate)})`;

function loadWords(load: number, kind: LoadCourse['kind'], way: 'up' | 'down'): string {
  const round = way === 'up' ? Math.ceil : Math.floor;
  if (kind === 'open') return `${round(Number((load * 10).toPrecision(9))) / 10} conversations/s`;
  const users = round(Number(load.toPrecision(9)));
  return `${formatCount(users)} user${users === 1 ? '' : 's'}`;
}

export const rateWords = (rate: number): string =>
  `${rate >= 9.95 ? formatCount(rate) : Number(rate.toFixed(1))} requests/s`;

/** `p95 < 500 ms`, `follow-up p99 <= 2 s`, `errors < 1 %`. */
function thresholdWords({ row, metric, metricName, op, limit }: Threshold): string {
  const metricWords = { error_rate: 'errors', cpu: 'CPU' }[metricName] ?? metricName;
  const name = `${row === null ? '' : `${row} `}${metricWords} ${op}`;
  switch (metric.kind) {
    case 'error_rate':
    case 'cpu':
    case 'memory':
      return `${name} ${formatPercent(limit)}`;
    case 'rps':
    case 'count':
      return `${name} ${formatCount(limit)}`;
    default:
      return `${name} ${formatMillis(limit)}`;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function listed(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const last = distinct.pop() ?? '';
  return distinct.length === 0 ? last : `${distinct.join(', ')} and ${last}`;
}
