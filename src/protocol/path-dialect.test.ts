import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answeredReply, brokenReply } from '../testing/wire-reply.ts';
import { guidePaths, pathDialect } from './path-dialect.ts';
import type { Step } from './step.ts';

const dialect = pathDialect({
  name: 'guide',
  basePath: '/v2',
  paths: guidePaths,
  headers: ['authorization', 'Bearer k'],
}).session();
const initial: Step = { row: 'initial', userId: 'u', context: 'Learning Python', answersLeft: 3 };
const followUp: Step = {
  row: 'follow-up',
  userId: 'u',
  context: 'Learning Python',
  conversationId: 'c1',
  sessionId: 's1',
  history: [{ question: 'What?', answer: 'Dämmung – "quoted"' }],
  turn: 1,
  answersLeft: 2,
};

const answered = (status: number, body: string) => answeredReply(body, { status });
const bodyOf = (step: Step): unknown => JSON.parse(dialect.build(step).body ?? '');

describe('pathDialect().build()', () => {
  test('a health check is a GET below the base path, with the key', () => {
    expect(dialect.build({ row: 'health' })).toEqual({
      method: 'GET',
      path: '/v2/health',
      headers: ['accept', 'application/json', 'authorization', 'Bearer k'],
      body: null,
    });
  });

  test('an initial question has a user, a context and no messages', () => {
    expect(dialect.build(initial)).toMatchObject({ method: 'POST', path: '/v2/mcp/v1/sequential-questioning' });
    expect(bodyOf(initial)).toEqual({ user_id: 'u', context: 'Learning Python', previous_messages: [] });
  });

  test('every text arrives as it was, quotes, control characters and surrogates included', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('"', '\\', '\n', '\0', '\ud83d', '😀', '\u2028'),
    );
    fc.assert(
      fc.property(text, text, text, (question, answer, context) => {
        expect(bodyOf({ ...followUp, context, history: [{ question, answer }] })).toMatchObject({
          context,
          previous_messages: [
            { role: 'assistant', content: question },
            { role: 'user', content: answer },
          ],
        });
      }),
    );
  });

  test('a follow-up carries the ids and the history as the guide writes it', () => {
    expect(bodyOf(followUp)).toEqual({
      user_id: 'u',
      context: 'Learning Python',
      previous_messages: [
        { role: 'assistant', content: 'What?' },
        { role: 'user', content: 'Dämmung – "quoted"' },
      ],
      conversation_id: 'c1',
      session_id: 's1',
    });
  });
});

describe('pathDialect().parse()', () => {
  const ids = '"conversation_id":"c","session_id":"s"';

  test('reads ids and the question, under either of its names', () => {
    const expected = { ok: true, conversationId: 'c', sessionId: 's', question: 'Why?', done: false };
    expect(dialect.parse(initial, answered(200, `{${ids},"question":"Why?"}`))).toEqual(expected);
    expect(dialect.parse(followUp, answered(200, `{${ids},"current_question":"Why?"}`))).toEqual(expected);
    expect(dialect.parse(initial, answered(200, `{${ids}}`))).toMatchObject({ ok: true, question: '', done: false });
    expect(dialect.parse(initial, answered(200, `\ufeff{${ids}}`))).toMatchObject({ ok: true });
  });

  test.each([
    [answered(200, '<html>'), 'not-json', 200],
    [answered(200, ''), 'not-json', 200],
    [answered(200, '{"conversation_id":"c"}'), 'missing-field', 200],
    [answered(200, '{"conversation_id":7,"session_id":"s"}'), 'missing-field', 200],
    [answered(200, '{"conversation_id":"","session_id":"s"}'), 'missing-field', 200],
    [answered(200, '[]'), 'missing-field', 200],
    [answered(200, 'null'), 'missing-field', 200],
    [answered(404, '{}'), 'http-4xx', 404],
    [answered(429, '{}'), 'http-4xx', 429],
    [answered(503, `{${ids}}`), 'http-5xx', 503],
    [answered(201, `{${ids}}`), 'protocol-error', 201],
    [answered(302, ''), 'protocol-error', 302],
    [brokenReply('reset', 'gone'), 'reset', 0],
  ])('%# is a failure of its own kind', (reply, kind, status) => {
    expect(dialect.parse(initial, reply)).toMatchObject({ ok: false, kind, status });
  });

  test('a health check succeeds on any JSON with status 200, and on nothing else', () => {
    expect(dialect.parse({ row: 'health' }, answered(200, '{"status":"ok"}')).ok).toBe(true);
    expect(dialect.parse({ row: 'health' }, answered(200, 'OK'))).toMatchObject({ kind: 'not-json' });
    expect(dialect.parse({ row: 'health' }, answered(500, '{}'))).toMatchObject({ kind: 'http-5xx' });
  });

  test('never throws, whatever the server writes', () => {
    const body = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(
        fc.constantFrom<Step>(initial, followUp, { row: 'health' }),
        fc.nat(999),
        body,
        (step, status, text) => {
          const parsed = dialect.parse(step, answered(status, text));
          if (status !== 200) expect(parsed.ok).toBe(false);
        },
      ),
    );
  });
});
