import { compilePointer } from '../../core/json-pointer.ts';
import type { RowId } from '../../protocol/dialect.ts';
import type { JsonTemplate, ReplyPointers } from '../../protocol/dialect-plan.ts';
import { compileTemplate } from '../../protocol/json-template.ts';
import type { ScenarioReply } from '../../workload/scenario-dialect.ts';
import { readNamed, showNamed } from './named-values.ts';

export type Question = Exclude<RowId, 'health'>;
const questions = ['initial', 'follow-up', 'automatic'] as const satisfies readonly Question[];

/** Which tools are called: one for every question, or one for each kind; a kind that is left out keeps the tool of the dialect. */
export type Tools =
  | { readonly kind: 'one'; readonly name: string }
  | { readonly kind: 'each'; readonly names: Readonly<Partial<Record<Question, string>>> };

/** What tools are called with: JSON with placeholders, or the file that holds it. */
export type ToolArguments =
  | { readonly kind: 'template'; readonly template: JsonTemplate }
  | { readonly kind: 'file'; readonly path: string };

/** Reads `think`, or `initial=ask,follow-up=more`. Throws RangeError saying what it must be. */
export function parseTools(text: string): Tools {
  if (!text.includes('=')) return { kind: 'one', name: parseTool(text) };
  const named = readNamed(text, questions, 'initial=ask,follow-up=ask_more');
  return { kind: 'each', names: Object.fromEntries(named.map(([row, name]) => [row, parseTool(name)])) };
}

export const showTools = (tools: Tools): string =>
  tools.kind === 'one' ? tools.name : showNamed(questions, tools.names);

/** Reads the name of one tool. Throws RangeError saying what it must be. */
export function parseTool(name: string): string {
  if (!/^[\x21-\x7e]{1,128}$/.test(name) || /[,=]/.test(name))
    throw new RangeError('must be the name of a tool, without spaces, commas and equals signs');
  return name;
}

/** Reads a JSON object with placeholders, or `@` and the path of its file. Throws RangeError saying what it must be. */
export function parseToolArguments(text: string): ToolArguments {
  if (/^@./.test(text)) return { kind: 'file', path: text.slice(1) };
  return { kind: 'template', template: parseArguments(text) };
}

export const showToolArguments = (given: ToolArguments): string =>
  given.kind === 'file' ? `@${given.path}` : JSON.stringify(given.template);

/** Reads a JSON object with placeholders. Throws RangeError saying what it must be. */
export function parseArguments(text: string): JsonTemplate {
  const json = readJson(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new RangeError('must be a JSON object: arguments have names');
  compileTemplate(json);
  return json;
}

function readJson(text: string): JsonTemplate {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError('must be a JSON object like {"thought":"{{message}}"}');
  }
}

const replyNames = ['conversation', 'session', 'question', 'done'] as const;

/** Reads `conversation=/id,session=/sid,question=/text,done=!/goesOn`. Throws RangeError saying what it must be. */
export function parseToolReply(text: string): ReplyPointers {
  const given = Object.fromEntries(readNamed(text, replyNames, 'question=/text,done=!/goesOn'));
  const { conversation = null, session = null, question = null, done = null } = given;
  return replyPointers({ conversation, session, question, done });
}

/** The pointers of a reply as they were written, checked. Throws RangeError saying what they must be. */
export function replyPointers({ conversation, session, question, done }: ScenarioReply): ReplyPointers {
  for (const pointer of [conversation, session, question]) if (pointer !== null) compilePointer(pointer);
  return {
    conversationId: conversation,
    sessionId: session,
    question,
    done: done === null ? null : parseDone(done),
  };
}

/** Reads a JSON pointer, with `!` before it where the answer says that the conversation goes on. */
export function parseDone(text: string): NonNullable<ReplyPointers['done']> {
  const negated = text.startsWith('!');
  const pointer = negated ? text.slice(1) : text;
  compilePointer(pointer);
  return { pointer, negated };
}

export function showToolReply({ conversationId, sessionId, question, done }: ReplyPointers): string {
  const pointers = { conversation: conversationId, session: sessionId, question };
  const texts = Object.entries(pointers).flatMap(([name, pointer]) => (pointer === null ? [] : [[name, pointer]]));
  const end = done === null ? {} : { done: `${done.negated ? '!' : ''}${done.pointer}` };
  return showNamed(replyNames, { ...Object.fromEntries(texts), ...end });
}
