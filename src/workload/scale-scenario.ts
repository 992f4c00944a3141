import { formatDuration } from '../core/duration.ts';
import { usageError } from '../core/errors.ts';
import { counted } from '../core/format.ts';
import { type Millis, millis, type PerSecond } from '../core/units.ts';
import type { ArrivalProcess } from './load-profile.ts';
import type { Baseline, LoadShape, PhaseShape, Scenario } from './scenario.ts';

/** What a user says for this run in place of the scenario's numbers; null and absent both mean: as in the scenario. */
export interface LoadOverrides {
  readonly users?: number | null;
  /** Conversations that begin per second. */
  readonly rate?: PerSecond | null;
  readonly arrivals?: ArrivalProcess | null;
  readonly maxUsers?: number | null;
  readonly runTime?: Millis | null;
  readonly spawnRate?: PerSecond | null;
  readonly climb?: Millis | null;
  readonly baseline?: Baseline | null;
  /** Whether the most users are those of a climb past the scenario, and so no matter of open load only. */
  readonly climbsOn?: boolean;
}

type NamedShape = LoadShape & Pick<Scenario, 'name'>;

/**
 * The shape of `scenario` brought to other numbers. Counts follow the users and durations follow the run time in
 * proportion, shares do so by themselves, and the spawn rate stays. What an override says is taken as it is. A rate turns
 * a scenario without open load into open load of the same shape.
 * @throws SqloadError (exit 2) for overrides that do not fit the scenario or each other.
 */
export function scaleScenario(scenario: NamedShape, overrides: LoadOverrides = {}): NamedShape {
  const users = overrides.users ?? scenario.users;
  const runTime = overrides.runTime ?? scenario.runTime;
  const spawnRate = overrides.spawnRate ?? null;
  const climb = overrides.climb ?? null;
  const rate = overrides.rate ?? null;
  checkRunTime(runTime);
  checkKinds(scenario, overrides);
  if (spawnRate !== null && climb !== null)
    throw usageError(
      'A spawn rate and a climb exclude each other: both say how fast users start.',
      'Give one of them.',
    );
  const stretch = runTime / scenario.runTime;
  const chosen = spawnRate !== null || climb !== null;
  const scaled: NamedShape = {
    name: scenario.name,
    users,
    rate: scenario.rate === null ? null : (rate ?? scenario.rate),
    arrivals: overrides.arrivals ?? scenario.arrivals,
    maxUsers: overrides.maxUsers ?? scenario.maxUsers,
    spawnRate: chosen ? spawnRate : scenario.spawnRate,
    climb: chosen || scenario.climb === null ? climb : millis(scenario.climb * stretch),
    runTime,
    baseline: overrides.baseline
      ? checkBaseline(overrides.baseline, users, scenario, rate)
      : scaleBaseline(scenario.baseline, users / scenario.users),
    phases: scenario.phases.map((phase) => stretchPhase(phase, stretch)),
  };
  return rate !== null && scenario.rate === null ? turnOpen(scaled, rate) : scaled;
}

/** Closed load as open load of the same curve, which reaches `rate` where the users reach their target. */
function turnOpen(shape: NamedShape, rate: PerSecond): NamedShape {
  const { users, spawnRate, climb, baseline } = shape;
  return {
    ...shape,
    users: 0,
    rate,
    spawnRate: null,
    climb: climb ?? (spawnRate === null ? null : millis((users * 1000) / spawnRate)),
    baseline: baseline?.kind === 'users' ? { kind: 'share', share: baseline.users / users } : baseline,
    phases: shape.phases.map((phase) => ({ ...phase, load: 'open' })),
  };
}

/** Users and spawn rate are about closed load, and a rate about open load. */
function checkKinds(scenario: NamedShape, overrides: LoadOverrides): void {
  const { users, spawnRate, rate, arrivals, maxUsers } = overrides;
  const given = (value: unknown): boolean => value !== null && value !== undefined;
  const closed = given(users) ? 'a number of users' : given(spawnRate) ? 'a spawn rate' : null;
  if (closed !== null && given(rate) && (scenario.users === 0 || scenario.rate === null))
    throw usageError(
      `A rate and ${closed} exclude each other: at a rate users arrive whether or not others are done, so how many there are follows from it.`,
      'Give --rate for open load, or --users and --spawn-rate for closed load.',
    );
  if (closed !== null && scenario.users === 0)
    throw usageError(
      `The users of scenario "${scenario.name}" arrive at a rate, so there is no place for ${closed}.`,
      'Set the load with --rate; --max-users bounds how many users there may be at a time.',
    );
  const places = given(maxUsers) && overrides.climbsOn !== true;
  const open = given(arrivals) ? '--arrivals' : places ? '--max-users' : null;
  if (open !== null && !given(rate) && scenario.rate === null)
    throw usageError(
      `Scenario "${scenario.name}" has a fixed number of users and no arrivals, so ${open} says nothing about it.`,
      `Leave ${open} out, or turn the scenario into open load with --rate 5/s.`,
    );
}

function checkRunTime(runTime: Millis): void {
  if (runTime >= 1000 && runTime % 1000 === 0) return;
  throw usageError(
    `The run time must be a whole number of seconds, at least 1s, got ${formatDuration(runTime)}.`,
    'Phases and tables are cut at whole seconds: give a run time like 60s or 5m.',
  );
}

function checkBaseline(baseline: Baseline, users: number, scenario: NamedShape, rate: PerSecond | null): Baseline {
  if (scenario.baseline === null)
    throw usageError(
      `Scenario "${scenario.name}" has no phase at a baseline, so there is no baseline to set.`,
      'Leave --baseline out, or give phases with users: baseline in a scenario file, as in the spike scenario.',
    );
  const open = scenario.phases.some(({ load, level }) => load === 'open' && level.kind === 'baseline');
  if (baseline.kind === 'users' && (open || (rate !== null && scenario.rate === null)))
    throw usageError(
      `A baseline of ${counted(baseline.users, 'user')} is no rate, and the users of this run arrive at one.`,
      'Give the baseline as a share of the rate, like 10%.',
    );
  if (baseline.kind === 'users' && baseline.users > users)
    throw usageError(
      `A baseline of ${counted(baseline.users, 'user')} is above the target of ${users}.`,
      'Give a baseline of at most the users.',
    );
  return baseline;
}

function scaleBaseline(baseline: Baseline | null, growth: number): Baseline | null {
  if (baseline?.kind !== 'users' || baseline.users === 0) return baseline;
  return { kind: 'users', users: Math.max(1, Math.round(baseline.users * growth)) };
}

function stretchPhase(phase: PhaseShape, stretch: number): PhaseShape {
  const { length, over } = phase;
  return {
    ...phase,
    length: length.kind === 'span' ? { kind: 'span', span: millis(length.span * stretch) } : length,
    over: typeof over === 'number' ? millis(over * stretch) : over,
  };
}
