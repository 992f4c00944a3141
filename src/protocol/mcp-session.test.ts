import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { answeredReply } from '../testing/wire-reply.ts';
import type { McpDialectPlan } from './dialect-plan.ts';
import { type McpSession, mcpDialect } from './mcp-dialect.ts';
import { clientInfo } from './mcp-requests.ts';
import type { Step } from './step.ts';
import type { WireRequest } from './wire.ts';

const plan: McpDialectPlan = {
  name: 'mcp',
  basePath: '/v2',
  headers: ['authorization', 'Bearer k'],
  transport: 'streamable-http',
  path: '/mcp',
  version: '2025-11-25',
  health: { kind: 'ping' },
  tools: { initial: 'first', 'follow-up': 'next', automatic: 'round' },
  custom: null,
};
const initial: Step = { row: 'initial', userId: 'u1', context: 'Python', answersLeft: 1 };
const opening = [
  ...['content-type', 'application/json', 'accept', 'application/json, text/event-stream'],
  ...['authorization', 'Bearer k'],
];
const agreed = ['mcp-protocol-version', '2025-11-25', 'mcp-session-id', '1f466a2e'];
const hello = (version: string, id = 1) =>
  `{"result":{"protocolVersion":"${version}","capabilities":{"tools":{}},"serverInfo":{"name":"x","version":"1"}},"jsonrpc":"2.0","id":${id}}`;
const accepted = answeredReply('', { status: 202, contentType: '' });
const refusal = (status: number, body: string) => answeredReply(body, { status });

const bodyOf = ({ body }: WireRequest): unknown => JSON.parse(body ?? '');
function start(session: McpSession): WireRequest {
  const request = session.next()?.request;
  if (request === undefined) throw new Error('nothing to set up');
  return request;
}

/** A session that stands: its next request has id 2. */
function opened(version = '2025-11-25', id = '1f466a2e', offer = plan): McpSession {
  const session = mcpDialect(offer).session();
  start(session);
  expect(session.settle(answeredReply(hello(version), { session: id }))).toEqual({ ok: true });
  start(session);
  expect(session.settle(accepted)).toEqual({ ok: true });
  expect(session.next()).toBeNull();
  return session;
}

describe('a session over Streamable HTTP', () => {
  test('opens with a handshake, byte for byte', () => {
    const session = mcpDialect(plan).session();
    expect(session.next()).toMatchObject({
      row: 1,
      request: {
        method: 'POST',
        path: '/v2/mcp',
        headers: opening,
        body: `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"sqload","version":"${clientInfo.version}"}}}`,
        events: { on: 'reply' },
      },
    });
    session.settle(answeredReply(hello('2025-11-25'), { session: '1f466a2e', contentType: 'text/event-stream' }));
    expect(session.next()).toEqual({
      row: 2,
      request: {
        method: 'POST',
        path: '/v2/mcp',
        headers: [...opening, ...agreed],
        body: '{"jsonrpc":"2.0","method":"notifications/initialized"}',
      },
    });
    session.settle(accepted);
    expect(session.next()).toBeNull();
  });

  test('introduces sqload in its own version', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(clientInfo.version).toBe(version);
  });

  test('calls a tool for each question, with ids of its own and the same headers', () => {
    const session = opened();
    const call = session.build(initial);
    expect(call).toMatchObject({
      method: 'POST',
      path: '/v2/mcp',
      headers: [...opening, ...agreed],
      events: { on: 'reply' },
    });
    expect(call.body).toBe(
      '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"first","arguments":{"user_id":"u1","context":"Python","previous_messages":[]}}}',
    );
    const ids = { conversationId: 'c', sessionId: 's' };
    const followUp: Step = { ...initial, row: 'follow-up', ...ids, history: [{ question: 'Q', answer: 'A' }], turn: 1 };
    expect(bodyOf(session.build(followUp))).toEqual({
      jsonrpc: '2.0',
      id: 3,
      method: 'tools/call',
      params: {
        name: 'next',
        arguments: {
          user_id: 'u1',
          context: 'Python',
          previous_messages: [
            { role: 'assistant', content: 'Q' },
            { role: 'user', content: 'A' },
          ],
          conversation_id: 'c',
          session_id: 's',
        },
      },
    });
    expect(bodyOf(session.build({ row: 'automatic', userId: 'u1', context: 'Python' }))).toEqual({
      jsonrpc: '2.0',
      id: 4,
      method: 'tools/call',
      params: { name: 'round', arguments: { user_id: 'u1', context: 'Python' } },
    });
    expect(session.build({ row: 'health' }).body).toBe('{"jsonrpc":"2.0","id":5,"method":"ping"}');
    expect(session.build({ row: 'health' }).headers).toBe(call.headers);
  });

  test('reads upstream’s JSON from the text of the answer, indented as its server writes it', () => {
    const session = opened();
    session.build(initial);
    const text = JSON.stringify(
      { current_question: 'Why?', conversation_id: 'c', session_id: 's', next_batch_needed: true },
      null,
      2,
    );
    const result = { content: [{ type: 'text', text }], isError: false };
    const reply = answeredReply(JSON.stringify({ jsonrpc: '2.0', id: 2, result }));
    expect(session.parse(initial, reply)).toEqual({
      ok: true,
      conversationId: 'c',
      sessionId: 's',
      question: 'Why?',
      done: false,
    });
  });

  test.each([
    [
      answeredReply('{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"Unknown tool: first"}}'),
      'rpc-error',
      '-32602 Unknown tool: first',
    ],
    [
      answeredReply(
        '{"jsonrpc":"2.0","id":2,"result":{"isError":true,"content":[{"type":"text","text":"Error calling first. Status code: 500. Response: {}"}]}}',
      ),
      'tool-error',
      'Status code: 500',
    ],
    [answeredReply('{"jsonrpc":"2.0","id":1,"result":{}}'), 'protocol-error', 'not the answer to request 2'],
    [
      answeredReply('', { contentType: 'text/event-stream' }),
      'protocol-error',
      'the stream of events ended without the answer',
    ],
    [answeredReply('<html>', { contentType: 'text/html' }), 'not-json', '<html>'],
    [
      answeredReply('{"jsonrpc":"2.0","id":2,"result":{}}', { contentType: 'text/plain' }),
      'protocol-error',
      'content type text/plain',
    ],
    [
      answeredReply('{"jsonrpc":"2.0","id":2,"result":{"content":[]}}'),
      'missing-field',
      'neither text nor structuredContent',
    ],
    [accepted, 'protocol-error', ''],
    [
      refusal(500, '{"jsonrpc":"2.0","id":2,"error":{"code":-32603,"message":"Internal error"}}'),
      'http-5xx',
      '-32603 Internal error',
    ],
  ])('%# is a failure of its own kind, and the session stands', (reply, kind, detail) => {
    const session = opened();
    session.build(initial);
    expect(session.parse(initial, reply)).toMatchObject({ ok: false, kind, detail: expect.stringContaining(detail) });
    expect([session.next(), session.wasLost()]).toEqual([null, false]);
  });

  test('names the agreed revision from 2025-06-18 on, whatever was offered', () => {
    expect(opened('2025-06-18').build(initial).headers).toEqual([
      ...opening,
      ...['mcp-protocol-version', '2025-06-18', 'mcp-session-id', '1f466a2e'],
    ]);
    for (const version of ['2025-03-26', '2024-11-05'])
      expect(opened(version).build(initial).headers).toEqual([...opening, 'mcp-session-id', '1f466a2e']);
  });

  test.each(['2026-07-28', '1999-01-01', 7, null])('a server that chooses the revision %j is none', (version) => {
    const session = mcpDialect(plan).session();
    start(session);
    const reply = answeredReply(`{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":${JSON.stringify(version)}}}`);
    expect(session.settle(reply)).toMatchObject({ ok: false, kind: 'protocol-error' });
    expect(session.next()).toMatchObject({ row: 1 });
  });

  test('without a session id no header names one, users share their headers, and there is no goodbye', () => {
    const dialect = mcpDialect(plan);
    const [one, two] = [dialect.session(), dialect.session()];
    for (const session of [one, two]) {
      start(session);
      session.settle(answeredReply(hello('2025-11-25')));
      session.settle(accepted);
      expect(session.end()).toBeNull();
    }
    expect(one.build(initial).headers).toEqual([...opening, 'mcp-protocol-version', '2025-11-25']);
    expect(two.build(initial).headers).toBe(one.build(initial).headers);
  });

  test('a session id that no header can hold is none', () => {
    const session = mcpDialect(plan).session();
    start(session);
    expect(session.settle(answeredReply(hello('2025-11-25'), { session: 'a\u0001b' }))).toMatchObject({
      kind: 'protocol-error',
    });
  });

  test.each([200, 202, 204])('the notification may be answered with %i', (status) => {
    const session = mcpDialect(plan).session();
    start(session);
    session.settle(answeredReply(hello('2025-11-25')));
    expect(session.settle(answeredReply('', { status }))).toEqual({ ok: true });
  });

  test.each([
    [404, '{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}'],
    [404, '{"jsonrpc":"2.0","id":"server-error","error":{"code":-32600,"message":"Session has been terminated"}}'],
    [400, '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"}}'],
    [400, 'Bad Request: No valid session ID provided'],
    [400, '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Server not initialized"},"id":null}'],
    [
      400,
      '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Mcp-Session-Id header is required"},"id":null}',
    ],
  ])('%i %s: the session is lost, and begins anew without its id', (status, body) => {
    const session = opened();
    session.build(initial);
    expect(session.parse(initial, refusal(status, body))).toMatchObject({ ok: false, kind: 'http-4xx', status });
    expect(session.wasLost()).toBe(true);
    expect(session.end()).toBeNull();
    expect(session.next()).toMatchObject({ row: 1, request: { headers: opening } });
    expect(bodyOf(start(session))).toMatchObject({ id: 3, method: 'initialize' });
    session.settle(answeredReply(hello('2025-11-25', 3), { session: 'second' }));
    session.settle(accepted);
    expect(session.wasLost()).toBe(false);
    expect(session.build(initial).headers).toContain('second');
  });

  test('another 400 is no loss, nor is a 404 where there was no session to lose', () => {
    const session = opened();
    session.build(initial);
    session.parse(initial, refusal(400, '{"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid params"},"id":2}'));
    expect([session.next(), session.wasLost()]).toEqual([null, false]);
    const sessionless = opened('2025-11-25', '');
    sessionless.build(initial);
    sessionless.parse(initial, refusal(404, 'Not Found'));
    expect([sessionless.next(), sessionless.wasLost()]).toEqual([null, false]);
  });

  test('a health check over plain HTTP is no message of MCP, needs no JSON, and loses no session', () => {
    const session = opened('2025-11-25', 's', { ...plan, health: { kind: 'get', path: '/health' } });
    expect(session.build({ row: 'health' })).toEqual({
      method: 'GET',
      path: '/v2/health',
      headers: ['accept', '*/*', 'authorization', 'Bearer k'],
      body: null,
    });
    expect(session.parse({ row: 'health' }, answeredReply('ok', { contentType: 'text/html' }))).toMatchObject({
      ok: true,
    });
    expect(session.parse({ row: 'health' }, refusal(404, '{"detail":"Not Found"}'))).toMatchObject({
      kind: 'http-4xx',
      detail: 'Not Found',
    });
    expect(session.wasLost()).toBe(false);
  });

  test('ends with DELETE, which a server may refuse', () => {
    const session = opened();
    const { headers } = session.build(initial);
    expect(session.end()).toEqual({ row: 3, request: { method: 'DELETE', path: '/v2/mcp', headers, body: null } });
    for (const status of [200, 202, 204, 400, 404, 405])
      expect(session.ended(answeredReply('', { status }))).toEqual({ ok: true });
    expect(session.ended(refusal(500, ''))).toMatchObject({ kind: 'http-5xx' });
    expect(session.ended(refusal(401, ''))).toMatchObject({ kind: 'http-4xx' });
  });

  test('tells which tools there are', () => {
    const session = opened();
    expect(bodyOf(session.listTools())).toEqual({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    const list = '{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"echo"},{"name":"get-sum"},{},7]}}';
    expect(session.toolsIn(answeredReply(list))).toEqual({ names: ['echo', 'get-sum'], whole: true });
    const page = list.replace('"tools"', '"nextCursor":"2","tools"');
    expect(session.toolsIn(answeredReply(page))).toEqual({ names: ['echo', 'get-sum'], whole: false });
    for (const body of ['', '[]', '{"jsonrpc":"2.0","id":2,"result":{"tools":{}}}'])
      expect(session.toolsIn(answeredReply(body))).toBeNull();
  });
});
