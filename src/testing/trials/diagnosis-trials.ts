import { diagnose } from '../../analysis/diagnosis/diagnose.ts';
import { millis } from '../../core/units.ts';
import { type Behaviour, Places, type PlantedServer, playAgainst, shapes } from './diagnosis-servers.ts';
import { type Goal, rarelyAlarmed, type Trial } from './trial.ts';

const seeds = 60;
const foundNearlyAlways: Goal = { kind: 'found', least: 0.95 };

/** A server with something planted: which finding must come, and which may come beside it, since it follows. */
interface PlantedCase extends PlantedServer {
  readonly name: string;
  readonly about: string;
  readonly finds: string;
  readonly beside?: readonly string[];
}

const { sustained, ramp, presetRamp, spike } = shapes;

/** A pool of connections that questions need, and health checks do not. Who finds `queue` ms of work before it is refused. */
const pool =
  (places: number, { patience = Number.POSITIVE_INFINITY, status = 503 } = {}): Behaviour =>
  () => {
    const held = new Places(places);
    return ({ now, row, usual }) => {
      if (row === 'health') return { after: usual };
      const wait = held.wait(now);
      return wait > patience ? { after: patience + 2, status } : { after: held.take(now, usual) };
    };
  };

/** Only so many requests are accepted in each second. */
const rateLimit =
  (perSecond: number): Behaviour =>
  () => {
    const taken = new Map<number, number>();
    return ({ now, usual }) => {
      const second = Math.floor(now / 1000);
      const count = (taken.get(second) ?? 0) + 1;
      taken.set(second, count);
      return count > perSecond ? { after: 1, status: 429 } : { after: usual };
    };
  };

const planted: readonly PlantedCase[] = [
  {
    name: 'cpu-saturated',
    about: 'a server of 3 places whose CPU is as busy as they are, a slow climb to 120 users, which is beyond it',
    finds: 'server-cpu-saturated',
    profile: ramp,
    server: { capacity: 3 },
    monitor: (_, ended, random) => [Math.min(0.99, (ended * 0.155 * 0.9) / 3) - 0.02 * random.next(), 0.4],
  },
  {
    name: 'memory-full',
    about: 'memory that stands at 92 to 94 % of its limit',
    finds: 'server-memory-full',
    profile: sustained,
    monitor: (_second, _ended, random) => [0.3, 0.92 + 0.02 * random.next()],
  },
  {
    name: 'pool-refuses',
    about: 'a pool of 4 connections; who would wait is refused with status 503; a slow climb to 120 users',
    finds: 'errors-begin',
    profile: ramp,
    behaves: pool(4, { patience: 0 }),
  },
  {
    name: 'pool-refuses-fast-climb',
    about: 'a pool of 8 connections that refuses with status 503, against the ramp that ships, of 2 min',
    finds: 'errors-begin',
    profile: presetRamp,
    behaves: pool(8, { patience: 0 }),
  },
  {
    name: 'pool-times-out',
    about: 'a pool of 2 connections; who waits for 2 s fails with status 500; a slow climb to 120 users',
    finds: 'errors-begin',
    beside: ['timeout-plateau', 'queueing'],
    profile: ramp,
    behaves: pool(2, { patience: 2000, status: 500 }),
  },
  {
    name: 'outage',
    about: 'a server of 60 users that is away from 1:20 to 1:45: everything fails at once',
    finds: 'outage',
    profile: sustained,
    behaves:
      () =>
      ({ now, usual }) =>
        now >= 80_000 && now < 105_000 ? { after: 2, status: 502 } : { after: usual },
  },
  {
    name: 'timeout-then-error',
    about: '1.5 % of the questions fail after 5 s, whatever the load',
    finds: 'timeout-plateau',
    profile: sustained,
    behaves:
      () =>
      ({ row, usual, random }) =>
        row !== 'health' && random.fork('lost').next() < 0.015
          ? { after: 5000 + usual * 0.1, status: 500 }
          : { after: usual },
  },
  {
    name: 'timeout-then-answer',
    about: '1.5 % of the questions are tried again after 5 s, and succeed',
    finds: 'timeout-plateau',
    profile: sustained,
    behaves:
      () =>
      ({ row, usual, random }) =>
        row !== 'health' && random.fork('lost').next() < 0.015 ? { after: 5000 + usual } : { after: usual },
  },
  {
    name: 'answers-get-lost',
    about: '1.5 % of the requests are never answered; deadline of 20 s',
    finds: 'timeout-plateau',
    profile: sustained,
    server: { faults: [{ kind: 'hang', share: 0.015, from: millis(0), to: null }] },
    timeout: millis(20_000),
  },
  {
    name: 'rate-limit',
    about: 'at most 10 requests a second, a slow climb to 120 users',
    finds: 'rate-limited',
    profile: ramp,
    behaves: rateLimit(10),
  },
  {
    name: 'one-worker',
    about: 'one worker that answers everything in turn, questions in 45 ms, a slow climb to 85 % of what it can',
    finds: 'event-loop-blocked',
    profile: ramp,
    law: { kind: 'constant', span: millis(45) },
    server: { capacity: 1 },
  },
  {
    name: 'one-worker-overloaded',
    about: 'one worker that answers everything in turn, a slow climb to twice what it can',
    finds: 'event-loop-blocked',
    profile: ramp,
    law: { kind: 'constant', span: millis(100) },
    server: { capacity: 1 },
  },
  {
    name: 'cold-start',
    about: 'three times as slow in the first 12 s',
    finds: 'cold-start',
    profile: sustained,
    behaves:
      () =>
      ({ now, usual }) => ({ after: usual * (now < 12_000 ? 3 : 1) }),
  },
  {
    name: 'history-cost',
    about: '40 ms more for each message of the history',
    finds: 'history-cost',
    profile: sustained,
    behaves:
      () =>
      ({ usual, messages }) => ({ after: usual + 40 * messages }),
  },
  {
    name: 'follow-up-cost',
    about: 'follow-ups take 1.6 times as long as initial questions, whatever their history',
    finds: 'follow-up-cost',
    profile: sustained,
    behaves:
      () =>
      ({ usual, row }) => ({ after: usual * (row === 'follow-up' ? 1.6 : 1) }),
  },
  {
    name: 'idle-timeout',
    about: 'the server closes connections after 5 s without a request',
    finds: 'stale-connections',
    profile: sustained,
    server: { idleClose: millis(5000), connectTime: millis(5) },
  },
  {
    name: 'pool-queues',
    about: 'a pool of 2 connections that questions wait for without an end, CPU at 30 %, a slow climb to 120 users',
    finds: 'queueing',
    profile: ramp,
    behaves: pool(2),
    monitor: () => [0.3, 0.4],
  },
  {
    name: 'pool-queues-fast-climb',
    about: 'a pool of 6 connections that questions wait for without an end, against the ramp that ships, of 2 min',
    finds: 'queueing',
    profile: presetRamp,
    behaves: pool(6),
  },
  {
    name: 'slow-queries',
    about: 'questions take 800 ms (p50) and 2 s (p95) at any load',
    finds: 'slow-without-load',
    profile: ramp,
    law: { kind: 'lognormal', p50: millis(800), p95: millis(2000) },
  },
];

const healthy: readonly (PlantedServer & { readonly name: string; readonly about: string })[] = [
  { name: 'sustained', about: 'a healthy server, 60 users for 3 min', profile: sustained },
  { name: 'ramp', about: 'a healthy server, a climb to 120 users', profile: ramp },
  { name: 'preset-ramp', about: 'a healthy server, the ramp that ships, of 2 min', profile: presetRamp },
  { name: 'spike', about: 'a healthy server, a spike to 160 users', profile: spike },
  {
    name: 'heavy-tail',
    about: 'a healthy server whose p95 is six times its p50, a climb to 120 users, CPU at 50 %, memory at 40 %',
    profile: ramp,
    law: { kind: 'lognormal', p50: millis(70), p95: millis(420) },
    monitor: (_second, _ended, random) => [0.4 + 0.2 * random.next(), 0.4],
  },
  {
    name: 'steady-errors',
    about: '1 % of the requests fail at any load, a climb to 120 users',
    profile: ramp,
    server: { faults: [{ kind: '500', share: 0.01, from: millis(0), to: null }] },
  },
];

/** What the last runs against planted servers showed: two trials ask about each of them. */
const shownBefore = new Map<string, Promise<readonly string[]>>();

function idsShown(name: string, server: PlantedServer, seed: string): Promise<readonly string[]> {
  const key = `${name} ${seed}`;
  const before = shownBefore.get(key) ?? playAgainst(server, seed).then((run) => diagnose(run).map(({ id }) => id));
  shownBefore.set(key, before);
  return before;
}

const found = ({ name, about, finds, beside: _, ...server }: PlantedCase): Trial => ({
  id: `diagnosis/found/${name}`,
  about: `${about}: ${finds} is found`,
  goal: foundNearlyAlways,
  seeds,
  play: async (seed) => ((await idsShown(name, server, seed)).includes(finds) ? 'yes' : 'no'),
});

const beside = ({ name, about, finds, beside: follows = [], ...server }: PlantedCase): Trial => ({
  id: `diagnosis/beside/${name}`,
  about: `${about}: anything but ${[finds, ...follows].join(', ')} is claimed`,
  goal: rarelyAlarmed,
  seeds,
  play: async (seed) =>
    (await idsShown(name, server, seed)).some((id) => id !== finds && !follows.includes(id)) ? 'yes' : 'no',
});

/** Each cause is found where it is planted, nothing else is claimed there, and nothing at all about a healthy server. */
export const diagnosisTrials: readonly Trial[] = [
  ...planted.map(found),
  ...planted.map(beside),
  ...healthy.map(
    ({ name, about, ...server }): Trial => ({
      id: `diagnosis/healthy/${name}`,
      about: `${about}: anything is claimed`,
      goal: rarelyAlarmed,
      seeds,
      play: async (seed) => (diagnose(await playAgainst(server, seed)).length > 0 ? 'yes' : 'no'),
    }),
  ),
  {
    id: 'diagnosis/idle-timeout-is-5-s',
    about: 'the server closes connections after 5 s without a request: the interval of the timeout holds 5 s',
    goal: { kind: 'contains', least: 0.95 },
    seeds,
    async play(seed) {
      const server = { idleClose: millis(5000), connectTime: millis(5) };
      const findings = diagnose(await playAgainst({ profile: sustained, server }, seed));
      const timeout = findings.flatMap(({ numbers }) => numbers).find(({ name }) => name === 'idle_timeout');
      if (timeout === undefined || timeout.low === null || timeout.high === null) return 'none';
      return timeout.low <= 5 && timeout.high >= 5 ? 'yes' : 'no';
    },
  },
];
