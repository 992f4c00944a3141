import { drift } from '../../analysis/drift/drift.ts';
import type { Finding } from '../../analysis/finding.ts';
import { type Random, seededRandom } from '../../core/random.ts';
import { type Millis, millis } from '../../core/units.ts';
import { drawLatency, type LatencyLaw } from '../../mock/latency-law.ts';
import { readSeries } from '../../record/series.ts';
import type { SimulatedServerOptions } from '../simulated-server.ts';
import { type PlantedMonitor, planFor, playVirtually, presetProfile } from '../virtual-run.ts';
import { containsTruth, foundMostly, rarelyAlarmed, type Trial } from './trial.ts';

/** A sustained run of so many minutes and users, with what is planted in it, and what `drift` finds. */
export interface DriftRun {
  readonly minutes: number;
  readonly users?: number;
  readonly server?: Partial<SimulatedServerOptions>;
  readonly monitors?: readonly PlantedMonitor[];
}

export async function findDrift(
  seed: string,
  { minutes, users = 100, server, monitors = [] }: DriftRun,
): Promise<readonly Finding[]> {
  const profile = presetProfile('sustained', { users, runTime: millis(minutes * 60_000) });
  const { events, fold } = await playVirtually(planFor(profile), { seed, server: { seed, ...server }, monitors });
  return drift(readSeries({ header: fold.header, events: () => events }));
}

export const steadyLaw: LatencyLaw = { kind: 'lognormal', p50: millis(120), p95: millis(350) };

/** The p95 of all requests at pace 1: one in nine is a health check, which takes a tenth. By drawing; within 0.2 %. */
export function mixedP95(law: LatencyLaw = steadyLaw): number {
  const random = seededRandom('p95');
  const draws = Array.from({ length: 900_000 }, (_, i) => drawLatency(law, random) * (i % 9 === 0 ? 0.1 : 1));
  return draws.sort((a, b) => a - b)[0.95 * draws.length - 1] ?? 0;
}

/** A pace that rises in a line by `share` in ten minutes. */
export const rising =
  (share: number) =>
  (elapsed: Millis): number =>
    1 + (share * elapsed) / 600_000;

/** Standard normal (Box and Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** A pace that wanders around 1 by about `by` and forgets within `memory` seconds (Ornstein and Uhlenbeck, by the second). */
export function wandering(seed: string, by: number, memory: number): (elapsed: Millis) => number {
  const random = seededRandom(seed).fork('pace');
  const kept = Math.exp(-1 / memory);
  const path = [normal(random)];
  for (let second = 1; second < 4000; second++)
    path.push(kept * (path[second - 1] ?? 0) + Math.sqrt(1 - kept * kept) * normal(random));
  return (elapsed) => Math.exp(by * (path[Math.floor(elapsed / 1000)] ?? 0));
}

const gigabyte = 1e9;
const megabyte = 1e6;

/** How the memory of a planted server goes, in MB. */
export interface PlantedMemory {
  /** MB per minute that are never let go. */
  readonly leak?: number;
  /** MB that a cache fills with, and the seconds in which it comes two thirds of the way. */
  readonly cache?: readonly [size: number, within: number];
}

/**
 * 200 MB, and garbage that grows by 60 MB or so until it is collected after 30 to 60 s, read with a noise of 2 MB: a sawtooth whose
 * teeth are not alike. Of 1 GB.
 */
export function plantMemory(seed: string, { leak = 0, cache = [0, 1] }: PlantedMemory = {}): PlantedMonitor {
  const random = seededRandom(seed).fork('memory');
  const readings: number[] = [];
  let [began, lasts] = [-60 * random.next(), 30 + 30 * random.next()];
  for (let second = 0; second < 4000; second++) {
    if (second - began >= lasts) [began, lasts] = [second, 30 + 30 * random.next()];
    const garbage = 1.3 * (second - began);
    const kept = (leak * second) / 60 + cache[0] * (1 - Math.exp(-second / cache[1]));
    readings.push((megabyte * (200 + garbage + kept + 2 * normal(random))) / gigabyte);
  }
  return {
    ...{ name: 'server', source: 'planted', slice: 0, cpu: null },
    memory: { amount: gigabyte, of: 'planted' },
    read: (second) => [null, readings[second] ?? null],
  };
}

const shown = (findings: readonly Finding[], id?: string): Finding | undefined =>
  findings.find((finding) => finding.outcome === 'shown' && (id === undefined || finding.id === id));

/** Whether the interval of a number holds the truth, whatever was made of it. */
function holdsTruth(findings: readonly Finding[], name: string, truth: number): 'yes' | 'no' | 'none' {
  const number = findings.flatMap(({ numbers }) => numbers).find((each) => each.name === name);
  if (!number) return 'none';
  return (number.low ?? truth) <= truth && truth <= (number.high ?? truth) ? 'yes' : 'no';
}

const isShown = (findings: readonly Finding[], id?: string): 'yes' | 'no' => (shown(findings, id) ? 'yes' : 'no');

/** Few users: nothing but the monitor matters. */
const idle = { minutes: 20, users: 2 };

let knownP95: number | null = null;
const p95At = (share: number): number => {
  knownP95 ??= mixedP95();
  return knownP95 * share;
};

/** Trials that ask about the same runs play each seed once, one seed after another. */
function onceASeed<Run>(play: (seed: string) => Promise<Run>): (seed: string) => Promise<Run> {
  let last: { readonly seed: string; readonly run: Promise<Run> } | null = null;
  return (seed) => {
    if (last?.seed !== seed) last = { seed, run: play(seed) };
    return last.run;
  };
}

const slowing = onceASeed((seed) => findDrift(seed, { minutes: 10, server: { pace: rising(0.2) } }));
const leaking = onceASeed((seed) => findDrift(seed, { ...idle, monitors: [plantMemory(seed, { leak: 3 })] }));

export const driftTrials: readonly Trial[] = [
  {
    id: 'drift/p95-slope-10-min',
    about: 'p95 rises 20 % in the 10 min of a sustained run with 100 users: the interval of its slope holds the truth',
    ...{ goal: containsTruth, seeds: 100 },
    play: async (seed) => holdsTruth(await slowing(seed), 'p95_slope', p95At(0.2)),
  },
  {
    id: 'drift/p95-slope-wandering',
    about:
      'p95 rises 20 % in 20 min, on a server whose pace wanders by 5 % for half a minute: the interval holds the truth',
    ...{ goal: containsTruth, seeds: 100 },
    play: async (seed) => {
      const wander = wandering(seed, 0.05, 30);
      const pace = (elapsed: Millis): number => rising(0.1)(elapsed) * wander(elapsed);
      return holdsTruth(await findDrift(seed, { minutes: 20, server: { pace } }), 'p95_slope', p95At(0.1));
    },
  },
  {
    id: 'drift/p95-found',
    about: 'response times rise 20 % in 10 min: it is found',
    ...{ goal: foundMostly, seeds: 100 },
    play: async (seed) => isShown(await slowing(seed), 'latency-drift'),
  },
  {
    id: 'drift/leak-slope',
    about:
      'memory leaks 3 MB/min for 20 min under a sawtooth of garbage of 60 MB: the interval of its slope holds the truth',
    ...{ goal: containsTruth, seeds: 100 },
    play: async (seed) => holdsTruth(await leaking(seed), 'server_memory_slope', 3 * megabyte),
  },
  {
    id: 'drift/leak-found',
    about: 'the same leak: it is found',
    ...{ goal: foundMostly, seeds: 100 },
    play: async (seed) => isShown(await leaking(seed), 'memory-drift'),
  },
  {
    id: 'drift/cache',
    about: 'memory grows by 60 MB as a cache fills within minutes: it is called a leak',
    ...{ goal: rarelyAlarmed, seeds: 100 },
    play: async (seed) => {
      const within = 60 + (Number(seed) % 5) * 45;
      const findings = await findDrift(seed, { ...idle, monitors: [plantMemory(seed, { cache: [60, within] })] });
      return shown(findings, 'memory-drift')?.sentence.includes('leak') ? 'yes' : 'no';
    },
  },
  {
    id: 'drift/nothing-10-min',
    about: 'nothing changes in 10 min with 100 users, with a sawtooth of garbage: any drift is found',
    ...{ goal: rarelyAlarmed, seeds: 100 },
    play: async (seed) => isShown(await findDrift(seed, { minutes: 10, monitors: [plantMemory(seed)] })),
  },
  {
    id: 'drift/nothing-wandering',
    about: 'the pace wanders by 10 % for half a minute and goes nowhere in 20 min: any drift is found',
    ...{ goal: rarelyAlarmed, seeds: 100 },
    play: async (seed) =>
      isShown(
        await findDrift(seed, {
          minutes: 20,
          server: { pace: wandering(seed, 0.1, 30) },
          monitors: [plantMemory(seed)],
        }),
      ),
  },
  {
    id: 'drift/nothing-queueing',
    about:
      'a server of 3 places is used to 80 %, some requests fail, and nothing changes in 15 min: any drift is found',
    ...{ goal: rarelyAlarmed, seeds: 100 },
    play: async (seed) => isShown(await findDrift(seed, { minutes: 15, server: { capacity: 3, faults: ['500:2%'] } })),
  },
];
