import {
  invalid,
  missing,
  notAnObject,
  notAString,
  optionalList,
  optionalString,
  type Problem,
  readJsonObject,
} from './fastapi-reply.ts';
import type { FaultKind } from './fault.ts';
import { type HttpReply, jsonReply } from './http-reply.ts';
import { isObject } from './mock-request.ts';
import { lastAnswer, type QuestionRequest } from './question-request.ts';
import type { QuestionAnswer } from './question-server.ts';
import { attemptsFailed } from './upstream-answer.ts';

const roles = ['assistant', 'user', 'system'];

/** Validates a body in the contract of the guide (and of the docs) the way FastAPI does, every problem at once. */
export function readGuideQuestion(body: string): QuestionRequest {
  const read = readJsonObject(body);
  if (!read.ok) return { kind: 'refused', reply: read.reply };
  const { json } = read;
  const problems: Problem[] = [];
  if (json['user_id'] === undefined) problems.push(missing(['body', 'user_id'], json));
  else if (typeof json['user_id'] !== 'string') problems.push(notAString(['body', 'user_id'], json['user_id']));
  const context = optionalString(json, 'context', problems);
  const conversationId = optionalString(json, 'conversation_id', problems);
  const sessionId = optionalString(json, 'session_id', problems);
  const messages = optionalList(json, 'previous_messages', problems);
  messages.forEach((message, index) => {
    checkMessage(message, ['body', 'previous_messages', index], problems);
  });
  // A session lives in a conversation: an id of it alone is a client's mistake.
  if (sessionId !== null && conversationId === null && problems.length === 0)
    problems.push(missing(['body', 'conversation_id'], json));
  if (problems.length > 0) return { kind: 'refused', reply: invalid(problems) };
  if (conversationId === null) return { kind: 'initial', context: context ?? '' };
  return { kind: 'follow-up', conversationId, sessionId, answer: lastAnswer(messages) };
}

function checkMessage(message: unknown, loc: Problem['loc'], problems: Problem[]): void {
  if (!isObject(message)) {
    problems.push(notAnObject(loc, message));
    return;
  }
  const { role, content } = message;
  const expected = "'assistant', 'user' or 'system'";
  if (role === undefined) problems.push(missing([...loc, 'role'], message));
  else if (typeof role !== 'string' || !roles.includes(role))
    problems.push({
      type: 'literal_error',
      loc: [...loc, 'role'],
      msg: `Input should be ${expected}`,
      input: role,
      ctx: { expected },
    });
  if (content === undefined) problems.push(missing([...loc, 'content'], message));
  else if (typeof content !== 'string') problems.push(notAString([...loc, 'content'], content));
}

/** An answer in the contract of the guide, with the fault that has hit it. Health is the same in every dialect. */
export function writeGuideAnswer(answer: QuestionAnswer, fault: FaultKind | null): HttpReply {
  if (fault === 'slow-500') return jsonReply(500, attemptsFailed('initial'));
  switch (answer.kind) {
    case 'health':
      return healthReply;
    case 'refused':
      return jsonReply(answer.status, { detail: answer.detail });
    case 'question': {
      const { conversationId, sessionId, question } = answer;
      return jsonReply(200, {
        ...(fault === 'missing-ids' ? {} : { conversation_id: conversationId, session_id: sessionId }),
        question: question.text,
        question_number: question.number,
        question_type: question.type,
      });
    }
    case 'round':
      throw new TypeError('the guide has no automatic questioning');
  }
}

const healthReply = jsonReply(200, { status: 'ok', service: 'sqload mock', version: '0.1.0' });
