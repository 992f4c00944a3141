import { type HttpReply, jsonReply } from './http-reply.ts';
import { isObject } from './mock-request.ts';

/** One entry of FastAPI's 422 answer. */
export interface Problem {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

/** A refusal as FastAPI words it. */
export const refusal = (status: number, detail: string, headers: Readonly<Record<string, string>> = {}): HttpReply =>
  jsonReply(status, { detail }, headers);

export const notFound = refusal(404, 'Not Found');
export const wrongMethod = (allow: string): HttpReply => refusal(405, 'Method Not Allowed', { allow });
export const wrongKey = refusal(401, 'Invalid or missing API key', { 'www-authenticate': 'Bearer' });

export const invalid = (problems: readonly Problem[]): HttpReply => jsonReply(422, { detail: problems });

/** The JSON object that a body holds, or the reply that refuses it. */
export function readJsonObject(
  text: string,
): { readonly ok: true; readonly json: Record<string, unknown> } | { readonly ok: false; readonly reply: HttpReply } {
  const refuse = (problem: Problem) => ({ ok: false, reply: invalid([problem]) }) as const;
  if (text === '') return refuse({ type: 'missing', loc: ['body'], msg: 'Field required', input: null });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse(notJson(error));
  }
  return isObject(json) ? { ok: true, json } : refuse(notAnObject(['body'], json));
}

/** A text that may be null or left out, which are the same. */
export function optionalString(json: Record<string, unknown>, name: string, problems: Problem[]): string | null {
  const value = json[name] ?? null;
  if (value === null || typeof value === 'string') return value;
  problems.push(notAString(['body', name], value));
  return null;
}

/** The entries of an optional list. */
export function optionalList(json: Record<string, unknown>, name: string, problems: Problem[]): readonly unknown[] {
  const value = json[name] ?? null;
  if (value === null) return [];
  if (Array.isArray(value)) return value;
  problems.push({ type: 'list_type', loc: ['body', name], msg: 'Input should be a valid list', input: value });
  return [];
}

export const missing = (loc: Problem['loc'], input: unknown): Problem => ({
  type: 'missing',
  loc,
  msg: 'Field required',
  input,
});

export const notAString = (loc: Problem['loc'], input: unknown): Problem => ({
  type: 'string_type',
  loc,
  msg: 'Input should be a valid string',
  input,
});

export const notAnObject = (loc: Problem['loc'], input: unknown): Problem => ({
  type: 'model_attributes_type',
  loc,
  msg: 'Input should be a valid dictionary or object to extract fields from',
  input,
});

function notJson(error: unknown): Problem {
  const message = error instanceof Error ? error.message : '';
  // V8 tells the place in words only, and not always.
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
  return {
    type: 'json_invalid',
    loc: ['body', position],
    msg: 'JSON decode error',
    input: {},
    ctx: { error: 'Expecting value' },
  };
}
