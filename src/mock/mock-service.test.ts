import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { got, MockBench, posted } from '../testing/mock-bench.ts';
import { faultKinds } from './fault.ts';
import type { MockOptions } from './mock-options.ts';

const question = posted('/mcp/v1/sequential-questioning', '{"user_id":"u","context":"Python"}');
const health = got('/health');
const preflight = { ...question, headers: { 'x-sqload-preflight': '1' } };
const here = (): boolean => false;

const once = async (options: MockOptions, request = question) => {
  const bench = new MockBench(options);
  const result = await bench.once(request);
  return { ...result, time: result.to - result.from, stats: bench.service.stats() };
};

describe('MockService', () => {
  test('answers a question after the latency, a health check and a refusal after a tenth of it', async () => {
    expect(await once({})).toMatchObject({ time: 100, answer: { kind: 'reply', reply: { status: 200 } } });
    expect(await once({}, health)).toMatchObject({ time: 10, answer: { reply: { status: 200 } } });
    expect(await once({}, { ...question, body: '' })).toMatchObject({ time: 10, answer: { reply: { status: 422 } } });
    expect(await once({ apiKey: 'key' })).toMatchObject({ time: 10, answer: { reply: { status: 401 } } });
  });

  test('counts by row', async () => {
    const bench = new MockBench({});
    await bench.run([
      [question, 0],
      [health, 5],
      [health, 6],
      [preflight, 7],
      [{ ...question, path: '/x' }, 8],
      [{ ...question, body: '{"user_id":"u","conversation_id":"c"}' }, 9],
    ]);
    expect(bench.service.stats()).toMatchObject({
      requests: { health: 2, initial: 1, 'follow-up': 1, automatic: 0, refused: 1 },
      setUp: 0,
      preflight: 1,
      busy: 0,
      queued: 0,
      conversations: 2,
    });
  });

  test('with a capacity serves N at once and the others in order of arrival: N ÷ latency a second', async () => {
    const bench = new MockBench({ capacity: 5 });
    const results = await bench.run(Array.from({ length: 200 }, (_, n) => [question, n / 10] as const));
    const ends = results.map(({ to }) => to);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    expect(Math.max(...ends) / 4000).toBeCloseTo(1, 2);
  });

  test('does not work for a client that has gone while it waited', async () => {
    const bench = new MockBench({ capacity: 1 });
    const gone = bench.service.answer(question, () => true);
    const first = bench.service.answer(question, () => true);
    const last = bench.service.answer(question, here);
    await bench.clock.run(Promise.all([gone, first, last]));
    expect((await first).kind).toBe('hang');
    expect([(await last).kind, bench.clock.now()]).toEqual(['reply', 200]);
  });

  test('close() lets nothing wait any longer', async () => {
    const bench = new MockBench({ capacity: 1, latency: '1h' });
    const asked = Promise.all([bench.service.answer(question, here), bench.service.answer(question, here)]);
    const closed = bench.clock.until(millis(10)).then(() => bench.service.close());
    await bench.clock.run(Promise.all([asked, closed]));
    expect(bench.clock.now()).toBe(10);
  });
});

describe('MockService with faults', () => {
  test.each([
    ['slow', 1000, { kind: 'reply', reply: { status: 200 } }],
    ['500', 100, { kind: 'reply', reply: { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8' } } }],
    ['429', 0, { kind: 'reply', reply: { status: 429, headers: { 'retry-after': '1' } } }],
    ['reset', 100, { kind: 'reset' }],
    ['hang', 0, { kind: 'hang' }],
    ['truncated', 100, { kind: 'truncated', reply: { status: 200 } }],
    [
      'not-json',
      100,
      { kind: 'reply', reply: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } } },
    ],
    ['missing-ids', 100, { kind: 'reply', reply: { status: 200 } }],
  ] as const)('%s is what it says, after %d ms', async (kind, time, answer) => {
    expect(await once({ faults: [kind] })).toMatchObject({ time, answer, stats: { faults: { [kind]: 1 } } });
  });

  test('missing-ids leaves the question in, and spares health checks', async () => {
    const { answer } = await once({ faults: ['missing-ids'] });
    if (answer.kind !== 'reply') throw new Error(answer.kind);
    expect(Object.keys(JSON.parse(answer.reply.body) as object)).toEqual([
      'question',
      'question_number',
      'question_type',
    ]);
    expect((await once({ faults: ['missing-ids'] }, health)).stats.faults['missing-ids']).toBe(0);
  });

  test.each(faultKinds)('%s spares the preflight', async (kind) => {
    const { answer, stats, time } = await once({ faults: [kind] }, preflight);
    expect(answer).toMatchObject({ kind: 'reply', reply: { status: 200 } });
    expect(answer.kind === 'reply' && answer.reply.body).toContain('conversation_id');
    expect([stats.faults[kind], time]).toEqual([0, 100]);
  });

  test('the fault clock starts with the first request of the load, not with the preflight', async () => {
    const bench = new MockBench({ faults: ['429@1s-2s'] });
    const times = [5000, 5999, 6000, 6999, 7000];
    const results = await bench.run([[preflight, 0], ...times.map((at) => [question, at] as const)]);
    const statuses = results.map(({ answer }) => answer.kind === 'reply' && answer.reply.status);
    expect(statuses).toEqual([200, 200, 200, 429, 429, 200]);
  });

  test('429 and hang take no place from others', async () => {
    const bench = new MockBench({ capacity: 1, faults: ['429@0s-1ms', 'hang@1ms-2ms'] });
    const results = await bench.run([0, 1, 2].map((at) => [question, at] as const));
    expect(results.map(({ from, to }) => to - from)).toEqual([0, 0, 100]);
  });

  test('the same seed gives the same faults, latencies and ids; another one gives others', async () => {
    const play = async (seed: string) => {
      const bench = new MockBench({ seed, latency: 'p50=10ms,p95=40ms', faults: ['500:20%', 'reset:20%'] });
      return bench.run(Array.from({ length: 100 }, (_, n) => [question, n] as const));
    };
    const first = await play('a');
    expect(await play('a')).toEqual(first);
    expect(await play('b')).not.toEqual(first);
  });
});
