import { analyse } from '../../analysis/analyse.ts';
import { millis } from '../../core/units.ts';
import { readSeries } from '../../record/series.ts';
import { judge } from '../../verdict/judge.ts';
import type { LoadProfile } from '../../workload/load-profile.ts';
import { planFor, playVirtually, presetProfile } from '../virtual-run.ts';
import { rarelyAlarmed, type Trial } from './trial.ts';

const thresholds = ['p95<500ms', 'error_rate<1%'].map((text) => ({ text, source: 'default' }) as const);

/** Whether anything is claimed of a run against a server that has all that it needs. */
async function claims(profile: LoadProfile, seed: string): Promise<'yes' | 'no'> {
  const { fold, events } = await playVirtually(planFor(profile), { seed, server: { seed, forgetful: true } });
  const record = { header: { ...fold.header, thresholds }, events: () => events };
  return analyse(readSeries(record), fold, judge(fold)).some(({ outcome }) => outcome === 'shown') ? 'yes' : 'no';
}

const healthy = (name: 'ramp' | 'sustained' | 'spike', minutes: number): Trial => ({
  id: `whole/${name}`,
  about: `${name} of ${minutes} min against a server with nothing planted: any analysis claims anything`,
  goal: rarelyAlarmed,
  seeds: 100,
  play: (seed) => claims(presetProfile(name, { runTime: millis(minutes * 60_000) }), seed),
});

/** All analyses of a run together, as a user meets them. */
export const wholeTrials: readonly Trial[] = [healthy('ramp', 10), healthy('sustained', 10), healthy('spike', 5)];
