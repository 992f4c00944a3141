import { compareRuns } from '../../compare/compare-runs.ts';
import type { SeriesRun } from '../../compare/compared-run.ts';
import type { ComparedMetric, CompareMetric, Comparison } from '../../compare/comparison.ts';
import { type Random, seededRandom } from '../../core/random.ts';
import type { Millis } from '../../core/units.ts';
import { readSeries } from '../../record/series.ts';
import { plantHeader } from '../record-builder.ts';
import type { SimulatedServerOptions } from '../simulated-server.ts';
import { planFor, playVirtually, presetProfile } from '../virtual-run.ts';

/** A server whose speed may change over time by chance, of its own seed in each run. */
export interface PairServer extends Pick<SimulatedServerOptions, 'latency' | 'capacity' | 'faults'> {
  /** Draws the course of one run's speed: a factor on the time that work takes. */
  readonly pace?: (random: Random) => (elapsed: Millis) => number;
}

export interface PairLoad {
  readonly users: number;
  readonly runTime: Millis;
}

/** One sustained run against a simulated server, as `compare` reads it from a record. */
export async function playCompared(label: string, server: PairServer, load: PairLoad): Promise<SeriesRun> {
  const profile = presetProfile('sustained', load);
  const { pace, ...rest } = server;
  const { events } = await playVirtually(planFor(profile), {
    seed: label,
    server: {
      ...rest,
      seed: label,
      forgetful: true,
      ...(pace ? { pace: pace(seededRandom(label).fork('pace')) } : {}),
    },
  });
  const header = plantHeader({ profile, seed: label });
  return {
    kind: 'series',
    label,
    path: label,
    series: readSeries({ header, events: () => events }),
    outcome: 'passed',
  };
}

/** One run a side, or more (`runs`, of the candidate `candidateRuns`); each of a seed of its own. */
export async function comparePair(
  seed: string,
  {
    baseline,
    candidate,
    load,
    runs = 1,
    candidateRuns = runs,
  }: { baseline: PairServer; candidate: PairServer; load: PairLoad; runs?: number; candidateRuns?: number },
): Promise<Comparison> {
  const side = async (name: string, server: PairServer, count: number): Promise<SeriesRun[]> => {
    const played: SeriesRun[] = [];
    for (let i = 0; i < count; i++) played.push(await playCompared(`${name} ${seed} ${i}`, server, load));
    return played;
  };
  const sides = {
    baseline: await side('baseline', baseline, runs),
    candidate: await side('candidate', candidate, candidateRuns),
  };
  return compareRuns(sides, { minEffect: 0.05, failOn: [], seed });
}

/** A metric of all rows. @throws when there is none. */
export function aggregatedOf(comparison: Comparison, metric: CompareMetric): ComparedMetric {
  const found = comparison.groups.find(({ kind }) => kind === 'all')?.metrics.find((each) => each.metric === metric);
  if (!found) throw new Error(`no ${metric} was compared`);
  return found;
}

/** Verdicts of a family, or of both (null). */
export const verdictsOf = (
  { groups }: Comparison,
  family: ComparedMetric['family'] | null,
): ComparedMetric['verdict'][] =>
  groups.flatMap(({ metrics }) =>
    metrics.filter((each) => family === null || each.family === family).map(({ verdict }) => verdict),
  );
