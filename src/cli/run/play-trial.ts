import { join } from 'node:path';
import { type JudgedLoad, judgeLoad } from '../../analysis/capacity/judge-load.ts';
import type { SqloadError } from '../../core/errors.ts';
import { perSecond, seconds } from '../../core/units.ts';
import { makeFolders } from '../../io/run-folder.ts';
import { isLoadLimit } from '../../verdict/load-limits.ts';
import { runThresholds } from '../../verdict/run-thresholds.ts';
import type { RunOutcome } from '../../verdict/verdict.ts';
import type { Scenario } from '../../workload/scenario.ts';
import { type TrialShape, trialProfile } from '../../workload/trial-profile.ts';
import type { Host } from '../host.ts';
import type { Machinery } from '../machinery.ts';
import { type CapacityInput, decidedNames, flagsOfTrials } from '../options/capacity-options.ts';
import { variableOf } from '../options/option-spec.ts';
import { type SettledRun, settleRun } from '../settings/settle-run.ts';
import { writeReports } from './deliver-reports.ts';
import { performRun } from './perform-run.ts';
import { readRun } from './read-run.ts';
import { keepIn } from './record-keeper.ts';
import { followerOf } from './run-follower.ts';

/** What a trial came to. */
export interface PlayedTrial {
  readonly judged: JudgedLoad;
  /** Of the run as such: `invalid` when the generator itself was the limit. */
  readonly outcome: RunOutcome;
  /** The verdict of the run as such, in a sentence. */
  readonly sentence: string;
  readonly trouble: SqloadError | null;
}

/**
 * A run of one load, held: the scenario's requests and pauses with the trial's users. Of its thresholds only those count that more
 * load can break.
 * @throws SqloadError (exit 2) for anything that makes no sense.
 */
export function settleTrial(
  host: Host,
  { scenario, flags }: CapacityInput,
  shape: TrialShape,
  seed: string,
): SettledRun {
  const flag = (name: string, text: string) => [{ name, text }];
  const settings = {
    ...flagsOfTrials(flags),
    users: flag('users', String(shape.users)),
    climb: flag('climb', `${shape.climb}s`),
    runTime: flag('run-time', `${shape.climb + shape.settle + shape.window}s`),
    seed: flag('seed', seed),
  };
  const settled = settleRun(withoutLoad(host), { scenario: scenario ?? 'sustained', settings }, (given) => ({
    scenario: held(given),
    profile: trialProfile(shape),
  }));
  return onlyLoadLimits(settled);
}

function onlyLoadLimits(settled: SettledRun): SettledRun {
  const { facts, inDialect } = settled;
  const kept = new Set(
    runThresholds(facts)
      .filter(isLoadLimit)
      .map(({ text }) => text),
  );
  const thresholds = facts.thresholds.filter(({ text }) => kept.has(text));
  return { ...settled, facts: { ...facts, thresholds }, inDialect: (found) => onlyLoadLimits(inDialect(found)) };
}

/** Plays the trial into a folder of its own; null when a signal ended it. @throws SqloadError when there is no load to be played. */
export async function playTrial(
  settled: SettledRun,
  { host, machinery, folder, risk }: { host: Host; machinery: Machinery; folder: () => string; risk: number },
): Promise<PlayedTrial | null> {
  const follower = await followerOf(settled, { host, machinery });
  let path = '';
  const performed = await performRun(settled, {
    host,
    machinery,
    brief: true,
    keepRecord: (header) => {
      path = folder();
      makeFolders(path);
      return keepIn(path, header);
    },
    checkPlaces: () => {},
    follower,
  }).finally(() => follower.close());
  if (typeof performed === 'number') return null;
  const run = readRun(path);
  writeReports(run, { folder: path, prefix: null, fullHistory: false });
  if (run.verdict.outcome === 'interrupted') return null;
  const judged = judgeLoad(run.record.header, run.record.events(), risk);
  return { judged, outcome: run.verdict.outcome, sentence: run.verdict.sentence, trouble: performed.trouble };
}

/** `trial-03-212-users` below the folder of the search. */
export const trialFolder = (folder: string, number: number, users: number): string =>
  join(folder, `trial-${String(number).padStart(2, '0')}-${users}-users`);

/** The scenario as one load: what it says about how many users there are, and when, is left aside. */
function held(scenario: Scenario): Scenario {
  return {
    ...scenario,
    name: 'capacity',
    users: 1,
    rate: null,
    arrivals: null,
    maxUsers: null,
    spawnRate: perSecond(1),
    climb: null,
    runTime: seconds(60),
    baseline: null,
    phases: [
      {
        name: 'hold',
        load: 'closed',
        level: { kind: 'share', share: 1 },
        length: { kind: 'share', share: 1 },
        climb: 'climb',
        over: null,
      },
    ],
    ...{
      stage: null,
      expectedUsers: null,
      expectedRate: null,
      abortOnFail: null,
      untilBroken: null,
      allowDropped: null,
    },
  };
}

/** Variables that set the load of other runs are none of a trial's business. */
function withoutLoad(host: Host): Host {
  const names = new Set(decidedNames.map(variableOf));
  const env = Object.fromEntries(Object.entries(host.env).filter(([name]) => !names.has(name)));
  return { ...host, env };
}
