import { describe, expect, test } from 'vitest';
import { readQuestion, readRound, reasonIn } from './question-answer.ts';
import { replyReader } from './reply-reader.ts';

const ids = { conversation_id: 'c', session_id: 's' };

describe('readQuestion()', () => {
  test('a conversation that is over needs no question, another one does where the dialect says so', () => {
    expect(readQuestion({ ...ids, next_batch_needed: false }, { question: true })).toMatchObject({
      ok: true,
      done: true,
    });
    expect(readQuestion({ ...ids, next_batch_needed: true }, { question: true })).toMatchObject({
      kind: 'missing-field',
    });
    expect(readQuestion(ids, { question: false })).toMatchObject({ ok: true, done: false });
  });

  test('JSON that is nested too deep to write is a failure like any other', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(300_000)}${']'.repeat(300_000)}`);
    for (const read of [readRound, (json: unknown) => readQuestion(json, { question: false })])
      expect(read(deep)).toMatchObject({ kind: 'missing-field', detail: expect.stringContaining('too deep') });
    const byPointer = replyReader({ conversationId: '/id', sessionId: null, question: null, done: null });
    expect(byPointer(deep)).toMatchObject({ kind: 'missing-field', detail: expect.stringContaining('too deep') });
  });
});

describe('reasonIn()', () => {
  test.each([
    ['{"detail":[{"loc":["body","messages",0],"msg":"Field required"}]}', 'body.messages.0: Field required'],
    // Neither of them has a text form.
    ['{"detail":[{"loc":["body",{"toString":1}],"msg":"odd"}]}', 'body: odd'],
    [`{"detail":[{"loc":[${'['.repeat(40_000)}${']'.repeat(40_000)}],"msg":"deep"}]}`, 'deep'],
  ])('%#', (body, reason) => expect(reasonIn(body)).toBe(reason));
});
