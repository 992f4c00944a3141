import { formatByteSize } from '../../core/byte-size.ts';
import { formatMillis, formatPercent } from '../../core/format.ts';
import type { Span } from '../../record/series.ts';
import type { Trend } from '../../statistics/robust-trend.ts';
import type { Finding, FindingNumber } from '../finding.ts';
import { inBrackets, spanInBrackets, spanWords } from '../in-brackets.ts';
import type { DriftQuestion } from './drift-question.ts';
import type { TrendShape } from './trend-shape.ts';

/** What surely changes, and how. */
export interface Drifted {
  readonly question: DriftQuestion;
  readonly trend: Trend;
  readonly shape: TrendShape;
}

/** What was not shown to change. */
export interface Held {
  readonly question: DriftQuestion;
  readonly trend: Trend;
  /** The smallest slope that would have been shown, per second. */
  readonly detectable: number;
}

/** What changes by one id; the first leads. */
export function driftFinding(drifted: readonly Drifted[], window: Span): Finding {
  const [lead, ...others] = drifted;
  if (!lead) throw new RangeError('there is nothing that drifts');
  const crossing = crossingOf(lead, window);
  const sentence = sentenceOf(lead, others, window, crossing);
  return {
    id: lead.question.id,
    kind: 'drift',
    outcome: 'shown',
    // p95 and the names of monitors are written as they are.
    sentence: sentence.replace(/^(?:errors|server) /, (word) => word.charAt(0).toUpperCase() + word.slice(1)),
    ...causeOf(lead),
    numbers: [...drifted.flatMap((each) => numbersOf(each)), ...(crossing === null ? [] : [crossing])],
    seconds: [window],
  };
}

/** All that was looked at and not found to change, in one finding. */
export function noDriftFinding(held: readonly Held[], window: Span, others: boolean): Finding {
  const bounds = held.map(({ question, trend }, i) => {
    const most = Math.max(Math.abs(trend.low), Math.abs(trend.high)) * (window.end - window.start);
    const value = valueText(question, trend.centre.value);
    return `${question.name} of ${value} ${i === 0 ? 'changed ' : ''}by less than ${changeText(question, most)}`;
  });
  return {
    id: 'drift',
    kind: 'drift',
    outcome: 'not-shown',
    sentence: `No ${others ? 'other ' : ''}drift shown over ${lengthOf(window)}, in which ${bounds.join(', ')}.`,
    cause: null,
    remedy: null,
    numbers: heldNumbers(held),
    seconds: [window],
  };
}

/** What swings so widely that a drift as large as itself would not have been shown. */
export function unsteadyFinding(unsteady: readonly Held[], window: Span): Finding {
  const swings = unsteady.map(({ question }, i) => {
    const values = question.values.map(({ value }) => value);
    const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => valueText(question, value));
    return `${question.name} ${i === 0 ? 'swings ' : ''}between ${least} and ${most}`;
  });
  const names = unsteady.map(({ question }) => question.name);
  const what = names.length === 1 ? `${names[0]} drifts` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} drift`;
  return {
    id: 'drift',
    kind: 'drift',
    outcome: 'undecided',
    sentence: `Whether ${what} cannot be told over ${lengthOf(window)}: ${swings.join(', ')}.`,
    cause: null,
    remedy: 'A load below the capacity of the server, which swings less (sqload capacity finds it), or a longer run.',
    numbers: heldNumbers(unsteady),
    seconds: [window],
  };
}

const heldNumbers = (held: readonly Held[]): FindingNumber[] =>
  held.flatMap(({ question, trend, detectable }) => [
    slopeNumber(question, trend),
    {
      name: `${keyOf(question)}_detectable`,
      unit: rateUnit(question),
      value: detectable * perOf(question),
      low: null,
      high: null,
    },
  ]);

function sentenceOf(lead: Drifted, others: readonly Drifted[], window: Span, crossing: FindingNumber | null): string {
  const { question, trend, shape } = lead;
  const { name, measure } = question;
  const up = trend.slope > 0;
  const amount = (value: number): string => valueText(question, value);
  const span = lengthOf(window);
  const ends = { from: amount(at(trend, window.start)), to: amount(at(trend, window.end)) };
  if (shape.kind === 'settled')
    return `${name} ${past(measure, up)} by ${amount(Math.abs(shape.to - shape.from))}, from ${amount(shape.from)} to ${amount(shape.to)}, and levelled off.`;
  if (shape.kind === 'slowing')
    return `${name} ${past(measure, up)} from ${amount(shape.from)} to ${amount(shape.to)} over ${span}, more slowly towards the end: whether it levels off takes a longer run to tell.`;
  const beside = others.map((other) => `, and ${other.question.name} ${bracketed(other.question, other.trend)}`);
  const leaks = measure === 'memory' && up;
  const goesOn = leaks && shape.kind === 'steady';
  const rises = `${name} ${present(question, up)} ${bracketed(question, trend)}${goesOn ? ' without levelling off' : ''}`;
  const what = `${rises}, from ${ends.from} to ${ends.to} over ${span}${beside.join('')}`;
  const then = [
    ...(goesOn ? ['a leak is likely'] : []),
    ...(leaks && !goesOn ? ['whether it levels off takes a longer run to tell'] : []),
    ...(crossing === null ? [] : [crossingText(question, crossing)]),
  ];
  return `${what}${then.length > 0 ? `: ${then.join('; ')}` : ''}.`;
}

function causeOf({ question, trend, shape }: Drifted): Pick<Finding, 'cause' | 'remedy'> {
  if (question.measure !== 'memory' || trend.slope < 0) return { cause: null, remedy: null };
  if (shape.kind === 'settled')
    return { cause: 'A cache that filled, or a heap that grew to its working size.', remedy: null };
  return {
    cause: 'Something is kept for each request, conversation or connection and never let go.',
    remedy: 'Take two heap snapshots some minutes apart under load, and look at what there is more of in the second.',
  };
}

/** Beyond so many lengths of the window a line is not drawn on. */
const farthest = 10;

/** When the limit of a threshold is crossed if it goes on like this, in seconds from the end of the window; null where that cannot be said. */
function crossingOf({ question: { limit, name }, trend, shape }: Drifted, window: Span): FindingNumber | null {
  if (limit === null || trend.slope <= 0 || shape.kind === 'settled' || shape.kind === 'slowing') return null;
  const far = farthest * (window.end - window.start);
  const after = (slope: number): number => trend.centre.at + (limit.value - trend.centre.value) / slope - window.end;
  const value = after(trend.slope);
  if (at(trend, window.end) >= limit.value || value > far) return null;
  const latest = trend.low > 0 ? after(trend.low) : Number.POSITIVE_INFINITY;
  return {
    name: `${keyOf({ name })}_crosses`,
    unit: 's',
    value,
    low: Math.max(0, after(trend.high)),
    high: latest > farthest * far ? null : latest,
  };
}

function crossingText({ name, limit }: DriftQuestion, { value, low, high }: FindingNumber): string {
  const round = (length: number | null): number => Math.max(10, Math.round((length ?? 0) / 10) * 10);
  const after = spanInBrackets({ value: round(value), low: round(low), high: high === null ? null : round(high) });
  return `at this rate ${name} crosses its limit of ${limit?.text ?? ''} after another ${after}`;
}

const at = ({ centre, slope }: Trend, second: number): number =>
  Math.max(0, centre.value + slope * (second - centre.at));

const numbersOf = ({ question, trend, shape }: Drifted): FindingNumber[] => [
  slopeNumber(question, trend),
  {
    name: `${keyOf(question)}_change`,
    unit: question.unit,
    value: shape.to - shape.from,
    low: null,
    high: null,
  },
];

const slopeNumber = (question: DriftQuestion, { slope, low, high }: Trend): FindingNumber => {
  const per = perOf(question);
  return {
    name: `${keyOf(question)}_slope`,
    unit: rateUnit(question),
    value: slope * per,
    low: low * per,
    high: high * per,
  };
};

const keyOf = ({ name }: Pick<DriftQuestion, 'name'>): string => name.toLowerCase().replaceAll(' ', '_');
const rateUnit = ({ unit }: DriftQuestion): string =>
  unit === 'bytes' ? 'bytes/min' : `${unit === 'ms' ? 'ms' : 'percentage points'} per 10 min`;
/** Memory is told by the minute, all else by ten. */
const perOf = ({ unit }: DriftQuestion): number => (unit === 'bytes' ? 60 : 600);

/** `14 ms per 10 minutes (9–19)`, downwards as well: the verb says where to. */
function bracketed(question: DriftQuestion, { slope, low, high }: Trend): string {
  const sign = Math.sign(slope);
  const per = perOf(question);
  const [least, most] = sign < 0 ? [-high, -low] : [low, high];
  return inBrackets(
    { value: sign * slope * per, low: least * per, high: most * per },
    rateFormat(question, Math.abs(slope) * per),
  );
}

/** `6 ms`, `0.4 percentage points`: the size of a change. */
const changeText = (question: DriftQuestion, change: number): string =>
  question.unit === '%' ? `${Number(change.toPrecision(2))} percentage points` : valueText(question, change);

function rateFormat({ unit }: DriftQuestion, value: number): { readonly factor: number; readonly suffix: string } {
  if (unit === 'ms') return { factor: 1, suffix: ' ms per 10 minutes' };
  if (unit === '%') return { factor: 1, suffix: ' percentage points per 10 minutes' };
  return value < 1e5 ? { factor: 1e3, suffix: ' kB/min' } : { factor: 1e6, suffix: ' MB/min' };
}

function valueText({ unit }: DriftQuestion, value: number): string {
  switch (unit) {
    case 'ms':
      return formatMillis(value);
    case '%':
      return formatPercent(value / 100);
    case 'bytes':
      return formatByteSize(value);
  }
}

const present = ({ measure }: DriftQuestion, up: boolean): string => {
  if (measure === 'errors') return up ? 'rise' : 'fall';
  if (measure === 'memory') return up ? 'grows' : 'shrinks';
  return up ? 'rises' : 'falls';
};

const past = (measure: DriftQuestion['measure'], up: boolean): string => {
  if (measure === 'memory') return up ? 'grew' : 'shrank';
  return up ? 'rose' : 'fell';
};

const lengthOf = ({ start, end }: Span): string => spanWords(end - start);
