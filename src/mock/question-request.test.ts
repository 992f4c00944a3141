import { describe, expect, test } from 'vitest';
import { type MockRequest, readQuestionRequest } from './question-request.ts';

const post = (body: unknown, other: Partial<MockRequest> = {}): MockRequest => ({
  method: 'POST',
  path: '/mcp/v1/sequential-questioning',
  authorization: '',
  preflight: false,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...other,
});
const get = (path: string): MockRequest => post('', { method: 'GET', path });

/** The status and the parsed body of a refusal. */
const refusal = (request: MockRequest, apiKey: string | null = null) => {
  const read = readQuestionRequest(request, apiKey);
  if (read.kind !== 'refused') throw new Error(`was not refused but read as ${read.kind}`);
  return { status: read.reply.status, headers: read.reply.headers, body: JSON.parse(read.reply.body) as unknown };
};
const first = { user_id: 'u', context: 'Learning Python', previous_messages: [] };
const messages = [
  { role: 'assistant', content: 'What?' },
  { role: 'user', content: 'Charts' },
];

describe('readQuestionRequest()', () => {
  test('tells the three kinds of request apart', () => {
    expect(readQuestionRequest(get('/health?verbose=1'), 'key')).toEqual({ kind: 'health' });
    expect(readQuestionRequest(post(first), null)).toEqual({ kind: 'initial', context: 'Learning Python' });
    expect(readQuestionRequest(post({ ...first, conversation_id: null, session_id: null }), null).kind).toBe('initial');
    const followUp = { ...first, previous_messages: messages, conversation_id: 'c', session_id: 's' };
    expect(readQuestionRequest(post(followUp), null)).toEqual({
      kind: 'follow-up',
      conversationId: 'c',
      sessionId: 's',
      messages,
    });
  });

  test('answers 404 and 405 as FastAPI does', () => {
    expect(refusal(get('/'))).toMatchObject({ status: 404, body: { detail: 'Not Found' } });
    expect(refusal(get('/healthz'))).toMatchObject({ status: 404 });
    expect(refusal(get('/mcp/v1/sequential-questioning'))).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
      body: { detail: 'Method Not Allowed' },
    });
    expect(refusal(post(first, { path: '/health' }))).toMatchObject({ status: 405, headers: { allow: 'GET' } });
  });

  test('asks for the key where there is one, with questions only', () => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', 'Basic key', 'key', 'Bearer key2'])
      expect(refusal(post(first, { authorization }), 'key')).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
      });
    expect(readQuestionRequest(post(first, { authorization: 'Bearer key' }), 'key').kind).toBe('initial');
    expect(readQuestionRequest(post(first, { authorization: 'bearer key' }), 'key').kind).toBe('initial');
  });

  test('names a missing field and shows what it got', () => {
    expect(refusal(post({ context: 'x' }))).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'missing', loc: ['body', 'user_id'], msg: 'Field required', input: { context: 'x' } }] },
    });
    expect(refusal(post(''))).toMatchObject({ status: 422, body: { detail: [{ type: 'missing', loc: ['body'] }] } });
  });

  test('tells every problem of a body at once', () => {
    const body = {
      user_id: 7,
      context: [],
      previous_messages: [{ role: 'bot', content: 1 }, 'hi', {}],
      conversation_id: 8,
    };
    const { detail } = refusal(post(body)).body as { detail: { type: string; loc: unknown[] }[] };
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
    expect(refusal(post(body))).toMatchObject({ status: 422, body: { detail: [{ type }] } });
  });

  test('tells where JSON breaks', () => {
    expect(refusal(post('{"a":1,}'))).toMatchObject({ body: { detail: [{ loc: ['body', 7] }] } });
  });
});
