import {
  type FieldsOf,
  line,
  type Reader,
  readField,
  readFields,
  readList,
  shortName,
  withValue,
} from './field-reader.ts';
import { readMcp, readRest } from './read-dialect.ts';
import { readShape } from './read-shape.ts';
import { type LoadShape, type Scenario, type ScenarioMock, type ScenarioThreshold, scenarioRows } from './scenario.ts';
import { headerField, mixFields, mockFields, pathFields, scenarioFields } from './scenario-fields.ts';
import { held, type ScenarioGrammars } from './scenario-grammars.ts';
import { type Path, type Problem, readYaml, type YamlDocument } from './yaml-document.ts';

type Fields = FieldsOf<typeof scenarioFields>;

/**
 * Reads a scenario file. `source` is its path, for error messages; its base name stands in for a missing name.
 * @throws SqloadError (exit 2) that lists every problem of the file with line, column, path and what was expected.
 */
export function parseScenario(text: string, source: string, grammars: ScenarioGrammars = {}): Scenario {
  const document = readYaml(text, 'scenario', source);
  const problems: Problem[] = [];
  if (document.value === null || document.value === undefined)
    throw document.error([
      {
        path: [],
        message: 'the file is empty; it needs at least users, spawn_rate and run_time, or rate and run_time',
      },
    ]);
  const fields = readFields(document.value, scenarioFields, [], problems);
  if (typeof document.value !== 'object' || Array.isArray(document.value)) throw document.error(problems);
  const shape = readShape(fields, document.value, problems);
  const settings = readSettings(fields, document, problems, grammars);
  problems.push(...foreignProblems(settings, grammars));
  const name = fields.name ?? readField(baseName(source), shortName, ['name'], problems);
  if (problems.length > 0 || shape === undefined || name === undefined) throw document.error(problems);
  return { name, ...shape, ...settings };
}

function readSettings(
  fields: Fields,
  document: YamlDocument,
  problems: Problem[],
  grammars: ScenarioGrammars,
): Omit<Scenario, 'name' | keyof LoadShape> {
  return {
    description: fields.description ?? null,
    stage: fields.stage ?? null,
    expectedUsers: fields.expected_users ?? null,
    expectedRate: fields.expected_rate ?? null,
    think: fields.think ?? null,
    mix: readMix(fields.mix, problems),
    dialect: fields.dialect ?? null,
    mcp: optional(fields.mcp, (raw) => readMcp(raw, problems, grammars)),
    rest: optional(fields.rest, (raw) => readRest(raw, problems, grammars)),
    paths: optional(fields.paths, (raw) => readFields(raw, pathFields, ['paths'], problems)),
    history: fields.history ?? null,
    corpus: fields.corpus ?? null,
    hooks: fields.hooks ?? null,
    host: fields.host ?? null,
    headers: optional(fields.headers, (raw) => readHeaders(raw, problems)),
    insecure: fields.insecure ?? null,
    ca: fields.ca ?? null,
    timeout: fields.timeout ?? null,
    stopTimeout: fields.stop_timeout ?? null,
    preflight: fields.preflight ?? null,
    connections: fields.connections ?? null,
    keepAlive: fields.keep_alive ?? null,
    staleRetry: fields.stale_retry ?? null,
    tlsResumption: fields.tls_resumption ?? null,
    seed: fields.seed ?? null,
    monitors: optional(fields.monitors, (raw) => readTexts(raw, ['monitors'], problems)),
    cpuLimit: fields.cpu_limit ?? null,
    memoryLimit: fields.memory_limit ?? null,
    thresholds: optional(fields.thresholds, (raw) => readThresholds(raw, document, problems)),
    defaultThresholds: fields.default_thresholds ?? null,
    abortOnFail: fields.abort_on_fail ?? null,
    untilBroken: fields.until_broken ?? null,
    allowDropped: fields.allow_dropped ?? null,
    mock: optional(fields.mock, (raw) => readMock(raw, problems)),
  };
}

function foreignProblems(settings: ReturnType<typeof readSettings>, grammars: ScenarioGrammars): Problem[] {
  const { thresholds, dialect, host, headers, connections, keepAlive, monitors, mock } = settings;
  return [
    ...(thresholds ?? []).flatMap(({ text }, i) => held(['thresholds', i], text, grammars.threshold)),
    ...held(['dialect'], dialect, grammars.dialect),
    ...held(['host'], host, grammars.host),
    ...(headers ?? []).flatMap((header) => held(['headers', header.name], header, grammars.header)),
    ...held(['connections'], connections, grammars.connections),
    ...held(['keep_alive'], keepAlive, grammars.keepAlive),
    ...(monitors ?? []).flatMap((monitor, i) => held(['monitors', i], monitor, grammars.monitor)),
    ...held(['cpu_limit'], settings.cpuLimit, grammars.cpuLimit),
    ...held(['memory_limit'], settings.memoryLimit, grammars.memoryLimit),
    ...held(['mock', 'latency'], mock?.latency, grammars.latency),
    ...(mock?.faults ?? []).flatMap((fault, i) => held(['mock', 'fault', i], fault, grammars.fault)),
  ];
}

function readMix(raw: unknown, problems: Problem[]): Scenario['mix'] {
  if (raw === undefined) return null;
  const before = problems.length;
  const weights = readFields(raw, mixFields, ['mix'], problems);
  const mix = {
    health: weights.health ?? 0,
    initial: weights.initial ?? 0,
    'follow-up': weights['follow-up'] ?? 0,
    automatic: weights.automatic ?? 0,
  };
  if (problems.length === before && scenarioRows.every((row) => mix[row] === 0))
    problems.push({ path: ['mix'], message: 'must have a weight above 0, got none' });
  return mix;
}

function readHeaders(raw: unknown, problems: Problem[]): { name: string; value: string }[] {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    problems.push({ path: ['headers'], message: withValue('must be a mapping of names to values', raw) });
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

const optional = <Raw, Value>(raw: Raw | undefined, read: (raw: Raw) => Value): Value | null =>
  raw === undefined ? null : read(raw);

const baseName = (source: string): string =>
  source
    .split(/[/\\]/)
    .at(-1)
    ?.replace(/\.[^.]*$/, '') ?? '';
