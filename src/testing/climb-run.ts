import { seconds } from '../core/units.ts';
import type { Mix } from '../protocol/flow.ts';
import type { RunSeries } from '../record/series.ts';
import { readSeries } from '../record/series.ts';
import { parseThreshold, type Threshold } from '../verdict/threshold.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import { plantHeader } from './record-builder.ts';
import type { SimulatedServerOptions } from './simulated-server.ts';
import { planFor, playVirtually, profileOf } from './virtual-run.ts';

export interface ClimbRun {
  readonly profile: LoadProfile;
  readonly seed: string;
  readonly server: Partial<SimulatedServerOptions>;
  /** Seconds, from and to; 3 to 7 when left out. */
  readonly think?: readonly [number, number];
  /** Left out: that of the guide. */
  readonly mix?: Mix;
}

/** Plays a climb in virtual time and lays its record out by second. */
export async function playClimb({ profile, seed, server, think = [3, 7], mix }: ClimbRun): Promise<RunSeries> {
  const pause = { min: seconds(think[0]), max: seconds(think[1]) };
  const usual = planFor(profile, { think: pause });
  const plan = mix ? { ...usual, flow: { ...usual.flow, mix } } : usual;
  const { events } = await playVirtually(plan, { seed, server: { seed, ...server } });
  const header = plantHeader({ profile });
  const load = { ...header.load, thinkMin: pause.min, thinkMax: pause.max };
  return readSeries({ header: { ...header, load }, events: () => events });
}

/** Thresholds as an option gives them. */
export const thresholdsOf = (...texts: readonly string[]): readonly Threshold[] =>
  texts.map((text) => parseThreshold(text, 'option', plantHeader().rows));

/** So many users more per second until there are `users`, then a hold until `length` seconds are over. */
export const climbOf = (users: number, perSecond: number, length: number): LoadProfile =>
  profileOf(`{ users: ${users}, spawn_rate: ${perSecond}/s, run_time: ${length}s }`);

/** Users in steps of `step` up to `users`, each of `hold` seconds. */
export function stepsOf(users: number, step: number, hold: number): LoadProfile {
  const phases = Array.from(
    { length: users / step },
    (_, i) => `{ name: step-${i + 1}, users: ${step * (i + 1)}, for: ${hold}s }`,
  );
  return profileOf(`{ users: ${users}, spawn_rate: 100/s, phases: [${phases.join(', ')}] }`);
}

/** Conversations per second that rise from 0 to `rate` within `climb` seconds, then a hold of `hold` seconds. */
export const openClimbOf = (rate: number, climb: number, hold: number): LoadProfile =>
  profileOf(`{ rate: ${rate}/s, arrivals: poisson, max_users: 100000, climb: ${climb}s, run_time: ${climb + hold}s }`);
