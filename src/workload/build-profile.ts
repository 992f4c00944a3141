import { type Millis, millis, perSecond } from '../core/units.ts';
import type { ArrivalProfile, LoadProfile, Phase } from './load-profile.ts';
import { type LoadOverrides, scaleScenario } from './scale-scenario.ts';
import { defaultMaxUsers, type LoadKind, type LoadShape, type PhaseShape, type Scenario } from './scenario.ts';

/** A phase with its level, in users or in arrivals per second, and its edges in whole seconds of the run. */
interface Placed {
  readonly shape: PhaseShape;
  readonly level: number;
  readonly start: number;
  readonly end: number;
}

/** The way to a level and the stand at it, within one placed phase; the load of the other kind is 0. */
interface Leg {
  readonly placed: Placed;
  readonly from: number;
  /** The load at the end of the phase: the level, unless the time was too short for it. */
  readonly to: number;
  /** When the curve arrives there, ms of the run. */
  readonly arrives: Millis;
}

/**
 * The curves of users and of the arrival rate over time that a scenario comes to, and its phases:
 *
 *     users                 ┌──────────┐            level: 100 %
 *                          /│          │
 *                         / │   hold   │            the climb at the spawn rate is a phase of its own
 *       ┌─────────────── /  │ (steady) └──────────  a fall is a drop unless it is given a time
 *       │   baseline    surge             recovery
 *       └──────────────────────────────────────▶ s
 *
 * Each kind of load has a curve of its own, which is 0 in the phases of the other.
 *
 * @throws SqloadError (exit 2) for overrides that do not fit.
 */
export function buildProfile(scenario: LoadShape & Pick<Scenario, 'name'>, overrides: LoadOverrides = {}): LoadProfile {
  const shape = scaleScenario(scenario, overrides);
  const legs = travel(placePhases(shape), shape);
  const phases = namePhases(legs, shape);
  const first = phases.findIndex(({ steady }) => steady);
  const last = phases.findLastIndex(({ steady }) => steady);
  const [from, to] = [phases[first], phases[last]];
  return {
    phases,
    points: cornersOf(legs, 'closed').map(([at, users]) => ({ at, users })),
    peak: shape.users,
    arrivals: arrivalsOf(legs, shape),
    seconds: shape.runTime / 1000,
    steady: from && to ? { start: from.start, end: to.end } : null,
  };
}

function arrivalsOf(legs: readonly Leg[], { rate, arrivals, maxUsers }: LoadShape): ArrivalProfile | null {
  if (rate === null) return null;
  return {
    points: cornersOf(legs, 'open').map(([at, level]) => ({ at, rate: perSecond(level) })),
    process: arrivals ?? 'even',
    peak: rate,
    limit: maxUsers ?? defaultMaxUsers,
  };
}

/** How much a climb gains in a millisecond: users, or arrivals per second, which need no time where nothing says so. */
function pacePerMilli(load: LoadKind, shape: LoadShape): number {
  const { spawnRate, climb } = shape;
  if (climb !== null) return targetOf(load, shape) / climb;
  return load === 'open' ? Number.POSITIVE_INFINITY : (spawnRate ?? 0) / 1000;
}

const targetOf = (load: LoadKind, { users, rate }: LoadShape): number => (load === 'open' ? (rate ?? 0) : users);

/** Gives each phase its whole seconds. Phases that stand at a baseline of 0 are left out, the others fill the run. */
function placePhases(shape: LoadShape): Placed[] {
  const seconds = shape.runTime / 1000;
  const wanted = shape.phases.map((phase) => ({ phase, level: levelOf(phase, shape), length: lengthOf(phase) }));
  const kept = wanted.filter(({ phase, level }) => phase.level.kind === 'share' || level > 0);
  // A run of fewer seconds than phases keeps the target and the longest of the others.
  while (kept.length > seconds) {
    const others = kept.filter(({ phase, level }) => level < targetOf(phase.load, shape));
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

function levelOf({ load, level }: PhaseShape, shape: LoadShape): number {
  const { baseline } = shape;
  if (level.kind === 'baseline' && baseline?.kind === 'users') return baseline.users;
  const share = level.kind === 'share' ? level.share : baseline?.kind === 'share' ? baseline.share : 0;
  // The target itself is no product, so that a phase at all of it stands at it exactly.
  const part = share === 1 ? targetOf(load, shape) : clean(targetOf(load, shape) * share);
  // A share of the users above 0 is at least one of them.
  return load === 'open' || share === 0 ? part : Math.max(1, Math.round(part));
}

/** Walks along the phases: each leg begins where the one before ended, which may be short of its level. */
function travel(phases: readonly Placed[], scenario: LoadShape): Leg[] {
  let from = 0;
  return phases.map((placed, i) => {
    const { level, start, end, shape } = placed;
    if (phases[i - 1]?.shape.load !== shape.load) from = 0;
    const climbs = level > from;
    const time = (end - start) * 1000;
    const over = shape.over === 'phase' ? time : shape.over;
    const way = over ?? (climbs ? (level - from) / pacePerMilli(shape.load, scenario) : 0);
    const arrives = clean(start * 1000 + Math.min(way, time));
    const to = way <= time ? level : clean(from + ((level - from) * time) / way);
    const leg = { placed, from, to, arrives: millis(arrives) };
    from = to;
    return leg;
  });
}

/** The curve of one kind of load through the run: time and level of each corner. */
function cornersOf(legs: readonly Leg[], load: LoadKind): (readonly [Millis, number])[] {
  const corners: (readonly [Millis, number])[] = [];
  const add = (at: number, level: number): void => {
    const last = corners.at(-1);
    if (last?.[0] !== at || last[1] !== level) corners.push([millis(at), level]);
  };
  for (const { placed, from, to, arrives } of legs) {
    const share = placed.shape.load === load ? 1 : 0;
    add(placed.start * 1000, from * share);
    if (share === 1) add(arrives, to);
    add(placed.end * 1000, to * share);
  }
  return corners;
}

/**
 * Cuts the legs into phases of whole seconds. The climb to a level becomes a phase of its own where the scenario names it
 * (unless it is over within a second), and always before the steady window, so that the window consists of whole phases.
 */
function namePhases(legs: readonly Leg[], scenario: LoadShape): Phase[] {
  const phases: Phase[] = [];
  let window: 'ahead' | 'open' | 'over' = 'ahead';
  for (const { placed, from, to, arrives } of legs) {
    const { shape, start, end } = placed;
    const target = targetOf(shape.load, scenario);
    const standing = Math.min(end, Math.ceil(arrives / 1000));
    const reachesTarget = to === target && standing < end;
    const climbs = to > from && standing > start;
    const opens = window === 'ahead' && reachesTarget;
    const named = shape.climb !== null && arrives - start * 1000 >= 1000;
    // At the target already: the window goes on through this phase. Load of the other kind begins at 0.
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
