import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplyPointers } from './dialect-plan.ts';
import { toolContract } from './tool-contract.ts';
import { readToolResult } from './tool-result.ts';

const text = (said: string) => ({ type: 'text', text: said });

describe('readToolResult()', () => {
  test('structuredContent counts before text, JSON before other text, the first before later ones', () => {
    const structured = { content: [text('{"from":"text"}')], structuredContent: { from: 'structure' } };
    expect(readToolResult(structured)).toEqual({ ok: true, value: { from: 'structure' } });
    const mixed = { content: [text('Here you are:'), { type: 'image', data: '' }, text(' {"n":1}'), text('{"n":2}')] };
    expect(readToolResult(mixed)).toEqual({ ok: true, value: { n: 1 } });
    expect(readToolResult({ content: [text('What else?'), text('{not json}')] })).toEqual({
      ok: true,
      value: 'What else?',
    });
    // From 2026-07-28 on it may be any JSON; only an object has fields.
    expect(readToolResult({ structuredContent: [1], content: [text('{"n":1}')] })).toEqual({
      ok: true,
      value: { n: 1 },
    });
    expect(readToolResult({ content: [] })).toEqual({ ok: true, value: undefined });
    expect(readToolResult({ resultType: 'complete', content: [text('x')], isError: false })).toMatchObject({
      ok: true,
    });
  });

  test('a tool that failed is a failure, in its own words', () => {
    const said = 'Error calling sequential_questioning. Status code: 500. Response: {"detail":"Failed"}';
    expect(readToolResult({ content: [text(said)], isError: true })).toEqual({
      ok: false,
      kind: 'tool-error',
      status: 200,
      detail: said,
    });
    expect(readToolResult({ isError: true, structuredContent: { why: 1 } })).toMatchObject({
      kind: 'tool-error',
      detail: expect.stringContaining('"why":1'),
    });
  });

  test.each([
    [null, 'the result is no object'],
    ['x', 'the result is no object'],
    [{ resultType: 'input_required', inputRequests: {} }, 'resultType "input_required"'],
    // A result that is not complete is that before it is an error of the tool.
    [{ resultType: 'task', isError: true }, 'resultType "task"'],
  ])('%j is no result', (result, detail) => {
    expect(readToolResult(result)).toMatchObject({ kind: 'protocol-error', detail: expect.stringContaining(detail) });
  });

  test('never throws', () => {
    const result = fc.record(
      {
        content: fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()),
        isError: fc.jsonValue(),
        structuredContent: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(result, fc.jsonValue()), (json) => {
        expect(readToolResult(json)).toHaveProperty('ok');
      }),
    );
  });
});

const none: ReplyPointers = { conversationId: null, sessionId: null, question: null, done: null };
const custom = (reply: Partial<ReplyPointers>) =>
  toolContract({ custom: { arguments: { thought: '{{message}}' }, reply: { ...none, ...reply } } });

describe('toolContract()', () => {
  const questioning = toolContract({ custom: null });
  const ids = { conversation_id: 'c', session_id: 's' };

  test('of sequential questioning: fields of the guide or of upstream, ids and a question', () => {
    for (const question of [{ question: 'Why?' }, { current_question: 'Why?' }])
      expect(questioning.read('initial', { structuredContent: { ...ids, ...question } })).toEqual({
        ok: true,
        conversationId: 'c',
        sessionId: 's',
        question: 'Why?',
        done: false,
      });
    expect(questioning.read('initial', { structuredContent: ids })).toMatchObject({ kind: 'missing-field' });
    expect(questioning.read('initial', { content: [text('Why?')] })).toMatchObject({ kind: 'missing-field' });
    expect(questioning.read('initial', { content: [] })).toMatchObject({
      kind: 'missing-field',
      detail: 'the result of the tool holds neither text nor structuredContent',
    });
    const round = { initial_questions: { questions: [] }, ...ids };
    expect(questioning.read('automatic', { content: [text(JSON.stringify(round))] })).toMatchObject({
      ok: true,
      done: true,
    });
    expect(questioning.read('automatic', { structuredContent: ids })).toMatchObject({ kind: 'missing-field' });
  });

  test('of any tool: the template writes its arguments, the pointers find what there is', () => {
    const tool = custom({ done: { pointer: '/nextThoughtNeeded', negated: true } });
    const step = { row: 'initial', userId: 'u', context: 'Plan "B"', answersLeft: 1 } as const;
    expect(JSON.parse(tool.arguments(step))).toEqual({ thought: 'Plan "B"' });
    expect(tool.read('initial', { structuredContent: { nextThoughtNeeded: false } })).toMatchObject({
      ok: true,
      done: true,
    });
    expect(tool.read('initial', { structuredContent: { nextThoughtNeeded: true } })).toMatchObject({
      ok: true,
      done: false,
    });
  });

  test('of a tool that only says something: that is the question, unless more is wanted', () => {
    const said = { content: [text('Echo: hello')] };
    expect(custom({}).read('initial', said)).toEqual({
      ok: true,
      conversationId: '',
      sessionId: '',
      question: 'Echo: hello',
      done: false,
    });
    expect(custom({}).read('initial', { content: [{ type: 'image' }] })).toMatchObject({ ok: true, question: '' });
    expect(custom({ question: '' }).read('initial', said)).toMatchObject({ ok: true, question: 'Echo: hello' });
    expect(custom({ conversationId: '/id' }).read('initial', said)).toMatchObject({
      kind: 'missing-field',
      detail: expect.stringContaining('/id'),
    });
    expect(custom({}).read('initial', { ...said, isError: true })).toMatchObject({ kind: 'tool-error' });
  });
});
