import { describe, expect, test } from 'vitest';
import { readGuideQuestion } from './guide-requests.ts';

const read = (body: unknown) => readGuideQuestion(typeof body === 'string' ? body : JSON.stringify(body));

/** The status and the parsed body of a refusal. */
const refusal = (body: unknown) => {
  const question = read(body);
  if (question.kind !== 'refused') throw new Error(`was not refused but read as ${question.kind}`);
  return { status: question.reply.status, body: JSON.parse(question.reply.body) as unknown };
};
const first = { user_id: 'u', context: 'Learning Python', previous_messages: [] };
const messages = [
  { role: 'assistant', content: 'What?' },
  { role: 'user', content: 'Charts' },
];

describe('readGuideQuestion()', () => {
  test('tells a first question from a follow-up, which has an id', () => {
    expect(read(first)).toEqual({ kind: 'initial', context: 'Learning Python' });
    expect(read({ ...first, conversation_id: null, session_id: null }).kind).toBe('initial');
    const followUp = { ...first, previous_messages: messages, conversation_id: 'c', session_id: 's' };
    expect(read(followUp)).toEqual({
      kind: 'follow-up',
      conversationId: 'c',
      sessionId: 's',
      answer: 'Charts',
    });
    expect(read({ ...followUp, previous_messages: [] })).toMatchObject({ answer: '' });
  });

  test('names a missing field and shows what it got', () => {
    expect(refusal({ context: 'x' })).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'missing', loc: ['body', 'user_id'], msg: 'Field required', input: { context: 'x' } }] },
    });
    expect(refusal('')).toMatchObject({ status: 422, body: { detail: [{ type: 'missing', loc: ['body'] }] } });
  });

  test('tells every problem of a body at once', () => {
    const body = {
      user_id: 7,
      context: [],
      previous_messages: [{ role: 'bot', content: 1 }, 'hi', {}],
      conversation_id: 8,
    };
    const { detail } = refusal(body).body as { detail: { type: string; loc: unknown[] }[] };
    expect(detail.map(({ type, loc }) => `${loc.join('.')} ${type}`)).toEqual([
      'body.user_id string_type',
      'body.context string_type',
      'body.conversation_id string_type',
      'body.previous_messages.0.role literal_error',
      'body.previous_messages.0.content string_type',
      'body.previous_messages.1 model_attributes_type',
      'body.previous_messages.2.role missing',
      'body.previous_messages.2.content missing',
    ]);
  });

  test.each([
    ['{"user_id":', 'json_invalid'],
    ['<html>', 'json_invalid'],
    ['[]', 'model_attributes_type'],
    ['null', 'model_attributes_type'],
    ['{"user_id":"u","previous_messages":"none"}', 'list_type'],
    ['{"user_id":"u","session_id":"s"}', 'missing'],
  ])('refuses the body %j', (body, type) => {
    expect(refusal(body)).toMatchObject({ status: 422, body: { detail: [{ type }] } });
  });

  test('tells where JSON breaks', () => {
    expect(refusal('{"a":1,}')).toMatchObject({ body: { detail: [{ loc: ['body', 7] }] } });
  });
});
