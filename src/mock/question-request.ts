import { type HttpReply, jsonReply } from './http-reply.ts';

/** What the reference server looks at in an HTTP request. */
export interface MockRequest {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  /** Value of the Authorization header, empty without one. */
  readonly authorization: string;
  /** Whether the request carries `preflightHeader`. */
  readonly preflight: boolean;
  readonly body: string;
}

/** One message of a conversation so far. */
export interface Message {
  readonly role: 'assistant' | 'user' | 'system';
  readonly content: string;
}

/** A request that was understood, or the reply that refuses it. */
export type QuestionRequest =
  | { readonly kind: 'health' }
  | { readonly kind: 'initial'; readonly context: string }
  | {
      readonly kind: 'follow-up';
      readonly conversationId: string;
      /** Null when the client left it out. */
      readonly sessionId: string | null;
      readonly messages: readonly Message[];
    }
  | { readonly kind: 'refused'; readonly reply: HttpReply };

const questionPath = '/mcp/v1/sequential-questioning';
const healthPath = '/health';

const roles = ['assistant', 'user', 'system'] as const;

/** One entry of FastAPI's 422 answer. */
interface Problem {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

/** Routes and validates a request the way FastAPI does, every problem of a body at once. A null `apiKey` lets everyone in. */
export function readQuestionRequest(request: MockRequest, apiKey: string | null): QuestionRequest {
  const path = request.path.replace(/\?.*$/s, '');
  if (path === healthPath) return request.method === 'GET' ? { kind: 'health' } : wrongMethod('GET');
  if (path !== questionPath) return refuse(404, 'Not Found');
  if (request.method !== 'POST') return wrongMethod('POST');
  if (apiKey !== null && !isBearer(request.authorization, apiKey))
    return refuse(401, 'Invalid or missing API key', { 'www-authenticate': 'Bearer' });
  return readBody(request.body);
}

const isBearer = (authorization: string, apiKey: string): boolean =>
  /^bearer +(.*)$/is.exec(authorization)?.[1] === apiKey;

function readBody(text: string): QuestionRequest {
  if (text === '') return invalid([{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return invalid([notJson(error)]);
  }
  if (!isObject(json)) return invalid([notAnObject(['body'], json)]);
  const problems: Problem[] = [];
  if (json['user_id'] === undefined) problems.push(missing(['body', 'user_id'], json));
  else if (typeof json['user_id'] !== 'string') problems.push(notAString(['body', 'user_id'], json['user_id']));
  const context = optionalString(json, 'context', problems);
  const conversationId = optionalString(json, 'conversation_id', problems);
  const sessionId = optionalString(json, 'session_id', problems);
  const messages = readMessages(json['previous_messages'], problems);
  // A session lives in a conversation: an id of it alone is a client's mistake.
  if (sessionId !== null && conversationId === null && problems.length === 0)
    problems.push(missing(['body', 'conversation_id'], json));
  if (problems.length > 0) return invalid(problems);
  if (conversationId === null) return { kind: 'initial', context: context ?? '' };
  return { kind: 'follow-up', conversationId, sessionId, messages };
}

function readMessages(value: unknown, problems: Problem[]): readonly Message[] {
  if (value === undefined || value === null) return [];
  const loc = ['body', 'previous_messages'];
  if (!Array.isArray(value)) {
    problems.push({ type: 'list_type', loc, msg: 'Input should be a valid list', input: value });
    return [];
  }
  return value.flatMap((message: unknown, index) => readMessage(message, [...loc, index], problems));
}

function readMessage(message: unknown, loc: readonly (string | number)[], problems: Problem[]): readonly Message[] {
  if (!isObject(message)) {
    problems.push(notAnObject(loc, message));
    return [];
  }
  const { role: given, content } = message;
  const role = roles.find((known) => known === given);
  const expected = "'assistant', 'user' or 'system'";
  if (given === undefined) problems.push(missing([...loc, 'role'], message));
  else if (role === undefined)
    problems.push({
      type: 'literal_error',
      loc: [...loc, 'role'],
      msg: `Input should be ${expected}`,
      input: given,
      ctx: { expected },
    });
  if (content === undefined) problems.push(missing([...loc, 'content'], message));
  else if (typeof content !== 'string') problems.push(notAString([...loc, 'content'], content));
  return role !== undefined && typeof content === 'string' ? [{ role, content }] : [];
}

function optionalString(json: Record<string, unknown>, name: string, problems: Problem[]): string | null {
  const value = json[name] ?? null;
  if (value === null || typeof value === 'string') return value;
  problems.push(notAString(['body', name], value));
  return null;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const missing = (loc: Problem['loc'], input: unknown): Problem => ({
  type: 'missing',
  loc,
  msg: 'Field required',
  input,
});

const notAString = (loc: Problem['loc'], input: unknown): Problem => ({
  type: 'string_type',
  loc,
  msg: 'Input should be a valid string',
  input,
});

const notAnObject = (loc: Problem['loc'], input: unknown): Problem => ({
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

const invalid = (problems: readonly Problem[]): QuestionRequest => ({
  kind: 'refused',
  reply: jsonReply(422, { detail: problems }),
});

const refuse = (status: number, detail: string, headers: Readonly<Record<string, string>> = {}): QuestionRequest => ({
  kind: 'refused',
  reply: jsonReply(status, { detail }, headers),
});

const wrongMethod = (allow: string): QuestionRequest => refuse(405, 'Method Not Allowed', { allow });
