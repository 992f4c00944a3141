import type { Finding } from '../../analysis/finding.ts';
import { recovery } from '../../analysis/recovery/recovery.ts';
import { type Millis, millis } from '../../core/units.ts';
import { readSeries } from '../../record/series.ts';
import type { SimulatedServerOptions } from '../simulated-server.ts';
import { planFor, playVirtually, presetProfile, type VirtualRun } from '../virtual-run.ts';
import { mixedP95, wandering } from './drift-trials.ts';
import { containsTruth, foundMostly, rarelyAlarmed, type Trial } from './trial.ts';

/** The spike preset: 50 users, 500 from 60 s on, 50 again from 180 s to 300 s. */
const [surgeFrom, surgeUntil] = [60, 180];

export interface SpikeRun {
  readonly findings: readonly Finding[];
  readonly run: VirtualRun;
}

export async function playSpike(
  seed: string,
  server: Partial<SimulatedServerOptions> = {},
  runTime: Millis = millis(300_000),
): Promise<SpikeRun> {
  const profile = presetProfile('spike', { runTime });
  const run = await playVirtually(planFor(profile), { seed, server: { seed, ...server } });
  return { findings: recovery(readSeries({ header: run.fold.header, events: () => run.events })), run };
}

/** Three times as slow from the surge until `after` seconds from its end. */
export const slowUntil =
  (after: number, [from, until]: readonly [number, number] = [surgeFrom, surgeUntil]) =>
  (elapsed: Millis): number =>
    elapsed >= from * 1000 && elapsed < (until + after) * 1000 ? 3 : 1;

/** The spike preset in a minute: 12 s of baseline, 24 s of surge, 24 s afterwards. */
const minute = millis(60_000);
const surgeOfMinute = [12, 36] as const;
/** 0 to 15 s, another for each seed. */
const shortDelayOf = (seed: string): number => (Number(seed) * 7.3) % 15;

/** Three times as slow in the surge, and then ever less so: two thirds of it are over after `within` seconds. */
export const slowFading =
  (within: number) =>
  (elapsed: Millis): number => {
    if (elapsed < surgeFrom * 1000) return 1;
    return 1 + 2 * Math.exp(-Math.max(0, elapsed / 1000 - surgeUntil) / within);
  };

/** When the last request that had to wait for a place came, in seconds after the surge: from the server's own list of arrivals and ends. */
export function drainedAfter({ server }: VirtualRun, capacity: number): number {
  const moves = server.received.flatMap(({ at, serviceTime }) => [
    { at: Number(at), by: 1 },
    { at: Number(at) + Number(serviceTime ?? 0), by: -1 },
  ]);
  let there = 0;
  let last = surgeUntil * 1000;
  for (const { at, by } of moves.sort((a, b) => a.at - b.at || a.by - b.by)) {
    if (by > 0 && there >= capacity) last = Math.max(last, at);
    there += by;
  }
  return last / 1000 - surgeUntil;
}

/** 0 to 50 s, another for each seed. */
const delayOf = (seed: string): number => (Number(seed) * 7.3) % 50;

function holdsTruth(findings: readonly Finding[], truth: (finding: Finding) => number): 'yes' | 'no' | 'none' {
  const [finding] = findings;
  const time = finding?.numbers.find(({ name }) => name === 'recovery_time');
  if (!finding || !time || finding.outcome === 'undecided') return 'none';
  const value = truth(finding);
  return (time.low ?? 0) <= value && value <= (time.high ?? Number.POSITIVE_INFINITY) ? 'yes' : 'no';
}

const isShown = (findings: readonly Finding[]): 'yes' | 'no' =>
  findings.some(({ outcome }) => outcome === 'shown') ? 'yes' : 'no';

const capacity = 8;
let knownP95: number | null = null;

/** When a fading slowness lets p95 back below the edge of the band that the analysis tells. */
function fadedAfter({ numbers }: Finding, within: number): number {
  knownP95 ??= mixedP95();
  const edge = numbers.find(({ name }) => name === 'band_p95')?.value ?? 0;
  return Math.max(0, within * Math.log(2 / (edge / knownP95 - 1)));
}

export const recoveryTrials: readonly Trial[] = [
  {
    id: 'recovery/slow-until',
    about:
      'three times as slow until 0 to 50 s after the surge of the spike preset: the interval of the recovery time holds the truth',
    ...{ goal: containsTruth, seeds: 100 },
    play: async (seed) =>
      holdsTruth((await playSpike(seed, { pace: slowUntil(delayOf(seed)) })).findings, () => delayOf(seed)),
  },
  {
    id: 'recovery/fading',
    about:
      'the slowness fades after the surge, by two thirds in 5 to 20 s: the interval holds the time at which p95 is back in the band',
    ...{ goal: containsTruth, seeds: 100 },
    play: async (seed) => {
      const within = 5 + (Number(seed) % 4) * 5;
      return holdsTruth((await playSpike(seed, { pace: slowFading(within) })).findings, (finding) =>
        fadedAfter(finding, within),
      );
    },
  },
  {
    id: 'recovery/queue',
    about:
      'a server of 8 places builds a queue in the surge: the interval holds the time of the last arrival that had to wait',
    ...{ goal: containsTruth, seeds: 100 },
    play: async (seed) => {
      const { findings, run } = await playSpike(seed, { capacity });
      return holdsTruth(findings, () => drainedAfter(run, capacity));
    },
  },
  {
    id: 'recovery/errors',
    about: 'three in ten requests fail from 1:10 until 20 s after the surge: the interval holds the truth',
    ...{ goal: containsTruth, seeds: 100 },
    play: async (seed) => holdsTruth((await playSpike(seed, { faults: ['500:30%@70s-200s'] })).findings, () => 20),
  },
  {
    id: 'recovery/never',
    about: 'three times as slow from the surge on until the end: it says that the server had not recovered',
    ...{ goal: foundMostly, seeds: 100 },
    play: async (seed) => {
      const { findings } = await playSpike(seed, { pace: slowUntil(1000) });
      return findings[0]?.sentence.startsWith('The server had not recovered') ? 'yes' : 'no';
    },
  },
  {
    id: 'recovery/minute-slow-until',
    about:
      'the spike preset in 1 min (12 s of baseline), three times as slow until 0 to 15 s after the surge: the interval holds the truth',
    ...{ goal: containsTruth, seeds: 100 },
    play: async (seed) => {
      const delay = shortDelayOf(seed);
      const { findings } = await playSpike(seed, { pace: slowUntil(delay, surgeOfMinute) }, minute);
      return holdsTruth(findings, () => delay);
    },
  },
  {
    id: 'recovery/minute-undisturbed',
    about: 'the same minute, in which the surge changes nothing: a disturbance is found',
    ...{ goal: rarelyAlarmed, seeds: 100 },
    play: async (seed) => isShown((await playSpike(seed, {}, minute)).findings),
  },
  {
    id: 'recovery/undisturbed',
    about: 'the surge changes nothing: a disturbance is found',
    ...{ goal: rarelyAlarmed, seeds: 100 },
    play: async (seed) => isShown((await playSpike(seed)).findings),
  },
  {
    id: 'recovery/undisturbed-wandering',
    about:
      'the pace wanders by 5 % for half a minute and some requests fail, whatever the load: a disturbance is found',
    ...{ goal: rarelyAlarmed, seeds: 100 },
    play: async (seed) =>
      isShown((await playSpike(seed, { pace: wandering(seed, 0.05, 30), faults: ['500:0.5%'] })).findings),
  },
];
