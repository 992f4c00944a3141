import { type Millis, millis } from '../core/units.ts';
import type { LoadProfile, Phase, ProfilePoint } from './load-profile.ts';
import { type LoadOverrides, scaleScenario } from './scale-scenario.ts';
import type { LoadShape, PhaseShape, Scenario } from './scenario.ts';

/** A phase with its level in users and its edges in whole seconds of the run. */
interface Placed {
  readonly shape: PhaseShape;
  readonly level: number;
  readonly start: number;
  readonly end: number;
}

/** The way to a level and the stand at it, within one placed phase. */
interface Leg {
  readonly placed: Placed;
  readonly from: number;
  /** Users at the end of the phase: the level, unless the time was too short for it. */
  readonly to: number;
  /** When the curve arrives there, ms of the run. */
  readonly arrives: Millis;
}

/**
 * The curve of users over time that a scenario comes to, and its phases:
 *
 *     users                 ┌──────────┐            level: 100 %
 *                          /│          │
 *                         / │   hold   │            the climb at the spawn rate is a phase of its own
 *       ┌─────────────── /  │ (steady) └──────────  a fall is a drop unless it is given a time
 *       │   baseline    surge             recovery
 *       └──────────────────────────────────────▶ s
 *
 * @throws SqloadError (exit 2) for overrides that do not fit.
 */
export function buildProfile(scenario: LoadShape & Pick<Scenario, 'name'>, overrides: LoadOverrides = {}): LoadProfile {
  const shape = scaleScenario(scenario, overrides);
  const legs = travel(placePhases(shape), ratePerMilli(shape));
  const phases = namePhases(legs, shape.users);
  const first = phases.findIndex(({ steady }) => steady);
  const last = phases.findLastIndex(({ steady }) => steady);
  const [from, to] = [phases[first], phases[last]];
  return {
    phases,
    points: cornersOf(legs),
    peak: shape.users,
    arrivals: null,
    seconds: shape.runTime / 1000,
    steady: from && to ? { start: from.start, end: to.end } : null,
  };
}

function ratePerMilli({ users, spawnRate, climb }: LoadShape): number {
  return climb === null ? (spawnRate ?? 0) / 1000 : users / climb;
}

/** Gives each phase its whole seconds. Phases that stand at a baseline of 0 are left out, the others fill the run. */
function placePhases(shape: LoadShape): Placed[] {
  const seconds = shape.runTime / 1000;
  const wanted = shape.phases.map((phase) => ({ phase, level: levelOf(phase, shape), length: lengthOf(phase) }));
  const kept = wanted.filter(({ phase, level }) => phase.level.kind === 'share' || level > 0);
  // A run of fewer seconds than phases keeps the target and the longest of the others.
  while (kept.length > seconds) {
    const others = kept.filter(({ level }) => level < shape.users);
    const shortest = (others.length > 0 ? others : kept).reduce((a, b) => (b.length < a.length ? b : a));
    kept.splice(kept.indexOf(shortest), 1);
  }
  const total = kept.reduce((sum, { length }) => sum + length, 0);
  let before = 0;
  let start = 0;
  return kept.map(({ phase, level, length }, i) => {
    before += length;
    const edge = Math.round(clean((before / total) * seconds));
    const end = Math.min(Math.max(edge, start + 1), seconds - (kept.length - 1 - i));
    const placed = { shape: phase, level, start, end };
    start = end;
    return placed;
  });
}

const lengthOf = ({ length }: PhaseShape): number => (length.kind === 'share' ? length.share : length.span);

function levelOf({ level }: PhaseShape, { users, baseline }: LoadShape): number {
  if (level.kind === 'share') return shareOf(users, level.share);
  if (baseline?.kind === 'users') return baseline.users;
  return shareOf(users, baseline?.share ?? 0);
}

/** A share above 0 is at least one user. */
const shareOf = (users: number, share: number): number =>
  share === 0 ? 0 : Math.max(1, Math.round(clean(users * share)));

/** Walks along the phases: each leg begins where the one before ended, which may be short of its level. */
function travel(phases: readonly Placed[], rate: number): Leg[] {
  let from = 0;
  return phases.map((placed) => {
    const { level, start, end, shape } = placed;
    const climbs = level > from;
    const way = shape.over ?? (climbs ? (level - from) / rate : 0);
    const time = (end - start) * 1000;
    const arrives = clean(start * 1000 + Math.min(way, time));
    const to = way <= time ? level : clean(from + ((level - from) * time) / way);
    const leg = { placed, from, to, arrives: millis(arrives) };
    from = to;
    return leg;
  });
}

function cornersOf(legs: readonly Leg[]): ProfilePoint[] {
  const points: ProfilePoint[] = [];
  const add = (at: number, users: number): void => {
    const last = points.at(-1);
    if (last?.at !== at || last.users !== users) points.push({ at: millis(at), users });
  };
  for (const { placed, from, to, arrives } of legs) {
    add(placed.start * 1000, from);
    add(arrives, to);
    add(placed.end * 1000, to);
  }
  return points;
}

/**
 * Cuts the legs into phases of whole seconds. The climb to a level becomes a phase of its own where the scenario names it
 * (unless it is over within a second), and always before the steady window, so that the window consists of whole phases.
 */
function namePhases(legs: readonly Leg[], target: number): Phase[] {
  const phases: Phase[] = [];
  let window: 'ahead' | 'open' | 'over' = 'ahead';
  for (const { placed, from, to, arrives } of legs) {
    const { shape, start, end } = placed;
    const standing = Math.min(end, Math.ceil(arrives / 1000));
    const reachesTarget = to === target && standing < end;
    const climbs = to > from && standing > start;
    const opens = window === 'ahead' && reachesTarget;
    const named = shape.climb !== null && arrives - start * 1000 >= 1000;
    // At the target already: the window goes on through this phase.
    const goesOn = window === 'open' && from === target && to === target;
    if (window === 'open' && !goesOn) window = 'over';
    if (opens) window = 'open';
    const steady = opens || goesOn;
    if (climbs && (named || opens)) {
      phases.push({ name: shape.climb ?? `${shape.name} climb`, start, end: standing, steady: false });
      if (standing < end) phases.push({ name: shape.name, start: standing, end, steady });
    } else phases.push({ name: shape.name, start, end, steady });
  }
  return phases;
}

/** Takes the binary noise out of a product: 0.7 × 10 is 7. */
const clean = (value: number): number => Number(value.toPrecision(12));
