import { formatDuration } from '../core/duration.ts';
import { usageError } from '../core/errors.ts';
import { type Millis, millis, type PerSecond } from '../core/units.ts';
import type { Baseline, LoadShape, PhaseShape, Scenario } from './scenario.ts';

/** What a user says for this run in place of the scenario's numbers; null and absent both mean: as in the scenario. */
export interface LoadOverrides {
  readonly users?: number | null;
  readonly runTime?: Millis | null;
  readonly spawnRate?: PerSecond | null;
  readonly climb?: Millis | null;
  readonly baseline?: Baseline | null;
}

/**
 * The shape of `scenario` brought to other numbers. Counts follow the users and durations follow the run time in
 * proportion, shares do so by themselves, and the spawn rate stays. What an override says is taken as it is.
 * @throws SqloadError (exit 2) for overrides that do not fit the scenario or each other.
 */
export function scaleScenario(
  scenario: LoadShape & Pick<Scenario, 'name'>,
  overrides: LoadOverrides = {},
): LoadShape & Pick<Scenario, 'name'> {
  const users = overrides.users ?? scenario.users;
  const runTime = overrides.runTime ?? scenario.runTime;
  const spawnRate = overrides.spawnRate ?? null;
  const climb = overrides.climb ?? null;
  checkRunTime(runTime);
  if (spawnRate !== null && climb !== null)
    throw usageError(
      'A spawn rate and a climb exclude each other: both say how fast users start.',
      'Give one of them.',
    );
  const stretch = runTime / scenario.runTime;
  const growth = users / scenario.users;
  const chosen = spawnRate !== null || climb !== null;
  return {
    name: scenario.name,
    users,
    spawnRate: chosen ? spawnRate : scenario.spawnRate,
    climb: chosen || scenario.climb === null ? climb : millis(scenario.climb * stretch),
    runTime,
    baseline: overrides.baseline
      ? checkBaseline(overrides.baseline, users, scenario)
      : scaleBaseline(scenario.baseline, growth),
    phases: scenario.phases.map((phase) => stretchPhase(phase, stretch)),
  };
}

function checkRunTime(runTime: Millis): void {
  if (runTime >= 1000 && runTime % 1000 === 0) return;
  throw usageError(
    `The run time must be a whole number of seconds, at least 1s, got ${formatDuration(runTime)}.`,
    'Phases and tables are cut at whole seconds: give a run time like 60s or 5m.',
  );
}

function checkBaseline(baseline: Baseline, users: number, scenario: LoadShape & Pick<Scenario, 'name'>): Baseline {
  if (scenario.baseline === null)
    throw usageError(
      `Scenario "${scenario.name}" has no phase at a baseline, so there is no baseline to set.`,
      'Leave --baseline out, or give phases with users: baseline in a scenario file, as in the spike scenario.',
    );
  if (baseline.kind === 'users' && baseline.users > users)
    throw usageError(
      `A baseline of ${baseline.users} users is above the target of ${users}.`,
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
    over: over === null ? null : millis(over * stretch),
  };
}
