import { type JudgedLoad, judgeLoad } from '../../analysis/capacity/judge-load.ts';
import { type Effort, firstUsers, planTrial, type TrialGround, trialRisk } from '../../analysis/capacity/plan-trial.ts';
import { type Capacity, searchCapacity } from '../../analysis/capacity/search-capacity.ts';
import type { Clock } from '../../core/clock.ts';
import { type Random, seededRandom } from '../../core/random.ts';
import { millis, seconds } from '../../core/units.ts';
import { drawLatency, type LatencyLaw } from '../../mock/latency-law.ts';
import { defaultCorpus } from '../../protocol/default-corpus.ts';
import type { ThresholdText } from '../../record/record.ts';
import { loadLimits } from '../../verdict/load-limits.ts';
import { trialProfile } from '../../workload/trial-profile.ts';
import { plantHeader } from '../record-builder.ts';
import type { Plant } from '../simulated-server.ts';
import { planFor, playVirtually } from '../virtual-run.ts';
import { containsTruth, type Trial } from './trial.ts';

/** A server with one queue, and how long its users think, in seconds. */
export interface Server {
  /** Requests that are served at once. */
  readonly slots: number;
  /** Requests that may wait for a slot; beyond it the server answers 503. */
  readonly waiting: number;
  readonly service: LatencyLaw;
  readonly think: { readonly min: number; readonly max: number };
}

/** A server whose capacity is known. */
export interface PlantedCapacity {
  readonly id: string;
  readonly about: string;
  readonly server: Server;
  /** The most users at which every limit holds in the long run: see `longRun`. */
  readonly truth: number;
}

const manyWait = Number.POSITIVE_INFINITY;

/** Truths by `longRun` at the loads around them, over 100 000 requests and more of each. */
export const plantedCapacities: readonly PlantedCapacity[] = [
  {
    id: 'uneven-service',
    about: '4 slots, lognormal service times, p95 breaks beyond 113 users',
    server: {
      slots: 4,
      waiting: manyWait,
      service: { kind: 'lognormal', p50: millis(120), p95: millis(350) },
      think: { min: 3, max: 7 },
    },
    truth: 113,
  },
  {
    id: 'even-service',
    about: '2 slots, 150 ms each, p95 breaks beyond 23 users',
    server: {
      slots: 2,
      waiting: manyWait,
      service: { kind: 'constant', span: millis(150) },
      think: { min: 1, max: 2 },
    },
    truth: 23,
  },
  {
    id: 'rejects',
    about: '4 slots and 4 places to wait, then 503: errors break beyond 84 users',
    server: {
      slots: 4,
      waiting: 4,
      service: { kind: 'lognormal', p50: millis(60), p95: millis(120) },
      think: { min: 1, max: 3 },
    },
    truth: 84,
  },
];

const thresholds: readonly ThresholdText[] = ['p95<500ms', 'error_rate<1%'].map((text) => ({ text, source: 'option' }));

/** Plays one load against the server, as `sqload capacity` does, and judges it. */
export async function playLoadOnce(
  server: Server,
  { users, effort, seed }: { readonly users: number; readonly effort: Effort; readonly seed: string },
): Promise<JudgedLoad> {
  const profile = trialProfile(planTrial(users, effort, groundOf(server)));
  return judged(server, profile, { seed, risk: trialRisk[effort] });
}

/** The share of requests that miss 500 ms, and of failed ones, in a very long stationary run. */
export async function longRun(
  server: Server,
  { users, hours, seed }: { readonly users: number; readonly hours: number; readonly seed: string },
): Promise<JudgedLoad> {
  const profile = trialProfile({ users, climb: 60, settle: 600, window: hours * 3600 });
  return judged(server, profile, { seed, risk: 0.05 });
}

async function judged(
  server: Server,
  profile: ReturnType<typeof trialProfile>,
  { seed, risk }: { readonly seed: string; readonly risk: number },
): Promise<JudgedLoad> {
  const flow = {
    mix: { health: 1, initial: 0, 'follow-up': 0, automatic: 0 },
    history: 'static',
    corpus: defaultCorpus,
  } as const;
  const plan = planFor(profile, { flow, think: thinkOf(server) });
  let clock: Clock | null = null;
  const { events } = await playVirtually(plan, {
    seed,
    script: (time) => {
      clock = time;
    },
    server: { plant: slots(server, () => clock?.now() ?? 0, seededRandom(`server ${seed}`)) },
  });
  return judgeLoad(
    plantHeader({ profile, thresholds, load: { ...plantHeader().load, expectedShare: [1, 0, 0] } }),
    events,
    risk,
  );
}

/** First come, first served at so many slots: the one that is free first serves the next, unless too many wait already. */
function slots({ slots: count, waiting, service }: Server, now: () => number, random: Random): Plant {
  const free = Array.from({ length: count }, () => 0);
  const starts: number[] = [];
  return () => {
    while ((starts[0] ?? Number.POSITIVE_INFINITY) <= now()) starts.shift();
    if (starts.length >= waiting) return { kind: 'answered', status: 503, body: '{}', after: millis(5) };
    const next = free.indexOf(Math.min(...free));
    const start = Math.max(now(), free[next] ?? 0);
    const done = start + drawLatency(service, random);
    free[next] = done;
    if (start > now()) starts.push(start);
    return { kind: 'answered', status: 200, body: '{"status":"ok"}', after: millis(done - now()) };
  };
}

const thinkOf = ({ think }: Server) => ({ min: seconds(think.min), max: seconds(think.max) });

function groundOf(server: Server): TrialGround {
  const { rows, load } = plantHeader();
  return {
    rows,
    load,
    think: thinkOf(server),
    limits: loadLimits(plantHeader({ thresholds })),
  };
}

/** The whole search, each trial with a seed of its own. */
export async function searchPlanted(
  server: Server,
  seed: string,
  tell: (trial: JudgedLoad & { readonly users: number }) => void = () => {},
): Promise<Capacity> {
  let trials = 0;
  return searchCapacity(
    async (users, purpose) => {
      const effort = purpose === 'look' ? 'usual' : 'longer';
      const trial = { users, ...(await playLoadOnce(server, { users, effort, seed: `${seed}/${trials++}` })) };
      tell(trial);
      return trial;
    },
    { start: firstUsers(groundOf(server), 10_000), most: 10_000, precision: 0.05 },
  );
}

/** Whether what is said of both ends is true. */
export const isTrue = ({ holds, breaks }: Capacity, truth: number): boolean =>
  (holds === null || holds <= truth) && (breaks === null || breaks > truth);

export const capacityTrials: readonly Trial[] = plantedCapacities.map(({ id, about, server, truth }) => ({
  id: `capacity/${id}`,
  about: `${about}: the highest load said to hold does, and the lowest said to break does`,
  goal: containsTruth,
  seeds: 100,
  async play(seed) {
    const answer = await searchPlanted(server, seed);
    return answer.kind === 'found' ? (isTrue(answer, truth) ? 'yes' : 'no') : 'none';
  },
}));
