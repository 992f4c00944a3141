import { line, type Reader, readFields, scalar } from './field-reader.ts';
import {
  type ScenarioJson,
  type ScenarioMcp,
  type ScenarioReply,
  type ScenarioRequest,
  type ScenarioRest,
  scenarioQuestions,
} from './scenario-dialect.ts';
import { nested, path } from './scenario-fields.ts';
import { held, type ScenarioGrammars } from './scenario-grammars.ts';
import type { Path, Problem } from './yaml-document.ts';

const json: Reader<ScenarioJson> = (value) => {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError('holds a number that JSON cannot write');
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) json(part);
  // Nothing else comes out of a YAML document.
  return value as ScenarioJson;
};

const jsonObject: Reader<Readonly<Record<string, ScenarioJson>>> = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RangeError('must be a mapping of names to values');
  return json(value) as Readonly<Record<string, ScenarioJson>>;
};

const method: Reader<ScenarioRequest['method']> = (value) => {
  if (value !== 'GET' && value !== 'POST') throw new RangeError('must be GET or POST');
  return value;
};

/** What stands in a placeholder is encoded when it is filled in. */
const templatePath: Reader<string> = (value) => {
  path(scalar(value).replaceAll(/\{\{[^{}]*\}\}/g, ''));
  return scalar(value);
};

/** A JSON pointer; an empty one is the whole answer. */
const pointer: Reader<string> = (value) => {
  if (typeof value !== 'string') throw new RangeError('must be a JSON pointer like /data/id');
  return value.trim();
};

const mcpFields = {
  version: line,
  path,
  transport: line,
  health: line,
  tool: line,
  tools: nested,
  arguments: jsonObject,
  reply: nested,
} as const;
const toolFields = { initial: line, 'follow-up': line, automatic: line } as const;
const replyFields = { conversation: pointer, session: pointer, question: pointer, done: pointer } as const;
const restFields = { health: nested, initial: nested, 'follow-up': nested, automatic: nested, reply: nested } as const;
const requestFields = { method, path: templatePath, body: json } as const;

/** Reads the section `mcp`, and adds everything that is wrong with it to `problems`. */
export function readMcp(raw: unknown, problems: Problem[], grammars: ScenarioGrammars): ScenarioMcp {
  const fields = readFields(raw, mcpFields, ['mcp'], problems);
  const tools = fields.tools === undefined ? null : readFields(fields.tools, toolFields, ['mcp', 'tools'], problems);
  if (fields.tool !== undefined && tools !== null)
    problems.push({ path: ['mcp', 'tools'], key: true, message: 'says the same as tool: leave one of the two out' });
  problems.push(
    ...held(['mcp', 'version'], fields.version, grammars.mcpVersion),
    ...held(['mcp', 'transport'], fields.transport, grammars.mcpTransport),
    ...held(['mcp', 'health'], fields.health, grammars.mcpHealth),
    ...held(['mcp', 'tool'], fields.tool, grammars.tool),
    ...scenarioQuestions.flatMap((row) => held(['mcp', 'tools', row], tools?.[row], grammars.tool)),
    ...textProblems(['mcp', 'arguments'], fields.arguments, grammars.template),
  );
  return {
    version: fields.version ?? null,
    path: fields.path ?? null,
    transport: fields.transport ?? null,
    health: fields.health ?? null,
    tool: fields.tool ?? null,
    tools,
    arguments: fields.arguments ?? null,
    reply: fields.reply === undefined ? null : readReply(fields.reply, ['mcp', 'reply'], problems, grammars),
  };
}

/**
 * Reads the section `rest`, and adds everything that is wrong with it to `problems`; null when it has no initial question,
 * which is one of the problems.
 */
export function readRest(raw: unknown, problems: Problem[], grammars: ScenarioGrammars): ScenarioRest | null {
  const fields = readFields(raw, restFields, ['rest'], problems);
  const request = (row: 'health' | (typeof scenarioQuestions)[number]): ScenarioRequest | null =>
    fields[row] === undefined
      ? null
      : readRequest(fields[row], ['rest', row], problems, row === 'health' ? grammars.constant : grammars.template);
  const [health, initial, followUp, automatic] = [
    request('health'),
    request('initial'),
    request('follow-up'),
    request('automatic'),
  ];
  const reply = readReply(fields.reply ?? {}, ['rest', 'reply'], problems, grammars);
  if (fields.initial === undefined)
    problems.push({ path: ['rest'], key: true, message: 'needs initial, the request of the first question' });
  return initial === null ? null : { requests: { health, initial, 'follow-up': followUp, automatic }, reply };
}

function readRequest(
  raw: unknown,
  at: Path,
  problems: Problem[],
  template: ScenarioGrammars['template'],
): ScenarioRequest | null {
  const before = problems.length;
  const { method, path: where, body = null } = readFields(raw, requestFields, at, problems);
  if (where === undefined && problems.length === before)
    problems.push({ path: at, key: true, message: 'needs a path' });
  if (method === 'GET' && body !== null)
    problems.push({ path: [...at, 'method'], message: 'must be POST where there is a body, got GET' });
  problems.push(...held([...at, 'path'], where, template), ...textProblems([...at, 'body'], body, template));
  return where === undefined ? null : { method: method ?? (body === null ? 'GET' : 'POST'), path: where, body };
}

function readReply(raw: unknown, at: Path, problems: Problem[], grammars: ScenarioGrammars): ScenarioReply {
  const fields = readFields(raw, replyFields, at, problems);
  for (const name of ['conversation', 'session', 'question'] as const)
    problems.push(...held([...at, name], fields[name], grammars.pointer));
  problems.push(...held([...at, 'done'], fields.done, grammars.done));
  return {
    conversation: fields.conversation ?? null,
    session: fields.session ?? null,
    question: fields.question ?? null,
    done: fields.done ?? null,
  };
}

/** What is wrong with the texts of JSON, each in its place. */
function textProblems(at: Path, value: ScenarioJson | undefined, grammar: ScenarioGrammars['template']): Problem[] {
  if (typeof value === 'string') return held(at, value, grammar);
  if (Array.isArray(value)) return value.flatMap((part, i) => textProblems([...at, i], part, grammar));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => textProblems([...at, name], part, grammar));
}
