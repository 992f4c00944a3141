import { breakingPoint } from '../../analysis/breaking/breaking-point.ts';
import type { Finding, FindingNumber } from '../../analysis/finding.ts';
import { millis } from '../../core/units.ts';
import { type LatencyLaw, meanLatency } from '../../mock/latency-law.ts';
import { expectedPerConversation } from '../../protocol/expected-requests.ts';
import type { LoadProfile } from '../../workload/load-profile.ts';
import { climbOf, openClimbOf, playClimb, stepsOf, thresholdsOf } from '../climb-run.ts';
import type { Plant } from '../simulated-server.ts';
import { longRun } from '../stationary-queue.ts';
import { planFor } from '../virtual-run.ts';
import { containsTruth, rarelyAlarmed, type Trial } from './trial.ts';

const uneven: LatencyLaw = { kind: 'lognormal', p50: millis(120), p95: millis(300) };
const even: LatencyLaw = { kind: 'constant', span: millis(100) };
/** What queueing breaks: so many ms are the limit of the slowest 5 %, or of the mean. */
interface Limit {
  readonly of: 'p95' | 'avg';
  readonly ms: number;
}
const p95: Limit = { of: 'p95', ms: 800 };
const average: Limit = { of: 'avg', ms: 300 };

/** A climb against a server of so many places (null: as many as it takes). */
interface Climb {
  readonly about: string;
  readonly profile: LoadProfile;
  readonly capacity: number | null;
  readonly latency: LatencyLaw;
  readonly plant?: Plant;
}

const climbs = {
  fast: { about: '150 users at 5/s, then a hold of 2 min', profile: climbOf(150, 5, 150) },
  slow: { about: '150 users at 0.4/s, then a hold of 25 s', profile: climbOf(150, 0.4, 400) },
  steps: { about: '150 users in steps of 15 and 40 s', profile: stepsOf(150, 15, 40) },
  open: { about: '0 to 12 conversations/s in 4 min, then a hold of 20 s', profile: openClimbOf(12, 240, 20) },
};

async function findingsOf(climb: Climb, seed: string, { of, ms }: Limit = p95): Promise<readonly Finding[]> {
  const { profile, capacity, latency, plant } = climb;
  const thresholds = thresholdsOf(`${of}<${ms}ms`, 'error_rate<1%');
  const server = { latency, capacity, ...(plant === undefined ? {} : { plant }) };
  const mix = profile.arrivals === null ? {} : { mix: openMix };
  return breakingPoint(await playClimb({ profile, seed, server, ...mix }), thresholds);
}

function numberOf(findings: readonly Finding[], name: string): FindingNumber | undefined {
  return findings.flatMap(({ numbers }) => numbers).find((number) => number.name === name);
}

/** none: there was no such number. */
function holds(truth: number, number: FindingNumber | undefined): 'yes' | 'no' | 'none' {
  if (!number) return 'none';
  return (number.low ?? 0) <= truth && truth <= (number.high ?? Number.POSITIVE_INFINITY) ? 'yes' : 'no';
}

/** Health checks take a tenth of the time of a question. */
const lightShareOf = ({ profile }: Pick<Climb, 'profile'>): number => (profile.arrivals === null ? 1 / 9 : 0);

/**
 * Open load comes without health checks here: while arrivals pile up the server sees more first questions and fewer health checks than in
 * the long run, so that with them its capacity would depend on the queue, and the truth would not be one number.
 */
const openMix = { health: 0, initial: 3, 'follow-up': 5, automatic: 0 };

const conversationOf = ({ profile }: Pick<Climb, 'profile'>): number => {
  const { corpus, history } = planFor(profile).flow;
  const rows = expectedPerConversation({ corpus, history, mix: openMix });
  return Object.values(rows).reduce((sum, each) => sum + each, 0);
};

/** Requests per second that the places can answer. */
const rateOf = (climb: Climb): number =>
  (1000 * (climb.capacity ?? 0)) / (meanLatency(climb.latency) * (1 - 0.9 * lightShareOf(climb)));

function kneeTrial(name: string, climb: Climb): Trial {
  return {
    id: `breaking/knee-${name}`,
    about: `${climb.about}, ${climb.capacity} places, ${rateOf(climb).toFixed(1)} requests/s at most: the interval of the knee holds it`,
    goal: containsTruth,
    seeds: 100,
    play: async (seed) => holds(rateOf(climb), numberOf(await findingsOf(climb, seed), 'capacity')),
  };
}

/** The load at which 5 % of the requests take longer than the limit in the long run, or their mean does. Found once, then remembered. */
function longRunBreak(climb: Climb, { of, ms }: Limit): () => number {
  let known: number | null = null;
  const { profile, capacity, latency } = climb;
  const open = profile.arrivals !== null;
  const top = open ? rateOf(climb) : profile.peak;
  const truth = { places: capacity ?? 0, latency, lightShare: lightShareOf(climb) };
  return () => {
    if (known !== null) return known;
    let [low, high] = [0, top];
    for (let i = 0; i < 8; i++) {
      const middle = (low + high) / 2;
      const load = open ? { rate: middle } : { users: Math.round(middle) };
      const { above, mean } = longRun(ms, load, truth);
      if (of === 'p95' ? above < 0.05 : mean < ms) low = middle;
      else high = middle;
    }
    known = open ? (low + high) / 2 / conversationOf(climb) : (low + high) / 2;
    return known;
  };
}

/** What breaks, at which load, and by which limit. */
interface Break {
  readonly what: string;
  readonly truth: () => number;
  readonly limit: Limit;
}

function breakTrial(name: string, climb: Climb, { what, truth, limit }: Break): Trial {
  const noun = climb.profile.arrivals === null ? 'users' : 'conversations';
  return {
    id: `breaking/point-${name}`,
    about: `${climb.about}, ${what}: the interval of the breaking point holds it`,
    goal: containsTruth,
    seeds: 100,
    play: async (seed) => holds(truth(), numberOf(await findingsOf(climb, seed, limit), `breaking_${noun}`)),
  };
}

const byQueueing = (climb: Climb, limit: Limit): Break => ({
  what: `${limit.of} < ${limit.ms} ms breaks by queueing`,
  truth: longRunBreak(climb, limit),
  limit,
});

function spareTrial(name: string, climb: Climb): Trial {
  return {
    id: `breaking/spare-${name}`,
    about: `${climb.about}, a server with capacity to spare: a breaking point or a knee is found`,
    goal: rarelyAlarmed,
    seeds: 100,
    play: async (seed) => ((await findingsOf(climb, seed)).some(({ outcome }) => outcome === 'shown') ? 'yes' : 'no'),
  };
}

/** From so many users on this share of the requests fails. */
const failFrom = (users: number, share: number): Plant => {
  let there = 0;
  return (user, step) => {
    there = Math.max(there, user + 1);
    // A golden-ratio sequence spreads the failures evenly over users and steps.
    const fails = there > users && (user * 0.6180339887 + step * 0.7548776662) % 1 < share;
    return fails ? { kind: 'answered', after: millis(5), status: 503, body: '{"detail":"no connection left"}' } : null;
  };
};

const queueing = (climb: (typeof climbs)[keyof typeof climbs], latency: LatencyLaw, capacity: number): Climb => ({
  ...climb,
  latency,
  capacity,
});

const kneeTrials = [
  kneeTrial('fast-climb', queueing(climbs.fast, uneven, 3)),
  kneeTrial('slow-climb', queueing(climbs.slow, uneven, 3)),
  kneeTrial('steps', queueing(climbs.steps, even, 2)),
  kneeTrial('open', queueing(climbs.open, uneven, 3)),
];

const queueingTrial = (name: string, climb: Climb, limit: Limit): Trial =>
  breakTrial(name, climb, byQueueing(climb, limit));

const pointTrials = [
  ...(['fast', 'slow', 'open'] as const).map((name) =>
    queueingTrial(`${name}-climb`, queueing(climbs[name], uneven, 3), p95),
  ),
  queueingTrial('steps', queueing(climbs.steps, even, 2), p95),
  ...(['fast', 'slow'] as const).map((name) =>
    queueingTrial(`avg-${name}-climb`, queueing(climbs[name], uneven, 3), average),
  ),
  queueingTrial('avg-steps', queueing(climbs.steps, even, 2), average),
];

/** The plant counts users of one run, so that each run has one of its own. */
function faultTrial(name: string, climb: Omit<Climb, 'plant'>, users: number, share: number): Trial {
  const what = `${100 * share} % of the requests fail from ${users} users on`;
  const trial = breakTrial(name, climb, { what, truth: () => users, limit: p95 });
  return {
    ...trial,
    play: async (seed) => {
      const findings = await findingsOf({ ...climb, plant: failFrom(users, share) }, seed);
      return holds(users, numberOf(findings, 'breaking_users'));
    },
  };
}

const spare = { latency: uneven, capacity: null };

/** Loads that climb: where the server breaks, where its throughput stops following, and nothing where there is nothing. */
export const breakingTrials: readonly Trial[] = [
  ...kneeTrials,
  ...pointTrials,
  faultTrial('errors-fast', { ...climbs.fast, ...spare }, 100, 0.05),
  faultTrial('errors-slow', { ...climbs.slow, ...spare }, 100, 0.05),
  ...(['fast', 'slow', 'steps', 'open'] as const).map((name) => spareTrial(name, { ...climbs[name], ...spare })),
];
