import { usageError } from '../../core/errors.ts';
import type { Host } from '../host.ts';
import type { Values } from '../options/option-spec.ts';
import { type RunFlags, type RunOptions, runOptions } from '../options/run-options.ts';
import { applyStage } from './apply-stage.ts';
import { withoutForeign } from './dialect-settings.ts';
import { type Origin, origins, resolveSettings, type Setting, type Settings, written } from './settings.ts';

export type RunSettings = Settings<RunOptions>;
export type RunValues = Values<RunOptions>;

/**
 * The settings of a run, as `resolveSettings` finds them, and then held against each other: a stage beside numbers of one's own, two ways to say how fast
 * users start, two credentials for one header, options of the built-in server beside an address, options of another
 * dialect than the chosen one.
 * Of spawn rate and climb the stronger place decides, and the other one becomes null; likewise of a rate and of users with
 * their spawn rate, unless the scenario has phases of both.
 * @throws SqloadError (exit 2)
 */
export function resolveRunSettings(host: Host, flags: RunFlags, scenario: Partial<RunValues> = {}): RunSettings {
  const resolved = resolveSettings(runOptions, host, { flags, scenario });
  const kinds = { closed: scenario.users !== undefined, open: scenario.rate !== undefined };
  const settings = withoutForeign(oneKindOfLoad(applyStage(oneClimb(resolved), kinds), scenario));
  rejectTwoCredentials(settings);
  rejectMockOfOthers(settings);
  return settings;
}

/** Whether the user said it for this run, rather than the scenario file or sqload. */
export const isGiven = (setting: Setting<unknown>): boolean => rank(setting.from) < rank('scenario file');

const rank = (from: Origin): number => origins.indexOf(from);

function oneClimb(settings: RunSettings): RunSettings {
  const { spawnRate, climb } = settings;
  if (spawnRate.value === null || climb.value === null) return settings;
  if (rank(spawnRate.from) < rank(climb.from)) return { ...settings, climb: { value: null, from: spawnRate.from } };
  if (rank(climb.from) < rank(spawnRate.from)) return { ...settings, spawnRate: { value: null, from: climb.from } };
  throw usageError(
    `${written('spawn-rate', spawnRate.from)} and ${written('climb', climb.from)} exclude each other: both say how fast users start.`,
    'Give the rate at which users start, or the time that starting all of them takes.',
  );
}

function oneKindOfLoad(settings: RunSettings, scenario: Partial<RunValues>): RunSettings {
  const { users, spawnRate, rate } = settings;
  if (rate.value === null || (scenario.users !== undefined && scenario.rate !== undefined)) return settings;
  const none = { value: null, from: rate.from };
  for (const [long, setting] of [['users', users] as const, ['spawn-rate', spawnRate] as const]) {
    if (setting.value === null || rank(setting.from) > rank(rate.from)) continue;
    if (rank(setting.from) < rank(rate.from) && isGiven(rate))
      return { ...settings, rate: { value: null, from: setting.from } };
    if (!isGiven(setting) || !isGiven(rate)) continue;
    throw usageError(
      `${written('rate', rate.from)} and ${written(long, setting.from)} exclude each other: at a rate users arrive whether or not others are done, so how many there are follows from it.`,
      'Give --rate for open load, or --users and --spawn-rate for closed load.',
    );
  }
  return isGiven(rate) ? { ...settings, users: none, spawnRate: none } : settings;
}

function rejectTwoCredentials({ host, apiKey, headers }: RunSettings): void {
  const given = [
    ...(host.value?.userInfo ? ['a user name in the address'] : []),
    ...(apiKey.value === null ? [] : [written('api-key', apiKey.from)]),
    ...headers.value
      .filter(({ name }) => name.toLowerCase() === 'authorization')
      .map(({ name }) => `the header ${name}`),
  ];
  if (given.length < 2) return;
  throw usageError(
    `A request has one Authorization, but there are ${given.length}: ${given.join(' and ')}.`,
    'Keep one of them.',
  );
}

function rejectMockOfOthers(settings: RunSettings): void {
  if (settings.host.value === null) return;
  for (const key of ['mockLatency', 'mockCapacity', 'mockFaults'] as const) {
    // A variable or a scenario may stand ready for other runs; a flag is meant for this one.
    if (settings[key].from !== 'flag') continue;
    throw usageError(
      `--${runOptions[key].long} shapes the built-in server, but ${written('host', settings.host.from)} names another one.`,
      'Leave one of the two out.',
    );
  }
}
