import { describe, expect, test } from 'vitest';
import { compilePointer } from '../core/json-pointer.ts';
import { answeredReply } from '../testing/wire-reply.ts';
import type { RestDialectPlan } from './dialect-plan.ts';
import { replyReader } from './reply-reader.ts';
import { restDialect } from './rest-dialect.ts';
import type { Step } from './step.ts';

const plan: RestDialectPlan = {
  name: 'rest',
  basePath: '/api',
  headers: ['authorization', 'Bearer k'],
  requests: {
    health: { method: 'GET', path: '/up', body: null },
    initial: { method: 'POST', path: '/talks', body: { topic: '{{context}}' } },
    'follow-up': { method: 'POST', path: '/talks/{{conversation_id}}', body: { text: '{{answer}}', n: '{{turn}}' } },
    automatic: null,
  },
  reply: {
    conversationId: '/talk/id',
    sessionId: null,
    question: '/ask/0',
    done: { pointer: '/open', negated: true },
  },
};
const session = restDialect(plan).session();
const initial = { row: 'initial', userId: 'u', context: 'Python', answersLeft: 1 } as const;
const answered = (status: number, body: string) => answeredReply(body, { status });

describe('restDialect()', () => {
  test('builds what the scenario describes', () => {
    expect(session.build({ row: 'health' })).toEqual({
      method: 'GET',
      path: '/api/up',
      headers: ['accept', 'application/json', 'authorization', 'Bearer k'],
      body: null,
    });
    expect(session.build(initial)).toMatchObject({ path: '/api/talks', body: '{"topic":"Python"}' });
    const ids = { userId: 'u', context: 'Python', conversationId: '7', sessionId: '' };
    const history = [{ question: 'q', answer: 'a' }];
    const followUp: Step = { row: 'follow-up', ...ids, history, turn: 1, answersLeft: 0 };
    expect(session.build(followUp)).toMatchObject({ path: '/api/talks/7', body: '{"text":"a","n":2}' });
    expect(restDialect(plan).rows.map(({ id }) => id)).toEqual(['health', 'initial', 'follow-up']);
  });

  test('reads what the pointers point to; numbers become text', () => {
    expect(session.parse(initial, answered(201, '{"talk":{"id":7},"ask":["Why?"],"open":false}'))).toEqual({
      ok: true,
      conversationId: '7',
      sessionId: '',
      question: 'Why?',
      done: true,
    });
    // "It goes on" must be said, with true or false.
    for (const open of ['', ',"open":"no"', ',"open":null'])
      expect(session.parse(initial, answered(200, `{"talk":{"id":"x"},"ask":["Why?"]${open}}`))).toMatchObject({
        kind: 'missing-field',
        detail: expect.stringContaining('neither true nor false at /open (done)'),
      });
    expect(session.parse(initial, answered(200, '{"talk":{"id":"x"},"ask":["Why?"],"open":true}'))).toMatchObject({
      done: false,
    });
  });

  test.each([
    [answered(200, '{"talk":{},"ask":["Why?"]}'), 'missing-field', 'nothing at /talk/id'],
    [answered(200, '{"talk":{"id":"x"},"ask":[]}'), 'missing-field', 'nothing at /ask/0'],
    [answered(200, '{"talk":{"id":""},"ask":["q"]}'), 'missing-field', 'nothing at /talk/id'],
    [answered(200, 'null'), 'missing-field', 'nothing at /talk/id'],
    [answered(200, 'maybe'), 'not-json', 'maybe'],
    [answered(404, '{"detail":"gone"}'), 'http-4xx', 'gone'],
    [answered(302, ''), 'protocol-error', ''],
  ])('%# is a failure', (reply, kind, detail) => {
    expect(session.parse(initial, reply)).toMatchObject({ ok: false, kind, detail: expect.stringContaining(detail) });
  });

  test('a health check needs status 2xx and no JSON', () => {
    expect(session.parse({ row: 'health' }, answered(204, ''))).toMatchObject({ ok: true });
    expect(session.parse({ row: 'health' }, answered(503, ''))).toMatchObject({ ok: false, status: 503 });
  });
});

test('without pointers everything is an answer', () => {
  const read = replyReader({ conversationId: null, sessionId: null, question: null, done: null });
  expect(read({})).toEqual({ ok: true, conversationId: '', sessionId: '', question: '', done: false });
  // A flag that is set at the end only.
  const last = replyReader({
    conversationId: null,
    sessionId: null,
    question: null,
    done: { pointer: '/over', negated: false },
  });
  expect([{}, { over: false }, { over: true }].map((json) => last(json))).toMatchObject([
    { done: false },
    { done: false },
    { done: true },
  ]);
  expect(last({ over: 'yes' })).toMatchObject({ kind: 'missing-field' });
});

describe('compilePointer()', () => {
  // The examples of RFC 6901, section 5.
  const json = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'm~n': 8, ' ': 7 };
  test.each([
    ['', json],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/m~0n', 8],
    ['/ ', 7],
    ['/foo/2', undefined],
    ['/foo/-', undefined],
    ['/foo/00', undefined],
    ['/foo/length', undefined],
    ['/constructor', undefined],
    ['/a/b', undefined],
  ])('%j', (pointer, value) => expect(compilePointer(pointer)(json)).toEqual(value));
  test.each(['foo', '#/foo', '/a~2'])('refuses %j', (text) => expect(() => compilePointer(text)).toThrow(RangeError));
});
