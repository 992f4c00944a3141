import { usageError } from '../../core/errors.ts';
import { formatCount } from '../../core/format.ts';
import { type StageName, stageRate, stages, stageUsers } from '../../workload/stage.ts';
import type { RunOptions } from '../options/run-options.ts';
import { isStronger, type Setting, type Settings, written } from './settings.ts';

type RunSettings = Settings<RunOptions>;

/** Which kinds of load the scenario has. */
export interface ScenarioKinds {
  readonly closed: boolean;
  readonly open: boolean;
}

/** As for --users and --rate themselves. */
const most = 100_000;

/**
 * The settings with the users (or the rate) and the run time of `--stage`, whose origin is then `stage`. A number that a weaker
 * place gives is replaced; one that is given where the stage is, or in a stronger place, contradicts it, unless the stage stands
 * in the scenario file: then it is taken for this run, as for everything there.
 * @throws SqloadError (exit 2) for such a contradiction, and when it is not said what load is expected.
 */
export function applyStage(settings: RunSettings, kinds: ScenarioKinds): RunSettings {
  const { stage } = settings;
  if (stage.value === null) {
    rejectExpectation(settings);
    return settings;
  }
  rejectOwnNumbers(settings);
  const own = (setting: Setting<unknown>): boolean => stage.from === 'scenario file' && isStronger(setting, stage);
  const load = expectedLoad(settings, stage.value, kinds);
  const runTime = { value: stages[stage.value].runTime, from: 'stage' } as const;
  return {
    ...settings,
    ...(own(settings.users) || own(settings.rate) ? {} : load),
    ...(own(settings.runTime) ? {} : { runTime }),
  };
}

/** A variable or a file may stand ready for runs of a stage; a flag is meant for this one. */
function rejectExpectation(settings: RunSettings): void {
  for (const [long, setting] of expectations(settings))
    if (setting.from === 'flag')
      throw usageError(
        `--${long} says nothing without a stage, which takes a share of it.`,
        'Add --stage development, staging, pre-production or post-deployment, or give the load itself with --users or --rate.',
      );
}

const expectations = ({ expectedUsers, expectedRate }: RunSettings) =>
  [
    ['expected-users', expectedUsers],
    ['expected-rate', expectedRate],
  ] as const;

function rejectOwnNumbers({ stage, users, rate, runTime }: RunSettings): void {
  if (stage.from === 'scenario file') return;
  for (const [long, setting] of [['users', users] as const, ['rate', rate] as const, ['run-time', runTime] as const])
    if (setting.value !== null && !isStronger(stage, setting))
      throw usageError(
        `${written('stage', stage.from)} and ${written(long, setting.from)} exclude each other: a stage says how much load there is, and for how long.`,
        `Leave --${long} out, or give the load without a stage.`,
      );
}

function expectedLoad(
  settings: RunSettings,
  stage: StageName,
  { closed, open }: ScenarioKinds,
): Partial<Pick<RunSettings, 'users' | 'rate' | 'spawnRate'>> {
  const { expectedUsers, expectedRate, spawnRate } = settings;
  const users = expectedUsers.value === null ? null : bounded(stage, stageUsers(stage, expectedUsers.value), 'users');
  const rate =
    expectedRate.value === null ? null : bounded(stage, stageRate(stage, expectedRate.value), 'conversations/s');
  const staged = <Value>(value: Value) => ({ value, from: 'stage' }) as const;
  if (closed && open) {
    if (users === null || rate === null) throw unsaid(stage, users === null ? 'expected-users' : 'expected-rate');
    return { users: staged(users), rate: staged(rate) };
  }
  if (users === null && rate === null) throw unsaid(stage, open ? 'expected-rate' : 'expected-users');
  if (rate === null || (users !== null && isStronger(expectedUsers, expectedRate)))
    return { users: staged(users), rate: staged(null) };
  if (users !== null && !isStronger(expectedRate, expectedUsers))
    throw usageError(
      'Expected users and an expected rate exclude each other: at a rate users arrive whether or not others are done, so how many there are follows from it.',
      'Give --expected-users for closed load, or --expected-rate for open load.',
    );
  if (spawnRate.value !== null && isStronger(spawnRate, { from: 'stage' }))
    throw usageError(
      `${written('spawn-rate', spawnRate.from)} is about users that stay, but an expected rate is about users that arrive.`,
      'Leave the spawn rate out, or give --expected-users.',
    );
  return { rate: staged(rate), users: staged(null), spawnRate: staged(null) };
}

function bounded<Amount extends number>(stage: StageName, amount: Amount, unit: string): Amount {
  if (amount <= most) return amount;
  throw usageError(
    `The stage ${stage} would be ${formatCount(amount)} ${unit}, and ${formatCount(most)} are the most.`,
    'Divide what is expected among several runs.',
  );
}

const unsaid = (stage: StageName, long: string) =>
  usageError(
    `The stage ${stage} needs --${long}: it is a share of the load that is expected in production.`,
    `For example: --stage ${stage} --${long} ${long === 'expected-users' ? '200' : '5/s'}`,
  );
