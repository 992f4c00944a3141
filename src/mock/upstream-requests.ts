import {
  invalid,
  missing,
  notAnObject,
  notAString,
  optionalList,
  optionalString,
  type Problem,
  refusal,
} from './fastapi-reply.ts';
import { isObject } from './mock-request.ts';
import { lastAnswer, type QuestionRequest } from './question-request.ts';

/** The upstream's three endpoints of questions; over MCP its three tools. */
export type UpstreamEndpoint = 'initial' | 'follow-up' | 'automatic';

export const upstreamPaths: Readonly<Record<string, UpstreamEndpoint>> = {
  '/mcp-internal/question': 'initial',
  '/mcp-internal/question/follow-up': 'follow-up',
  '/mcp-internal/question/automatic': 'automatic',
};

/** The names under which its metrics know them are those of the tools. */
export const toolNames: Readonly<Record<UpstreamEndpoint, string>> = {
  initial: 'sequential_questioning',
  'follow-up': 'sequential_questioning_follow_up',
  automatic: 'sequential_questioning_automatic',
};

/**
 * Validates what was sent to an endpoint of the upstream: every field may be left out, unknown ones are ignored. A first question
 * always opens a conversation, whatever ids it carries; a follow-up without one opens it as well.
 */
export function readUpstreamQuestion(
  endpoint: UpstreamEndpoint,
  json: Readonly<Record<string, unknown>>,
): QuestionRequest {
  const problems: Problem[] = [];
  optionalString(json, 'user_id', problems);
  const conversationId = optionalString(json, 'conversation_id', problems);
  const sessionId = optionalString(json, 'session_id', problems);
  const context = optionalString(json, 'context', problems) ?? '';
  const messages = optionalList(json, 'previous_messages', problems);
  messages.forEach((message, index) => {
    checkMessage(message, ['body', 'previous_messages', index], problems);
  });
  checkMetadata(json['metadata'] ?? null, problems);
  if (endpoint === 'initial') readBoolean(json, 'auto_follow_up', false, problems);
  const followsUp = endpoint === 'automatic' && readBoolean(json, 'auto_handle_follow_up', true, problems);
  const rounds = endpoint === 'automatic' ? readRounds(json['max_rounds'], problems) : 0;
  if (problems.length > 0) return { kind: 'refused', reply: invalid(problems) };
  if (endpoint === 'initial') return { kind: 'initial', context };
  if (endpoint === 'automatic') return { kind: 'automatic', context, questions: followsUp ? rounds : 1 };
  if (messages.length === 0) return { kind: 'refused', reply: noMessages };
  return { kind: 'follow-up', conversationId, sessionId, answer: lastAnswer(messages) };
}

const noMessages = refusal(400, 'previous_messages with user answers are required for follow-up questions');

/** Roles are free text. */
function checkMessage(message: unknown, loc: Problem['loc'], problems: Problem[]): void {
  if (!isObject(message)) {
    problems.push(notAnObject(loc, message));
    return;
  }
  for (const name of ['role', 'content']) {
    if (message[name] === undefined) problems.push(missing([...loc, name], message));
    else if (typeof message[name] !== 'string') problems.push(notAString([...loc, name], message[name]));
  }
}

function checkMetadata(metadata: unknown, problems: Problem[]): void {
  if (metadata === null) return;
  const loc = ['body', 'metadata'];
  if (!isObject(metadata)) {
    problems.push({ type: 'dict_type', loc, msg: 'Input should be a valid dictionary', input: metadata });
    return;
  }
  for (const [name, value] of Object.entries(metadata))
    if (typeof value !== 'string') problems.push(notAString([...loc, name], value));
}

/** As pydantic reads a truth value: some words and numbers will do. */
function readBoolean(
  json: Readonly<Record<string, unknown>>,
  name: string,
  otherwise: boolean,
  problems: Problem[],
): boolean {
  const value = json[name];
  if (value === undefined) return otherwise;
  const word = String(value).toLowerCase();
  if (/^(1|true|yes|on|t|y)$/.test(word)) return true;
  if (/^(0|false|no|off|f|n)$/.test(word)) return false;
  const msg = 'Input should be a valid boolean, unable to interpret input';
  problems.push({ type: 'bool_parsing', loc: ['body', name], msg, input: value });
  return otherwise;
}

function readRounds(value: unknown, problems: Problem[]): number {
  if (value === undefined) return 2;
  const loc = ['body', 'max_rounds'];
  const rounds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof rounds !== 'number' || !Number.isInteger(rounds))
    problems.push({ type: 'int_type', loc, msg: 'Input should be a valid integer', input: value });
  else if (rounds < 1) {
    const msg = 'Input should be greater than or equal to 1';
    problems.push({ type: 'greater_than_equal', loc, msg, input: value, ctx: { ge: 1 } });
  } else if (rounds > 3) {
    const msg = 'Input should be less than or equal to 3';
    problems.push({ type: 'less_than_equal', loc, msg, input: value, ctx: { le: 3 } });
  } else return rounds;
  return 2;
}
