import type { Millis, PerSecond } from '../core/units.ts';
import { perSecond } from '../core/units.ts';
import { checkPhases, type PhaseSoFar, totalSpan } from './check-phases.ts';
import { type FieldsOf, readFields, readList } from './field-reader.ts';
import type { Baseline, LoadKind, LoadShape, PhaseShape } from './scenario.ts';
import { phaseFields, type scenarioFields, type WrittenLevel, type WrittenRate } from './scenario-fields.ts';
import type { Path, Problem } from './yaml-document.ts';

type Fields = FieldsOf<typeof scenarioFields>;

/** The name of the key that holds each kind of load, of a scenario and of a phase alike. */
const keyOf = { closed: 'users', open: 'rate' } as const;
const examples = { closed: 'users: 100', open: 'rate: 50/s' } as const;

/** Without phases of its own a scenario climbs to its target and holds it. */
const climbAndHold = (load: LoadKind): PhaseSoFar => ({
  name: 'hold',
  load,
  level: { kind: 'share', share: 1 },
  length: { kind: 'share', share: 1 },
  climb: 'climb',
  over: null,
});

/** A phase as the file has it: counts are not yet shares of the target. */
interface WrittenPhase {
  readonly path: Path;
  readonly fields: FieldsOf<typeof phaseFields>;
  /** undefined when it has neither users nor rate. */
  readonly load: LoadKind | undefined;
  /** undefined when it could not be read. */
  readonly level: WrittenLevel | undefined;
}

type Target = number | undefined;
type Targets = Readonly<Record<LoadKind, Target>>;

/**
 * Reads the part of a scenario file that says how much load there is, and when; undefined when something is missing or
 * wrong, `problems` then says what.
 */
export function readShape(fields: Fields, raw: object, problems: Problem[]): LoadShape | undefined {
  const says = (key: keyof typeof scenarioFields): boolean => Object.hasOwn(raw, key);
  const written = says('phases') ? readPhases(fields.phases, problems) : null;
  const kinds = kindsOf(written, says);
  const targets: Targets = {
    closed: kinds.closed ? targetOf('closed', fields.users, written, says, problems) : 0,
    open: kinds.open ? targetOf('open', fields.rate, written, says, problems) : 0,
  };
  problems.push(...strayKeys(kinds, written !== null, says, fields));
  const phases = written
    ? settlePhases(written, targets, fields.baseline, problems)
    : [climbAndHold(kinds.open ? 'open' : 'closed')];
  const runTime = fields.run_time ?? (says('run_time') ? undefined : totalSpan(phases));
  // The phases say how long they last together, unless they say it in shares or one of them cannot be read.
  if (!says('run_time') && runTime === undefined && phases.every(({ length }) => length !== undefined))
    problems.push({ path: [], message: 'needs the key run_time, like run_time: 10m' });
  if (phases.length > 0) problems.push(...checkPhases(phases, shapeSoFar(fields, targets)));
  if (targets.closed === undefined || targets.open === undefined || runTime === undefined) return undefined;
  return {
    users: targets.closed,
    rate: kinds.open ? perSecond(targets.open) : null,
    arrivals: fields.arrivals ?? null,
    maxUsers: fields.max_users ?? null,
    spawnRate: fields.spawn_rate ?? null,
    climb: fields.climb ?? null,
    runTime,
    baseline: fields.baseline ?? null,
    // Each phase is whole unless a problem says why not.
    phases: phases.filter(isWhole),
  };
}

const shapeSoFar = (
  { run_time: runTime, baseline }: Fields,
  { closed }: Targets,
): { users: Target; runTime: Millis | undefined; baseline: Baseline | undefined } => ({
  users: closed,
  runTime,
  baseline,
});

const isWhole = (phase: PhaseSoFar): phase is PhaseShape =>
  phase.name !== undefined && phase.load !== undefined && phase.level !== undefined && phase.length !== undefined;

/** Which kinds of load there are: those that phases name, else the one that has a target, else closed. */
function kindsOf(
  written: readonly WrittenPhase[] | null,
  says: (key: 'users' | 'rate') => boolean,
): Readonly<Record<LoadKind, boolean>> {
  const inPhases = (kind: LoadKind): boolean => written?.some(({ load }) => load === kind) ?? false;
  if (inPhases('closed') || inPhases('open')) return { closed: inPhases('closed'), open: inPhases('open') };
  return { closed: says('users') || !says('rate'), open: says('rate') };
}

/** Keys that make no sense for the kinds of load that there are. */
function strayKeys(
  kinds: Readonly<Record<LoadKind, boolean>>,
  hasPhases: boolean,
  says: (key: keyof typeof scenarioFields) => boolean,
  fields: Fields,
): Problem[] {
  const problems: Problem[] = [];
  const stray = (key: keyof typeof scenarioFields, message: string): void => {
    if (says(key)) problems.push({ path: [key], key: true, message });
  };
  if (kinds.closed && kinds.open && !hasPhases)
    stray('rate', 'stands beside users, so there must be phases that say when each of them holds');
  if (!kinds.closed) {
    stray('users', 'is used by no phase; a phase uses it with users: 100%');
    stray('spawn_rate', 'is about users that stay; a rate climbs with climb: 1m, or with over: 1m in a phase');
  }
  if (!kinds.open) {
    stray('rate', 'is used by no phase; a phase uses it with rate: 100%');
    stray('arrivals', 'is about open load, which there is with rate: 50/s');
    if (fields.until_broken !== true)
      stray('max_users', 'is about open load, which there is with rate: 50/s, or about until_broken: true');
  }
  if (kinds.closed && !says('spawn_rate') && !says('climb'))
    problems.push({ path: [], message: 'needs the key spawn_rate, like spawn_rate: 10/s, or climb: 8m' });
  if (says('spawn_rate') && says('climb'))
    problems.push({ path: ['climb'], key: true, message: 'says the same as spawn_rate in another way: keep one' });
  return problems;
}

/** What the file says is the most of a kind of load, or else the highest that its phases name. */
function targetOf(
  load: LoadKind,
  declared: number | undefined,
  written: readonly WrittenPhase[] | null,
  says: (key: 'users' | 'rate') => boolean,
  problems: Problem[],
): Target {
  if (declared !== undefined || says(keyOf[load])) return declared;
  const own = (written ?? []).filter((phase) => phase.load === load);
  const named = own.flatMap(({ level }) => (level?.kind === 'count' ? [level.count] : []));
  const highest = Math.max(0, ...named);
  if (highest > 0) return highest;
  // A level that could not be read may have been the highest.
  if (own.some(({ level }) => level === undefined)) return undefined;
  const other = written === null ? `, or ${examples.open}` : '';
  problems.push({ path: [], message: `needs the key ${keyOf[load]}, like ${examples[load]}${other}` });
  return undefined;
}

function readPhases(raw: unknown, problems: Problem[]): WrittenPhase[] {
  return readList(raw, ['phases'], problems).map((item, i) => {
    const path = ['phases', i];
    const before = problems.length;
    const fields = readFields(item, phaseFields, path, problems);
    const notMapping = problems.length > before && Object.keys(fields).length === 0;
    const says = (key: keyof typeof phaseFields): boolean => Object.hasOwn(fields, key);
    const needs = (key: string): void => {
      if (!notMapping) problems.push({ path, message: `needs the key ${key}` });
    };
    if (!says('name')) needs('name');
    if (!says('users') && !says('rate')) needs('users or rate');
    const unreadable = says('rate') && fields.rate === undefined;
    if (!says('for') && !unreadable && typeof fields.rate?.over !== 'number') needs('for');
    if (says('users') && says('rate'))
      problems.push({ path: [...path, 'rate'], key: true, message: 'excludes users: a phase has one of the two' });
    if (says('over') && fields.rate && fields.rate.over !== null)
      problems.push({ path: [...path, 'over'], key: true, message: 'is said by the rate already: keep one' });
    const load = says('users') ? 'closed' : says('rate') ? 'open' : undefined;
    return { path, fields, load, level: load === 'open' ? fields.rate?.level : fields.users };
  });
}

/** Levels given as counts are shares of the target from here on, so that they scale with it. */
function settlePhases(
  written: readonly WrittenPhase[],
  targets: Targets,
  baseline: Baseline | undefined,
  problems: Problem[],
): PhaseSoFar[] {
  const phases = written.map(({ path, fields, load, level }): PhaseSoFar => {
    const { rate } = fields;
    const settled = load && level ? settleLevel(level, load, targets[load], [...path, keyOf[load]], problems) : null;
    // A way that gives its time and no length of the phase fills it.
    const whole = fields.for === undefined && typeof rate?.over === 'number' ? rate.over : null;
    const length: PhaseShape['length'] | undefined = whole === null ? fields.for : { kind: 'span', span: whole };
    return {
      ...(fields.name === undefined ? {} : { name: fields.name }),
      ...(load === undefined ? {} : { load }),
      ...(settled === null ? {} : { level: settled }),
      ...(length === undefined ? {} : { length }),
      climb: fields.climb ?? null,
      over: whole === null ? (rate?.over ?? fields.over ?? null) : 'phase',
    };
  });
  written.forEach(({ path, fields }, i) => {
    const problem = fields.rate && startProblem(fields.rate, phases[i - 1], targets.open, baseline);
    if (problem) problems.push({ path: [...path, 'rate'], message: problem });
  });
  return phases;
}

function settleLevel(
  level: WrittenLevel,
  load: LoadKind,
  target: Target,
  path: Path,
  problems: Problem[],
): PhaseShape['level'] | null {
  if (level.kind !== 'count') return level;
  if (target === undefined) return null;
  const unit = load === 'open' ? '/s' : '';
  if (level.count > target)
    problems.push({
      path,
      message: `must be at most the ${keyOf[load]} of the scenario, ${target}${unit}, got ${level.count}${unit}`,
    });
  return { kind: 'share', share: level.count / target };
}

/** A way may say where it begins, which is where the phase before it ended: then the file cannot mean something else. */
function startProblem(
  { from, text }: WrittenRate,
  before: PhaseSoFar | undefined,
  target: Target,
  baseline: Baseline | undefined,
): string | null {
  if (from === null || target === undefined) return null;
  const rateOf = (level: WrittenLevel | undefined): number | undefined => {
    if (level?.kind === 'baseline') return baseline?.kind === 'share' ? baseline.share * target : undefined;
    return level?.kind === 'share' ? level.share * target : level?.count;
  };
  const ended = before === undefined || before.load === 'closed' ? 0 : rateOf(before.level);
  const begins = rateOf(from);
  if (ended === undefined || begins === undefined || Math.abs(ended - begins) <= 1e-9 * target) return null;
  const where =
    before === undefined
      ? 'where the run begins'
      : before.load === 'closed'
        ? 'since nobody arrives in the phase before'
        : 'where the phase before ends';
  return `must begin at ${rateText(perSecond(ended))}, ${where}, got ${text}`;
}

const rateText = (rate: PerSecond): string => `${Number(rate.toPrecision(6))}/s`;
