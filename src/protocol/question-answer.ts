import { type Failure, failure } from '../core/failure.ts';
import type { Answer, Parsed } from './dialect.ts';
import { shownJson } from './shown-json.ts';
import type { WireReply } from './wire.ts';

/** JSON of an answer that arrived with this status, or why there is none. */
export type Read = { readonly ok: true; readonly json: unknown } | Failure;

/** The JSON of a whole answer with status 200. */
export function readJson(reply: WireReply): Read {
  if (reply.kind === 'broken') return failure(reply.error, reply.detail);
  if (reply.status !== 200) return refusal(reply.status, reply.body);
  return parseJson(reply.body);
}

/** A body that came with status 200. */
export function parseJson(body: string): Read {
  try {
    // A byte order mark is no JSON, but harmless (RFC 8259, section 8.1).
    return { ok: true, json: JSON.parse(body.charCodeAt(0) === 0xfeff ? body.slice(1) : body) };
  } catch {
    return failure('not-json', body, 200);
  }
}

/** An answer whose status is not the one of a success. */
export function refusal(status: number, body: string): Failure {
  const kind = status >= 500 ? 'http-5xx' : status >= 400 ? 'http-4xx' : 'protocol-error';
  return failure(kind, reasonIn(body), status);
}

/** The answer to a request that asks for no question. */
export const noQuestion: Answer = { ok: true, conversationId: '', sessionId: '', question: '', done: false };

/**
 * Reads what the flow needs to know: both ids, the question under any name that servers of this kind give it, and whether
 * there is a next one (`next_batch_needed`). A conversation that is over needs no question.
 */
export function readQuestion(json: unknown, { question: required }: { readonly question: boolean }): Parsed {
  if (!isObject(json)) return failure('missing-field', `the answer is not a JSON object: ${shownJson(json)}`, 200);
  const { conversation_id: conversationId, session_id: sessionId } = json;
  const question = questionIn(json);
  const done = json['next_batch_needed'] === false;
  const isComplete = question !== null || done || !required;
  if (isText(conversationId) && isText(sessionId) && isComplete)
    return { ok: true, conversationId, sessionId, question: question ?? '', done };
  const missing = [
    ...(isText(conversationId) ? [] : ['conversation_id']),
    ...(isText(sessionId) ? [] : ['session_id']),
    ...(isComplete ? [] : ['question']),
  ];
  return failure('missing-field', `no ${missing.join(' and no ')} in ${shownJson(json)}`, 200);
}

/** A round that the server asked and answered by itself: it began with a question, and has ids. */
export function readRound(json: unknown): Parsed {
  if (!isObject(json) || !isObject(json['initial_questions']))
    return failure('missing-field', `no initial_questions in ${shownJson(json)}`, 200);
  const { conversation_id, session_id } = json;
  if (isText(conversation_id) && isText(session_id)) return { ...noQuestion, done: true };
  return failure('missing-field', `no conversation_id or no session_id in ${shownJson(json)}`, 200);
}

/** The guide names no field for the question itself; servers of this kind use one of these. */
function questionIn(fields: Readonly<Record<string, unknown>>): string | null {
  const { question, current_question: current, questions } = fields;
  if (isText(question)) return question;
  if (isText(current)) return current;
  const first: unknown = Array.isArray(questions) ? questions[0] : null;
  const text = isObject(first) ? first['question_text'] : null;
  return isText(text) ? text : null;
}

/**
 * A short reason from the body of a refusal, where it has the form of FastAPI's errors (`{"detail": text}`, or a list of problems
 * with `loc` and `msg`); otherwise the body as it is.
 */
export function reasonIn(body: string): string {
  if (!body.startsWith('{"detail"') || body.length > 100_000) return body;
  let detail: unknown;
  try {
    detail = (JSON.parse(body) as { detail?: unknown }).detail;
  } catch {
    return body;
  }
  if (typeof detail === 'string') return detail;
  if (!Array.isArray(detail)) return body;
  const problems = detail.filter(isObject);
  const [first] = problems;
  if (first === undefined) return body;
  const loc: unknown = first['loc'];
  const place = Array.isArray(loc) ? loc.filter(isName).join('.') : '';
  const message = typeof first['msg'] === 'string' ? first['msg'] : 'invalid';
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return `${place === '' ? message : `${place}: ${message}`}${more}`;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isName = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
