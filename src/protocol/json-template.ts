import { didYouMean } from '../core/did-you-mean.ts';
import type { JsonTemplate } from './dialect-plan.ts';
import type { QuestionStep } from './question-body.ts';

type Value = string | number | boolean | readonly { readonly role: string; readonly content: string }[];

/** What a placeholder stands for, in each kind of question. */
const values: Readonly<Record<string, (step: QuestionStep) => Value>> = {
  user_id: (step) => step.userId,
  context: (step) => step.context,
  conversation_id: (step) => (step.row === 'follow-up' ? step.conversationId : ''),
  session_id: (step) => (step.row === 'follow-up' ? step.sessionId : ''),
  question: (step) => lastTurn(step)?.question ?? '',
  answer: (step) => lastTurn(step)?.answer ?? '',
  message: (step) => lastTurn(step)?.answer ?? step.context,
  messages: messagesOf,
  turn: turnOf,
  turns: (step) => turnOf(step) + leftOf(step),
  more: (step) => leftOf(step) > 0,
};

/** The names that a template may use, as `{{name}}`. */
export const placeholders: readonly string[] = Object.keys(values);

const lastTurn = (step: QuestionStep) => (step.row === 'follow-up' ? step.history.at(-1) : undefined);
/** The first question is the first call of its conversation. */
function turnOf(step: QuestionStep): number {
  return step.row === 'follow-up' ? step.turn + 1 : 1;
}
const leftOf = (step: QuestionStep): number => (step.row === 'automatic' ? 0 : step.answersLeft);

function messagesOf(step: QuestionStep): Value {
  if (step.row !== 'follow-up') return [];
  return step.history.flatMap(({ question, answer }) => [
    { role: 'assistant', content: question },
    { role: 'user', content: answer },
  ]);
}

type Part = string | ((step: QuestionStep) => string);

/**
 * Compiles JSON with placeholders to a function that writes its text. A text that is nothing but one placeholder becomes its value
 * with its own type; within a longer text it becomes text.
 * @throws RangeError that names a placeholder which does not exist.
 */
export function compileTemplate(template: JsonTemplate): (step: QuestionStep) => string {
  return joined(partsOf(template));
}

/** The same for a path: each value is percent-encoded. */
export function compilePath(template: string): (step: QuestionStep) => string {
  return joined(split(template).map((part) => (typeof part === 'string' ? part : (step) => encode(part.value(step)))));
}

/** A lone surrogate has no encoding. */
const encode = (value: Value): string => encodeURIComponent(asText(value).toWellFormed());

function partsOf(template: JsonTemplate): Part[] {
  if (typeof template === 'string') return textParts(template);
  if (Array.isArray(template)) return bracketed('[', template.map(partsOf), ']');
  if (typeof template === 'object' && template !== null) {
    const members = Object.entries(template).map(([name, value]) => [`${JSON.stringify(name)}:`, ...partsOf(value)]);
    return bracketed('{', members, '}');
  }
  return [JSON.stringify(template)];
}

const bracketed = (open: string, members: readonly (readonly Part[])[], close: string): Part[] => [
  open,
  ...members.flatMap((member, n) => (n === 0 ? member : [',', ...member])),
  close,
];

function textParts(text: string): Part[] {
  const parts = split(text);
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object') return [(step) => JSON.stringify(only.value(step))];
  const inner = parts.map((part): Part => {
    if (typeof part === 'string') return JSON.stringify(part).slice(1, -1);
    return (step) => JSON.stringify(asText(part.value(step))).slice(1, -1);
  });
  return ['"', ...inner, '"'];
}

interface Placeholder {
  readonly value: (step: QuestionStep) => Value;
}

/** Texts and placeholders in turn. */
function split(text: string): (string | Placeholder)[] {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const name = /^\{\{\s*(.*?)\s*\}\}$/s.exec(part)?.[1];
      if (name === undefined && part.includes('{{'))
        throw new RangeError('has {{ without the }} that ends a placeholder');
      return name === undefined ? part : { value: placeholderValue(name) };
    });
}

function placeholderValue(name: string): (step: QuestionStep) => Value {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value !== undefined) return value;
  const near = didYouMean(name, placeholders);
  throw new RangeError(
    `has the placeholder {{${name}}}, which does not exist${near === null ? `; there are ${placeholders.join(', ')}` : `; did you mean {{${near}}}?`}`,
  );
}

const asText = (value: Value): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Neighbours of fixed text are joined once, not with every request. */
function joined(parts: readonly Part[]): (step: QuestionStep) => string {
  const merged: Part[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else merged.push(part);
  }
  return (step) => {
    let text = '';
    for (const part of merged) text += typeof part === 'string' ? part : part(step);
    return text;
  };
}
