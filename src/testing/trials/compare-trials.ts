import type { ComparedMetric, Comparison } from '../../compare/comparison.ts';
import type { Random } from '../../core/random.ts';
import { type Millis, millis, seconds } from '../../core/units.ts';
import { parseFault } from '../../mock/fault.ts';
import type { LatencyLaw } from '../../mock/latency-law.ts';
import { aggregatedOf, comparePair, type PairLoad, type PairServer, verdictsOf } from './compared-pair.ts';
import { containsTruth, foundMostly, rarelyAlarmed, type Trial } from './trial.ts';

const tenMinutes: PairLoad = { users: 100, runTime: seconds(600) };
const twoMinutes: PairLoad = { users: 30, runTime: seconds(120) };

const law = (factor: number): LatencyLaw => ({
  kind: 'lognormal',
  p50: millis(120 * factor),
  p95: millis(350 * factor),
});
const steady: PairServer = { latency: law(1) };
const slower: PairServer = { latency: law(1.1) };

/** Slow memory: an AR(1) course of the logarithm of speed, a new value each second, that forgets within about 10 s. */
const wandering = (random: Random): ((elapsed: Millis) => number) => {
  const course: number[] = [];
  let at = 0;
  const [keep, spread] = [0.9, 0.15];
  for (let second = 0; second < 700; second++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    at = second === 0 ? spread * normal : keep * at + Math.sqrt(1 - keep ** 2) * spread * normal;
    course.push(Math.exp(at));
  }
  return (elapsed) => course[Math.floor(elapsed / 1000)] ?? 1;
};

/** Twice as slow for 3 s every 40 s, from a moment that differs from run to run, as a collector of garbage does. */
const spells = (random: Random): ((elapsed: Millis) => number) => {
  const offset = random.next() * 40_000;
  return (elapsed) => ((elapsed + offset) % 40_000 < 3000 ? 2 : 1);
};

const queueing: PairServer = { latency: law(1), capacity: 5 };

interface Pair {
  readonly baseline: PairServer;
  readonly candidate: PairServer;
  readonly load: PairLoad;
  readonly runs?: number;
  readonly candidateRuns?: number;
}

const cases: Readonly<Record<string, { readonly pair: Pair; readonly about: string }>> = {
  steady: {
    pair: { baseline: steady, candidate: steady, load: tenMinutes },
    about: 'two runs of 10 min, 100 users, the same server',
  },
  wandering: {
    pair: { baseline: { ...steady, pace: wandering }, candidate: { ...steady, pace: wandering }, load: tenMinutes },
    about: 'the same, on a server whose speed wanders by 15 % and forgets within 10 s',
  },
  spells: {
    pair: { baseline: { ...steady, pace: spells }, candidate: { ...steady, pace: spells }, load: tenMinutes },
    about: 'the same, on a server that is twice as slow for 3 s every 40 s',
  },
  queueing: {
    pair: { baseline: queueing, candidate: queueing, load: tenMinutes },
    about: 'the same, on a server of 5 places whose queue comes and goes',
  },
};

const failing = (share: number): PairServer => ({ ...steady, faults: [parseFault(`500:${share * 100}%`)] });

/** Whether any verdict of the family says that something differs. */
const alarmed = (family: ComparedMetric['family']) => (comparison: Comparison) => {
  const verdicts = verdictsOf(comparison, family);
  if (verdicts.every((verdict) => verdict === 'too little data')) return 'none';
  return verdicts.some((verdict) => verdict === 'better' || verdict === 'worse') ? 'yes' : 'no';
};

const found = (metric: 'p95' | 'error_rate') => (comparison: Comparison) => {
  const { verdict } = aggregatedOf(comparison, metric);
  return verdict === 'too little data' ? 'none' : verdict === 'worse' ? 'yes' : 'no';
};

const holds = (metric: 'p95' | 'error_rate', truth: (found: ComparedMetric) => boolean) => (comparison: Comparison) => {
  const found = aggregatedOf(comparison, metric);
  return found.interval === null ? 'none' : truth(found) ? 'yes' : 'no';
};

const within = (interval: ComparedMetric['interval'], value: number): boolean =>
  interval !== null && interval.low <= value && value <= interval.high;

/** A pair is played once for all that is asked of it: trials of one pair and seed follow each other. */
const played = new Map<string, Promise<Comparison>>();
function play(id: string, pair: Pair, seed: string): Promise<Comparison> {
  const key = `${id} ${seed}`;
  const known = played.get(key);
  if (known !== undefined) return known;
  const comparison = comparePair(`${id} ${seed}`, pair);
  played.set(key, comparison);
  return comparison;
}

const holdsTenPercent = holds('p95', ({ relativeInterval }) => within(relativeInterval, 0.1));

type Answer = Awaited<ReturnType<Trial['play']>>;

const asked = (
  id: string,
  about: string,
  pair: Pair,
  goal: Trial['goal'],
  answer: (comparison: Comparison) => Answer,
  pairId = id,
): Trial => ({
  id: `compare/${id}`,
  about,
  goal,
  seeds: 100,
  play: async (seed) => answer(await play(pairId, pair, seed)),
});

const planted: Pair = { baseline: steady, candidate: slower, load: tenMinutes };
const wanderingSlower: Pair = {
  baseline: { ...steady, pace: wandering },
  candidate: { ...slower, pace: wandering },
  load: tenMinutes,
};
const moreErrors: Pair = { baseline: failing(0.005), candidate: failing(0.015), load: tenMinutes };
const firstErrors: Pair = { baseline: steady, candidate: failing(0.005), load: tenMinutes };
const sameErrors: Pair = { baseline: failing(0.005), candidate: failing(0.005), load: tenMinutes };
const fiveRuns: Pair = { baseline: steady, candidate: steady, load: twoMinutes, runs: 5 };
const fiveSlower: Pair = { ...fiveRuns, candidate: { latency: law(1.25) } };
const rarely = failing(0.0005);
const fiveToOne: Pair = { baseline: rarely, candidate: rarely, load: twoMinutes, runs: 5, candidateRuns: 1 };
const fourToOneSlower: Pair = {
  baseline: steady,
  candidate: { latency: law(1.6) },
  load: twoMinutes,
  runs: 4,
  candidateRuns: 1,
};

/** `compare`: how often it calls two runs of one server different, and how often it finds what was planted. */
export const compareTrials: readonly Trial[] = [
  ...Object.entries(cases).flatMap(([name, { pair, about }]) => alike(`aa-${name}`, about, pair)),
  ...alike('aa-failing', 'the same, on a server that fails 0.5 % of the requests', sameErrors),
  asked('p95-shift', 'all response times 10 % longer: p95 is worse', planted, foundMostly, found('p95')),
  asked(
    'p95-shift-interval',
    'the same: the interval of the shift in p95 holds 10 %',
    planted,
    containsTruth,
    holdsTenPercent,
    'p95-shift',
  ),
  asked(
    'p95-shift-wandering-interval',
    'all response times 10 % longer on the server whose speed wanders: the interval holds 10 %',
    wanderingSlower,
    containsTruth,
    holdsTenPercent,
    'p95-shift-wandering',
  ),
  asked(
    'error-shift',
    'errors go from 0.5 % to 1.5 %: the error rate is worse',
    moreErrors,
    foundMostly,
    found('error_rate'),
  ),
  asked(
    'error-shift-interval',
    'the same: the interval holds 1 percentage point',
    moreErrors,
    containsTruth,
    holds('error_rate', ({ interval }) => within(interval, 0.01)),
    'error-shift',
  ),
  asked(
    'first-errors',
    'errors go from none to 0.5 %: the error rate is worse',
    firstErrors,
    foundMostly,
    found('error_rate'),
  ),
  asked(
    'runs-aa',
    'five runs a side of 2 min, 30 users, the same server: the primary family',
    fiveRuns,
    rarelyAlarmed,
    alarmed('primary'),
  ),
  asked(
    'runs-shift',
    'five runs a side, all response times 25 % longer: p95 is worse',
    fiveSlower,
    foundMostly,
    found('p95'),
  ),
  asked(
    'runs-shift-interval',
    'the same: the interval of the shift in p95 holds 25 %',
    fiveSlower,
    containsTruth,
    holds('p95', ({ relativeInterval }) => within(relativeInterval, 0.25)),
    'runs-shift',
  ),
  asked(
    'runs-one-aa',
    'five runs against one, of 2 min, 30 users, the same server, which fails 0.05 % of the requests: the primary family',
    fiveToOne,
    rarelyAlarmed,
    alarmed('primary'),
  ),
  asked(
    'runs-one-aa-interval',
    'the same: the interval of the difference in errors holds 0',
    fiveToOne,
    containsTruth,
    holds('error_rate', ({ interval }) => within(interval, 0)),
    'runs-one-aa',
  ),
  asked(
    'runs-one-shift',
    'four runs against one whose response times are all 60 % longer: p95 is worse',
    fourToOneSlower,
    foundMostly,
    found('p95'),
  ),
  asked(
    'runs-one-shift-interval',
    'the same: the interval of the shift in p95 holds 60 %',
    fourToOneSlower,
    containsTruth,
    holds('p95', ({ relativeInterval }) => within(relativeInterval, 0.6)),
    'runs-one-shift',
  ),
];

function alike(id: string, about: string, pair: Pair): Trial[] {
  return [
    asked(
      id,
      `${about}: p95, error rate or throughput of all rows is called better or worse`,
      pair,
      rarelyAlarmed,
      alarmed('primary'),
    ),
    asked(
      `${id}-secondary`,
      `${about}: any other metric, row by row too, is called better or worse`,
      pair,
      rarelyAlarmed,
      alarmed('secondary'),
      id,
    ),
    asked(
      `${id}-interval`,
      `${about}: the interval of the difference in p95 holds 0`,
      pair,
      containsTruth,
      holds('p95', ({ interval }) => within(interval, 0)),
      id,
    ),
  ];
}
