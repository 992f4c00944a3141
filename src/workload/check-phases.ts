import { formatDuration } from '../core/duration.ts';
import { type Millis, millis } from '../core/units.ts';
import type { Baseline, PhaseShape } from './scenario.ts';
import type { Problem } from './yaml-document.ts';

/** What is known of a scenario's shape; undefined where the file is silent or wrong about it. */
export interface ShapeSoFar {
  readonly users: number | undefined;
  readonly runTime: Millis | undefined;
  readonly baseline: Baseline | undefined;
}

/** A phase as far as it could be read. */
export type PhaseSoFar = Partial<PhaseShape>;

/**
 * Holds the phases of a scenario against each other and against the run, and returns everything that does not fit.
 * A value that could not be read takes part in no check.
 */
export function checkPhases(phases: readonly PhaseSoFar[], shape: ShapeSoFar): Problem[] {
  return [
    ...repeatedNames(phases),
    ...lengthProblems(phases, shape.runTime),
    ...baselineProblems(phases, shape),
    ...targetProblems(phases, shape),
    ...slowWays(phases, shape.runTime),
  ];
}

/** How long the phases last together when they say it in spans; undefined when they give shares. */
export function totalSpan(phases: readonly PhaseSoFar[]): Millis | undefined {
  let sum = 0;
  for (const { length } of phases) {
    if (length?.kind !== 'span') return undefined;
    sum += length.span;
  }
  return millis(sum);
}

function repeatedNames(phases: readonly PhaseSoFar[]): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  phases.forEach((phase, i) => {
    for (const key of ['name', 'climb'] as const) {
      const name = phase[key];
      if (name === undefined || name === null) continue;
      if (seen.has(name))
        problems.push({ path: ['phases', i, key], message: `must be a name of its own, got "${name}" again` });
      seen.add(name);
    }
  });
  return problems;
}

function lengthProblems(phases: readonly PhaseSoFar[], runTime: Millis | undefined): Problem[] {
  const kinds = phases.map(({ length }) => length?.kind);
  if (kinds.includes(undefined)) return [];
  const odd = kinds.findIndex((kind) => kind !== kinds[0]);
  if (odd > 0) {
    const [first, other] = kinds[0] === 'share' ? ['a percentage', 'a duration'] : ['a duration', 'a percentage'];
    return [{ path: ['phases', odd, 'for'], message: `must be ${first} as in the first phase, got ${other}` }];
  }
  const span = totalSpan(phases);
  if (span !== undefined) {
    const rest = runTime === undefined ? span % 1000 : span - runTime;
    if (rest === 0) return [];
    const expected = runTime === undefined ? 'a whole number of seconds' : `${formatDuration(runTime)} (the run time)`;
    return [{ path: ['phases'], message: `must last ${expected} together, got ${formatDuration(span)}` }];
  }
  const percent = 100 * phases.reduce((sum, { length }) => sum + (length?.kind === 'share' ? length.share : 0), 0);
  if (Math.abs(percent - 100) < 0.001) return [];
  return [{ path: ['phases'], message: `must last 100% of the run time together, got ${round(percent)}%` }];
}

function baselineProblems(phases: readonly PhaseSoFar[], { users, baseline }: ShapeSoFar): Problem[] {
  const used = phases.findIndex(({ level }) => level?.kind === 'baseline');
  if (used >= 0 && baseline === undefined)
    return [{ path: ['phases', used, keyOf(phases[used])], message: 'needs the key baseline, like baseline: 10%' }];
  const inRate = phases.findIndex(({ load, level }) => load === 'open' && level?.kind === 'baseline');
  if (inRate >= 0 && baseline?.kind === 'users')
    return [
      {
        path: ['baseline'],
        message: `must be a share like 10%, since the rate of a phase uses it, got ${baseline.users}`,
      },
    ];
  if (baseline === undefined) return [];
  if (used < 0 && phases.every(({ level }) => level !== undefined))
    return [{ path: ['baseline'], key: true, message: 'is used by no phase; a phase uses it with users: baseline' }];
  if (baseline.kind === 'users' && users !== undefined && baseline.users > users)
    return [{ path: ['baseline'], message: `must be at most the users, ${users}, got ${baseline.users}` }];
  return [];
}

/** Each kind of load that phases have must stand at its target in one of them. */
function targetProblems(phases: readonly PhaseSoFar[], { users, baseline }: ShapeSoFar): Problem[] {
  const baselineIsTarget = baseline?.kind === 'share' ? baseline.share === 1 : baseline?.users === users;
  return (['closed', 'open'] as const).flatMap((kind) => {
    const own = phases.filter(({ load }) => load === kind);
    const reaches = own.some(({ level }) =>
      level === undefined ? true : level.kind === 'share' ? level.share === 1 : baselineIsTarget,
    );
    if (own.length === 0 || reaches) return [];
    const all = kind === 'open' ? 'the whole rate, like rate: 100%' : 'all the users, like users: 100%';
    return [{ path: ['phases'], message: `must have a phase that stands at ${all}, got none` }];
  });
}

const keyOf = (phase: PhaseSoFar | undefined): string => (phase?.load === 'open' ? 'rate' : 'users');

/** The way to a level must end within its phase. */
function slowWays(phases: readonly PhaseSoFar[], runTime: Millis | undefined): Problem[] {
  return phases.flatMap(({ length, over }, i) => {
    if (typeof over !== 'number' || length === undefined) return [];
    const span = length.kind === 'span' ? length.span : runTime === undefined ? undefined : length.share * runTime;
    if (span === undefined || over <= span) return [];
    const limit = formatDuration(millis(span));
    return [
      {
        path: ['phases', i, 'over'],
        message: `must be at most the length of the phase, ${limit}, got ${formatDuration(over)}`,
      },
    ];
  });
}

const round = (value: number): number => Number(value.toFixed(3));
