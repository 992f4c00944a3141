import { breakingPoint } from '../../analysis/breaking/breaking-point.ts';
import type { Finding } from '../../analysis/finding.ts';
import { failure, success } from '../../core/failure.ts';
import { type Random, seededRandom } from '../../core/random.ts';
import { micros, millis } from '../../core/units.ts';
import { SparseHistogram } from '../../metrics/encoded-histogram.ts';
import { TallyCollector } from '../../metrics/tally.ts';
import { drawLatency } from '../../mock/latency-law.ts';
import type { RunSeries } from '../../record/series.ts';
import { parseThreshold, sessionRow } from '../../verdict/threshold.ts';
import { usersAt, usersBefore } from '../../workload/load-profile.ts';
import { climbOf, playClimb } from '../climb-run.ts';
import { plantHeader } from '../record-builder.ts';
import { wandering } from './drift-trials.ts';
import { containsTruth, foundMostly, rarelyAlarmed, type Trial } from './trial.ts';

/** What is planted beside requests that are never slow: what a hook times, and set-ups of sessions that fail. */
interface Occasional {
  /** p95 of what the hook times under so many users, ms. */
  readonly timed: (users: number) => number;
  /** The share of the set-ups that fail when there are so many users. */
  readonly failing: (users: number) => number;
}

const [users, breakAt] = [600, 300];
const perSecond = 5;
const texts = ['p95<800ms', 'custom.lookup.p95<80ms', `${sessionRow.id}.error_rate<5%`];
const thresholds = texts.map((text) => parseThreshold(text, 'option', [...plantHeader().rows, sessionRow]));

/** The climb is the same for every seed: what is planted has no part in it. */
let climb: Promise<RunSeries> | null = null;

async function findingsOf(planted: Occasional, seed: string): Promise<readonly Finding[]> {
  climb ??= playClimb({
    profile: climbOf(users, 1, users + 60),
    seed: '1',
    server: { latency: { kind: 'lognormal', p50: millis(120), p95: millis(300) }, capacity: null },
  });
  return breakingPoint(plant(await climb, planted, seed), thresholds);
}

function plant(series: RunSeries, { timed, failing }: Occasional, seed: string): RunSeries {
  const random = seededRandom(seed).fork('occasional');
  const pace = wandering(seed, 0.1, 10);
  const { profile } = series.header;
  const seconds = series.seconds.map((each) => {
    const there = usersBefore(profile, millis((each.second + 1) * 1000));
    const coming = Math.max(0, there - usersAt(profile, millis(each.second * 1000)));
    const p95 = timed(there) * pace(millis(each.second * 1000));
    return {
      ...each,
      timings: new Map([['lookup', timings(p95, random)]]),
      setUps: setUps(Math.round(coming), failing(there), random),
    };
  });
  return { ...series, seconds };
}

function timings(p95: number, random: Random) {
  const histogram = new SparseHistogram();
  for (let i = 0; i < perSecond; i++)
    histogram.record(
      micros(Math.round(1000 * drawLatency({ kind: 'lognormal', p50: millis(p95 / 2), p95: millis(p95) }, random))),
    );
  return histogram.encode();
}

function setUps(count: number, failing: number, random: Random) {
  const tally = new TallyCollector();
  for (let i = 0; i < count; i++) {
    const sent = { due: millis(0), handed: millis(0), sent: millis(0), firstByte: millis(1), firstEvent: millis(1) };
    const outcome = random.next() < failing ? failure('http-5xx', '', 503) : success;
    tally.record({ row: 0, ...sent, ended: millis(20), outcome, bytesSent: 0, bytesReceived: 0 });
  }
  return tally.encode();
}

const calm: Occasional = { timed: () => 40, failing: () => 0.005 };
const slowing: Occasional = { ...calm, timed: (there) => (80 * there) / breakAt };
const refusing: Occasional = { ...calm, failing: (there) => (there > breakAt ? 0.3 : 0.005) };

const about = `${users} users at 1/s, ${perSecond} values of a hook per second, a set-up of a session for each user`;

function pointTrials(name: string, what: string, planted: Occasional): readonly Trial[] {
  const rangeOf = async (seed: string) =>
    (await findingsOf(planted, seed))
      .flatMap(({ numbers }) => numbers)
      .find((number) => number.name === 'breaking_users');
  const base = { about: `${about}: ${what} from ${breakAt} users on`, seeds: 100 };
  return [
    {
      ...base,
      id: `breaking/point-${name}`,
      about: `${base.about}: the interval of the breaking point holds it`,
      goal: containsTruth,
      async play(seed) {
        const range = await rangeOf(seed);
        if (!range) return 'none';
        return (range.low ?? 0) <= breakAt && breakAt <= (range.high ?? 0) ? 'yes' : 'no';
      },
    },
    {
      ...base,
      id: `breaking/found-${name}`,
      about: `${base.about}: it is found`,
      goal: foundMostly,
      play: async (seed) => ((await rangeOf(seed)) ? 'yes' : 'no'),
    },
  ];
}

/** Limits on what comes when it comes: what hooks time, and set-ups of sessions. */
export const occasionalTrials: readonly Trial[] = [
  ...pointTrials('timings', 'p95 of the hook breaks its limit of 80 ms', slowing),
  ...pointTrials('set-ups', '30 % of the set-ups fail, of which 5 % may,', refusing),
  {
    id: 'breaking/spare-occasional',
    about: `${about}: p95 of the hook is half of its limit, 0.5 % of the set-ups fail of which 5 % may: a breaking point is found`,
    goal: rarelyAlarmed,
    seeds: 100,
    play: async (seed) => ((await findingsOf(calm, seed)).some(({ outcome }) => outcome === 'shown') ? 'yes' : 'no'),
  },
];
