import { describe, expect, test } from 'vitest';
import { got, MockBench, posted } from '../testing/mock-bench.ts';
import { type MockDialect, mockDialects } from './mock-dialect.ts';

const guide = '/mcp/v1/sequential-questioning';
const question = { user_id: 'u', context: 'Python' };
const both = { accept: 'application/json, text/event-stream' };
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};

/** One request that each dialect takes. */
const requests = {
  guide: posted(guide, question),
  docs: posted('/mcp/sequential-questioning', question),
  upstream: posted('/mcp-internal/question', question),
  metrics: got('/mcp-internal/monitoring/metrics'),
  mcp: posted('/mcp', initialize, both),
  'mcp-sse': got('/sse', { accept: 'text/event-stream' }),
};

const statusOf = async (dialect: MockDialect, request: (typeof requests)['guide']): Promise<number> => {
  const { answer } = await new MockBench({ dialect }).once(request);
  return answer.kind === 'reply' || answer.kind === 'stream' ? answer.reply.status : 0;
};

describe('MockRoutes', () => {
  const speaks: Record<MockDialect, readonly (keyof typeof requests)[]> = {
    all: ['guide', 'docs', 'upstream', 'metrics', 'mcp', 'mcp-sse'],
    guide: ['guide'],
    docs: ['docs'],
    upstream: ['upstream', 'metrics'],
    mcp: ['mcp'],
    'mcp@2025-11-25': ['mcp'],
    'mcp@2026-07-28': [],
    'mcp-sse': ['mcp-sse'],
  };
  test.each(mockDialects)('with the dialect %s speaks that, and health', async (dialect) => {
    const spoken = [];
    for (const [name, request] of Object.entries(requests))
      if ((await statusOf(dialect, request)) === 200) spoken.push(name);
    expect(spoken).toEqual(speaks[dialect]);
    expect(await statusOf(dialect, got('/health'))).toBe(200);
  });

  test('answers 404 and 405 as FastAPI does', async () => {
    const bench = new MockBench();
    for (const path of ['/', '/healthz', '/mcp/', '/mcp-internal', '/constructor'])
      expect(await bench.reply(got(path))).toMatchObject({ status: 404, json: { detail: 'Not Found' } });
    const wrongMethod = { status: 405, json: { detail: 'Method Not Allowed' } };
    for (const path of [guide, '/mcp-internal/question/automatic', '/mcp/messages/'])
      expect(await bench.reply(got(path))).toMatchObject({ ...wrongMethod, headers: { allow: 'POST' } });
    expect(await bench.reply(posted('/health', ''))).toMatchObject({ ...wrongMethod, headers: { allow: 'GET' } });
    expect(bench.service.stats().requests.refused).toBe(9);
  });

  test('reads a path without its query', async () => {
    expect((await new MockBench().reply(got('/health?verbose=1'))).json).toEqual({
      status: 'ok',
      service: 'sqload mock',
      version: '0.1.0',
    });
  });

  test.each(['guide', 'docs', 'upstream', 'mcp', 'mcp-sse'] as const)('asks for the key in %s', async (dialect) => {
    const bench = new MockBench({ apiKey: 'key' });
    const request = requests[dialect];
    const withKey = (authorization: string) => ({ ...request, headers: { ...request.headers, authorization } });
    for (const wrong of ['', 'Bearer', 'Bearer wrong', 'Basic key', 'key', 'Bearer key2'])
      expect(await bench.reply(withKey(wrong))).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
        json: { detail: 'Invalid or missing API key' },
      });
    for (const right of ['Bearer key', 'bearer key'])
      expect((await bench.once(withKey(right))).answer).toMatchObject({ reply: { status: 200 } });
    expect((await bench.reply(got('/health'))).status).toBe(200);
  });

  test('the docs and the guide have the same bodies', async () => {
    const [a, b] = await Promise.all([new MockBench().reply(requests.guide), new MockBench().reply(requests.docs)]);
    expect(b).toEqual(a);
    expect(Object.keys(a.json)).toEqual([
      'conversation_id',
      'session_id',
      'question',
      'question_number',
      'question_type',
    ]);
  });

  test('takes a stream over HTTP+SSE at /mcp, where it is not one of Streamable HTTP', async () => {
    const events = { accept: 'text/event-stream' };
    const kinds = [];
    for (const headers of [
      events,
      { ...events, 'mcp-session-id': 'x' },
      { ...events, 'mcp-protocol-version': '1' },
      {},
    ])
      kinds.push((await new MockBench().once(got('/mcp', headers))).answer);
    expect(kinds.map((answer) => (answer.kind === 'reply' ? answer.reply.status : answer.kind))).toEqual([
      ...['stream', 405, 405, 405],
    ]);
    expect((await new MockBench({ dialect: 'mcp-sse' }).once(got('/mcp'))).answer.kind).toBe('stream');
    expect(await new MockBench({ dialect: 'mcp' }).reply(got('/mcp', events))).toMatchObject({
      status: 405,
      json: { error: { code: -32000, message: 'Method not allowed.' } },
    });
  });
});
