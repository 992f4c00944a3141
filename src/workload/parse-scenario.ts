import type { Millis } from '../core/units.ts';
import { checkPhases, type PhaseSoFar, totalSpan } from './check-phases.ts';
import { type FieldsOf, line, type Reader, readField, readFields, shortName } from './field-reader.ts';
import {
  type Baseline,
  type PhaseShape,
  type Scenario,
  type ScenarioMock,
  type ScenarioThreshold,
  scenarioRows,
} from './scenario.ts';
import {
  headerField,
  mixFields,
  mockFields,
  pathFields,
  phaseFields,
  scenarioFields,
  type WrittenLevel,
} from './scenario-fields.ts';
import { type Path, type Problem, readYaml, type YamlDocument } from './yaml-document.ts';

type Fields = FieldsOf<typeof scenarioFields>;

/** Without phases of its own a scenario climbs to its target and holds it. */
const climbAndHold: readonly PhaseShape[] = [
  {
    name: 'hold',
    level: { kind: 'share', share: 1 },
    length: { kind: 'share', share: 1 },
    climb: 'climb',
    over: null,
  },
];

/**
 * Texts in a scenario that other layers read. The caller lends their grammars, so that one reading finds every problem; each
 * throws an Error that says what is wrong.
 */
export interface ScenarioGrammars {
  readonly threshold?: (text: string) => unknown;
  readonly host?: (text: string) => unknown;
  readonly header?: (header: { readonly name: string; readonly value: string }) => unknown;
  readonly latency?: (text: string) => unknown;
  readonly fault?: (text: string) => unknown;
}

/**
 * Reads a scenario file. `source` is its path, for error messages; its base name stands in for a missing name.
 * @throws SqloadError (exit 2) that lists every problem of the file with line, column, path and what was expected.
 */
export function parseScenario(text: string, source: string, grammars: ScenarioGrammars = {}): Scenario {
  const document = readYaml(text, 'scenario', source);
  const problems: Problem[] = [];
  if (document.value === null || document.value === undefined)
    throw document.error([
      { path: [], message: 'the file is empty; it needs at least users, spawn_rate and run_time' },
    ]);
  const fields = readFields(document.value, scenarioFields, [], problems);
  if (typeof document.value !== 'object' || Array.isArray(document.value)) throw document.error(problems);
  const shape = readShape(fields, document.value, problems);
  const rest = readRest(fields, document, problems);
  problems.push(...foreignProblems(rest, grammars));
  const name = fields.name ?? readField(baseName(source), shortName, ['name'], problems);
  if (problems.length > 0 || shape === undefined || name === undefined) throw document.error(problems);
  return { name, ...shape, ...rest };
}

type Shape = Pick<Scenario, 'users' | 'spawnRate' | 'climb' | 'runTime' | 'baseline' | 'phases'>;

/** undefined when something is missing; `problems` then says what. */
function readShape(fields: Fields, raw: unknown, problems: Problem[]): Shape | undefined {
  const says = (key: string): boolean => typeof raw === 'object' && raw !== null && Object.hasOwn(raw, key);
  if (!says('users')) problems.push(missing('users', 'users: 100'));
  if (!says('spawn_rate') && !says('climb')) problems.push(missing('spawn_rate', 'spawn_rate: 10/s, or climb: 8m'));
  if (says('spawn_rate') && says('climb'))
    problems.push({ path: ['climb'], key: true, message: 'says the same as spawn_rate in another way: keep one' });
  const phases = says('phases') ? readPhases(fields.phases, fields.users, problems) : climbAndHold;
  const runTime = fields.run_time ?? (says('run_time') ? undefined : totalSpan(phases));
  if (!says('run_time') && runTime === undefined) problems.push(missing('run_time', 'run_time: 10m'));
  problems.push(...phaseProblems(phases, fields));
  if (fields.users === undefined || runTime === undefined) return undefined;
  return {
    users: fields.users,
    spawnRate: fields.spawn_rate ?? null,
    climb: fields.climb ?? null,
    runTime,
    baseline: fields.baseline ?? null,
    // Each phase is whole unless a problem says why not.
    phases: phases.filter(isWhole),
  };
}

function phaseProblems(phases: readonly PhaseSoFar[], fields: Fields): Problem[] {
  const shape: { users: number | undefined; runTime: Millis | undefined; baseline: Baseline | undefined } = {
    users: fields.users,
    runTime: fields.run_time,
    baseline: fields.baseline,
  };
  return phases.length === 0 ? [] : checkPhases(phases, shape);
}

const isWhole = (phase: PhaseSoFar): phase is PhaseShape =>
  phase.name !== undefined && phase.level !== undefined && phase.length !== undefined;

function readPhases(raw: unknown, target: number | undefined, problems: Problem[]): readonly PhaseSoFar[] {
  return readList(raw, ['phases'], problems).map((item, i) => {
    const path = ['phases', i];
    const before = problems.length;
    const fields = readFields(item, phaseFields, path, problems);
    const notMapping = problems.length > before && Object.keys(fields).length === 0;
    for (const key of ['name', 'users', 'for'] as const)
      if (!notMapping && !Object.hasOwn(fields, key)) problems.push({ path, message: `needs the key ${key}` });
    return {
      ...(fields.name === undefined ? {} : { name: fields.name }),
      ...levelOf(fields.users, target, [...path, 'users'], problems),
      ...(fields.for === undefined ? {} : { length: fields.for }),
      climb: fields.climb ?? null,
      over: fields.over ?? null,
    };
  });
}

/** Users of a phase given as a count are a share of the target from here on, so that they scale with it. */
function levelOf(
  written: WrittenLevel | undefined,
  target: number | undefined,
  path: Path,
  problems: Problem[],
): Pick<PhaseSoFar, 'level'> {
  if (written === undefined || written.kind !== 'users') return written === undefined ? {} : { level: written };
  if (target === undefined) return {};
  if (written.users > target)
    problems.push({ path, message: `must be at most the users of the scenario, ${target}, got ${written.users}` });
  return { level: { kind: 'share', share: written.users / target } };
}

function readRest(fields: Fields, document: YamlDocument, problems: Problem[]): Omit<Scenario, 'name' | keyof Shape> {
  return {
    description: fields.description ?? null,
    think: fields.think ?? null,
    mix: readMix(fields.mix, problems),
    paths: optional(fields.paths, (raw) => readFields(raw, pathFields, ['paths'], problems)),
    history: fields.history ?? null,
    corpus: fields.corpus ?? null,
    host: fields.host ?? null,
    headers: optional(fields.headers, (raw) => readHeaders(raw, problems)),
    insecure: fields.insecure ?? null,
    ca: fields.ca ?? null,
    timeout: fields.timeout ?? null,
    stopTimeout: fields.stop_timeout ?? null,
    preflight: fields.preflight ?? null,
    seed: fields.seed ?? null,
    thresholds: optional(fields.thresholds, (raw) => readThresholds(raw, document, problems)),
    defaultThresholds: fields.default_thresholds ?? null,
    abortOnFail: fields.abort_on_fail ?? null,
    mock: optional(fields.mock, (raw) => readMock(raw, problems)),
  };
}

function foreignProblems(
  { thresholds, host, headers, mock }: ReturnType<typeof readRest>,
  grammars: ScenarioGrammars,
): Problem[] {
  const held = <Text>(path: Path, text: Text | null | undefined, grammar?: (text: Text) => unknown): Problem[] => {
    if (text === null || text === undefined) return [];
    try {
      grammar?.(text);
      return [];
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return [{ path, message: error.message.replace(/\.$/, '') }];
    }
  };
  return [
    ...(thresholds ?? []).flatMap(({ text }, i) => held(['thresholds', i], text, grammars.threshold)),
    ...held(['host'], host, grammars.host),
    ...(headers ?? []).flatMap((header) => held(['headers', header.name], header, grammars.header)),
    ...held(['mock', 'latency'], mock?.latency, grammars.latency),
    ...(mock?.faults ?? []).flatMap((fault, i) => held(['mock', 'fault', i], fault, grammars.fault)),
  ];
}

function readMix(raw: unknown, problems: Problem[]): Scenario['mix'] {
  if (raw === undefined) return null;
  const before = problems.length;
  const weights = readFields(raw, mixFields, ['mix'], problems);
  const mix = { health: weights.health ?? 0, initial: weights.initial ?? 0, 'follow-up': weights['follow-up'] ?? 0 };
  if (problems.length === before && scenarioRows.every((row) => mix[row] === 0))
    problems.push({ path: ['mix'], message: 'must have a weight above 0, got none' });
  return mix;
}

function readHeaders(raw: unknown, problems: Problem[]): { name: string; value: string }[] {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    problems.push({ path: ['headers'], message: 'must be a mapping of names to values' });
    return [];
  }
  return Object.entries(raw).flatMap(([name, value]) => {
    const field = readField(value, headerField(name), ['headers', name], problems);
    return field === undefined ? [] : [field];
  });
}

function readThresholds(raw: unknown, document: YamlDocument, problems: Problem[]): ScenarioThreshold[] {
  return readTexts(raw, ['thresholds'], problems).map((text, i) => ({
    text,
    where: document.where(['thresholds', i]),
  }));
}

function readMock(raw: unknown, problems: Problem[]): ScenarioMock {
  const fields = readFields(raw, mockFields, ['mock'], problems);
  const faults = typeof fields.fault === 'string' ? [fields.fault] : fields.fault;
  return {
    latency: fields.latency ?? null,
    capacity: fields.capacity ?? null,
    faults: optional(faults, (list) => readTexts(list, ['mock', 'fault'], problems)),
  };
}

function readTexts(raw: unknown, path: Path, problems: Problem[]): string[] {
  const text: Reader<string> = line;
  return readList(raw, path, problems, true).flatMap((item, i) => readField(item, text, [...path, i], problems) ?? []);
}

function readList(raw: unknown, path: Path, problems: Problem[], mayBeEmpty = false): readonly unknown[] {
  if (raw === undefined) return [];
  if (Array.isArray(raw) && (raw.length > 0 || mayBeEmpty)) return raw;
  problems.push({ path, message: `must be a list${mayBeEmpty ? '' : ' with at least one entry'}` });
  return [];
}

const optional = <Raw, Value>(raw: Raw | undefined, read: (raw: Raw) => Value): Value | null =>
  raw === undefined ? null : read(raw);

const missing = (key: string, example: string): Problem => ({
  path: [],
  message: `needs the key ${key}, like ${example}`,
});

const baseName = (source: string): string =>
  source
    .split(/[/\\]/)
    .at(-1)
    ?.replace(/\.[^.]*$/, '') ?? '';
