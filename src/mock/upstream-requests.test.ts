import { describe, expect, test } from 'vitest';
import { got, MockBench, posted } from '../testing/mock-bench.ts';
import type { MockOptions } from './mock-options.ts';

const path = '/mcp-internal/question';
const messages = [
  { role: 'assistant', content: '1. What?' },
  { role: 'User', content: 'Charts', timestamp: '2026-01-01T00:00:00Z' },
];
const start = async (options: MockOptions = {}) => {
  const bench = new MockBench(options);
  const { json } = await bench.reply(posted(path, {}));
  const followUp = (body: object = { previous_messages: messages }) =>
    bench.reply(posted(`${path}/follow-up`, { conversation_id: json.conversation_id, ...body }));
  return { bench, json, followUp };
};

describe('the upstream', () => {
  test('answers a first question, of which every field may be left out, in its intended shape', async () => {
    const { json } = await start();
    expect(json).toEqual({
      current_question: expect.stringMatching(/^1\. \S/),
      questions: [
        {
          question_text: expect.any(String),
          question_number: 1,
          metadata: { importance: expect.any(String), information_to_look_for: 'opening' },
        },
      ],
      conversation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      current_question_number: 1,
      total_questions_in_batch: 1,
      total_questions_estimated: 8,
      next_batch_needed: true,
      metadata: { context_enhanced: 'false', question_type: 'initial' },
    });
    expect(json.current_question).toBe(`1. ${json.questions[0].question_text}`);
  });

  test('continues a conversation until its eight questions are asked', async () => {
    const { json, followUp } = await start();
    const numbers = [];
    for (let n = 0; n < 8; n++) {
      const next = (await followUp({ session_id: json.session_id, previous_messages: messages })).json;
      expect(next).toMatchObject({ conversation_id: json.conversation_id, session_id: json.session_id });
      expect(next.metadata.question_type).toBe('follow_up');
      numbers.push(next.next_batch_needed ? next.current_question_number : `${next.current_question_number} last`);
    }
    expect(numbers).toEqual([2, 3, 4, 5, 6, 7, '8 last', '9 last']);
  });

  test('opens a conversation for a first question whatever it carries, and for a follow-up without one', async () => {
    const { bench, json, followUp } = await start();
    const again = await bench.reply(posted(path, { conversation_id: json.conversation_id, user_id: 'u' }));
    expect(again.json.conversation_id).not.toBe(json.conversation_id);
    expect((await followUp({ conversation_id: null, previous_messages: messages })).json).toMatchObject({
      current_question_number: 2,
    });
  });

  test('refuses a follow-up without messages with 400, and ids that it does not know with 404', async () => {
    const { bench, followUp } = await start();
    const detail = 'previous_messages with user answers are required for follow-up questions';
    for (const previous_messages of [undefined, null, []])
      expect(await followUp({ previous_messages })).toMatchObject({ status: 400, json: { detail } });
    expect(await followUp({ conversation_id: 'x', previous_messages: messages })).toMatchObject({ status: 404 });
    expect(await followUp({ session_id: 'x', previous_messages: messages })).toMatchObject({ status: 404 });
    expect(bench.service.stats().requests).toMatchObject({ initial: 1, 'follow-up': 2, refused: 3 });
  });

  test.each([
    [{}, 2],
    [{ max_rounds: 1 }, 1],
    [{ max_rounds: '3' }, 3],
    [{ max_rounds: 3, auto_handle_follow_up: false }, 1],
  ])('asks a round by itself: %j', async (body, count) => {
    const bench = new MockBench();
    const { json } = await bench.reply(posted(`${path}/automatic`, { context: 'Python', ...body }));
    const ids = { conversation_id: json.conversation_id, session_id: json.session_id };
    expect(json).toMatchObject({
      initial_questions: { current_question_number: 1, ...ids },
      follow_up_questions:
        count === 1 ? null : Array.from({ length: count - 1 }, (_, n) => ({ current_question_number: n + 2, ...ids })),
      total_questions: count,
    });
    expect(json.all_questions_combined.split('\n')).toHaveLength(count);
    expect(Object.values(json.metadata).every((value) => typeof value === 'string')).toBe(true);
    expect(bench.service.stats().requests.automatic).toBe(1);
  });

  test.each([
    ['', 'missing body'],
    ['0', 'model_attributes_type body'],
    ['{"a":1,}', 'json_invalid body.7'],
    [{ user_id: 1 }, 'string_type body.user_id'],
    [{ context: [] }, 'string_type body.context'],
    [{ previous_messages: {} }, 'list_type body.previous_messages'],
    [{ previous_messages: [{ role: 'bot' }] }, 'missing body.previous_messages.0.content'],
    [{ previous_messages: [{ role: 1, content: 'x' }] }, 'string_type body.previous_messages.0.role'],
    [{ metadata: { a: 1 } }, 'string_type body.metadata.a'],
    [{ metadata: 'x' }, 'dict_type body.metadata'],
    [{ auto_handle_follow_up: 'maybe' }, 'bool_parsing body.auto_handle_follow_up'],
    [{ max_rounds: 4 }, 'less_than_equal body.max_rounds'],
    [{ max_rounds: 0 }, 'greater_than_equal body.max_rounds'],
    [{ max_rounds: 1.5 }, 'int_type body.max_rounds'],
  ])('refuses %j with 422', async (body, problem) => {
    const { status, json } = await new MockBench().reply(posted(`${path}/automatic`, body));
    expect(status).toBe(422);
    expect(json.detail.map(({ type, loc }: { type: string; loc: string[] }) => `${type} ${loc.join('.')}`)).toEqual([
      problem,
    ]);
  });

  test('ignores what it does not know, and nulls', async () => {
    const body = { user_id: null, metadata: null, previous_messages: null, x: 1, auto_follow_up: true, max_rounds: 9 };
    expect((await new MockBench().reply(posted(path, body))).status).toBe(200);
  });
});

describe('the metrics of the upstream', () => {
  const metricsOf = async (bench: MockBench) => (await bench.reply(got('/mcp-internal/monitoring/metrics'))).json;

  test('count its endpoints, neither health nor the guide nor what is refused', async () => {
    const { bench, followUp } = await start({ faults: ['500@1s-2s'] });
    await followUp();
    await bench.reply(got('/health'));
    await bench.reply(posted('/mcp/v1/sequential-questioning', { user_id: 'u' }));
    await bench.reply(posted(path, '0'));
    await bench.run([[posted(path, {}), 1000]]);
    expect(await metricsOf(bench)).toEqual({
      uptime_seconds: 1.11,
      total_requests: 3,
      total_errors: 1,
      error_rate: 1 / 3,
      avg_response_time_ms: 100,
      endpoints: {
        sequential_questioning: { requests: 2, errors: 1, error_rate: 0.5, avg_response_time_ms: 100 },
        sequential_questioning_follow_up: { requests: 1, errors: 0, error_rate: 0, avg_response_time_ms: 100 },
      },
    });
    expect(bench.service.stats().setUp).toBe(1);
  });

  test('can be set back', async () => {
    const { bench } = await start();
    expect((await bench.reply(posted('/mcp-internal/monitoring/metrics/reset', ''))).json).toEqual({
      status: 'success',
      message: 'Metrics reset successfully',
    });
    expect(await metricsOf(bench)).toMatchObject({ total_requests: 0, error_rate: 0, endpoints: {} });
  });
});

describe('the upstream with faults', () => {
  const first = async (fault: string, suffix = '', body: object = { previous_messages: messages }) =>
    new MockBench({ faults: [fault] }).reply(posted(path + suffix, body));

  test.each([
    ['', 'Failed to generate question after 3 attempts'],
    ['/follow-up', 'Failed to generate follow-up questions after 3 attempts'],
    ['/automatic', 'Failed to run automatic question flow after 3 attempts'],
  ])('slow-500 at %j is what three attempts come to', async (suffix, detail) => {
    expect(await first('slow-500', suffix)).toMatchObject({
      status: 500,
      time: 1600,
      json: { detail: expect.stringContaining(detail) },
    });
  });

  test('done says so with the first question', async () => {
    expect((await first('done')).json.next_batch_needed).toBe(false);
  });

  test('missing-ids takes them out, wherever they are', async () => {
    expect((await first('missing-ids')).text).not.toContain('_id"');
    const { text, json } = await first('missing-ids', '/automatic');
    expect(text).not.toContain('_id"');
    expect(json.initial_questions.current_question).toBeTruthy();
  });
});
