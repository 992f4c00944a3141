import { describe, expect, test } from 'vitest';
import { answeredReply, brokenReply } from '../testing/wire-reply.ts';
import type { McpDialectPlan } from './dialect-plan.ts';
import { type McpSession, mcpDialect } from './mcp-dialect.ts';
import { clientInfo } from './mcp-requests.ts';
import type { Step } from './step.ts';
import type { WireReply, WireRequest } from './wire.ts';

const plan: McpDialectPlan = {
  name: 'mcp-sse',
  basePath: '/v2',
  headers: ['authorization', 'Bearer k'],
  transport: 'http+sse',
  path: '/mcp',
  version: '2024-11-05',
  health: { kind: 'ping' },
  tools: { initial: 'first', 'follow-up': 'next', automatic: 'round' },
  custom: null,
};
const initial: Step = { row: 'initial', userId: 'u1', context: 'Python', answersLeft: 1 };
const postHeaders = [
  ...['content-type', 'application/json', 'accept', 'application/json, text/event-stream'],
  ...['authorization', 'Bearer k'],
];
const endpoint = answeredReply('/mcp/messages/?session_id=0a', { contentType: 'text/event-stream; charset=utf-8' });
const onStream = (body: string): WireReply => answeredReply(body, { status: 202, contentType: 'application/json' });
const hello = onStream('{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2024-11-05","capabilities":{}}}');
const accepted = answeredReply('Accepted', { status: 202 });
const pong = onStream('{"jsonrpc":"2.0","id":2,"result":{}}');

function settle(session: McpSession, replies: readonly WireReply[]): WireRequest[] {
  return replies.map((reply) => {
    const request = session.next()?.request;
    if (request === undefined) throw new Error('nothing to set up');
    expect(session.settle(reply)).toEqual({ ok: true });
    return request;
  });
}

function opened(): McpSession {
  const session = mcpDialect(plan).session();
  settle(session, [endpoint, hello, accepted, pong]);
  expect(session.next()).toBeNull();
  return session;
}

describe('a session over HTTP+SSE', () => {
  test('opens a stream, then greets where the stream said, then makes sure it was heard, byte for byte', () => {
    const session = mcpDialect(plan).session();
    const post = { method: 'POST', path: '/mcp/messages/?session_id=0a', headers: postHeaders };
    const held = { on: 'held-stream', isAnswer: expect.any(Function) };
    expect(settle(session, [endpoint, hello, accepted, pong])).toEqual([
      {
        method: 'GET',
        path: '/v2/mcp',
        headers: ['accept', 'text/event-stream', 'authorization', 'Bearer k'],
        body: null,
        events: { on: 'opened-stream', isAnswer: expect.any(Function) },
      },
      {
        ...post,
        body: `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"sqload","version":"${clientInfo.version}"}}}`,
        events: held,
      },
      { ...post, body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' },
      { ...post, body: '{"jsonrpc":"2.0","id":2,"method":"ping"}', events: held },
    ]);
    expect(session.build(initial)).toEqual({
      ...post,
      body: '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"first","arguments":{"user_id":"u1","context":"Python","previous_messages":[]}}}',
      events: held,
    });
    expect(session.end()).toBeNull();
  });

  test('waits for the event endpoint, and no other', () => {
    const events = mcpDialect(plan).session().next()?.request.events;
    expect(events?.isAnswer({ type: 'message', data: '/messages' })).toBe(false);
    expect(events?.isAnswer({ type: 'endpoint', data: '/messages' })).toBe(true);
  });

  test.each([
    [answeredReply('', { contentType: 'text/event-stream' }), 'protocol-error', 'ended before it named an endpoint'],
    [answeredReply('<html>', { contentType: 'text/html' }), 'protocol-error', 'text/html'],
    [answeredReply('{"detail":"Not Found"}', { status: 404 }), 'http-4xx', 'Not Found'],
    [answeredReply('', { status: 405 }), 'http-4xx', ''],
    [answeredReply('ftp://x/', { contentType: 'text/event-stream' }), 'protocol-error', 'ftp://x/'],
    [brokenReply('timeout', 'nothing'), 'timeout', 'nothing'],
  ])('%# is no stream', (reply, kind, detail) => {
    const session = mcpDialect(plan).session();
    session.next();
    expect(session.settle(reply)).toMatchObject({ kind, detail: expect.stringContaining(detail) });
    expect(session.next()).toMatchObject({ row: 1 });
  });

  test('an endpoint at another address is refused where the address of the server is known', () => {
    const elsewhere = answeredReply('http://other:1/messages', { contentType: 'text/event-stream' });
    const session = mcpDialect({ ...plan, origin: 'http://127.0.0.1:8000' }).session();
    session.next();
    expect(session.settle(elsewhere)).toMatchObject({
      kind: 'protocol-error',
      detail: expect.stringContaining('other'),
    });
    const trusting = mcpDialect(plan).session();
    settle(trusting, [elsewhere]);
    expect(trusting.next()?.request.path).toBe('/messages');
  });

  test('a set-up that stops half-way opens a new stream', () => {
    const session = mcpDialect(plan).session();
    settle(session, [endpoint, hello, accepted]);
    const early = onStream('{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"Invalid request parameters"}}');
    session.next();
    expect(session.settle(early)).toMatchObject({ kind: 'rpc-error', detail: '-32602 Invalid request parameters' });
    expect(session.next()).toMatchObject({ row: 1 });
  });

  test('the 202 is not the answer', () => {
    const session = opened();
    session.build(initial);
    const reply = answeredReply('', { status: 202 });
    expect(session.parse(initial, reply)).toMatchObject({
      kind: 'protocol-error',
      detail: expect.stringContaining('without'),
    });
  });

  test('the end of the stream is the end of the session', () => {
    const session = opened();
    session.streamEnded();
    expect(session.wasLost()).toBe(true);
    expect(session.next()).toMatchObject({ row: 1, request: { method: 'GET' } });
  });

  test.each([404, 400])('%i: the server does not know the session any more', (status) => {
    const session = opened();
    session.build(initial);
    const reply = answeredReply('Invalid session ID', { status, contentType: 'text/plain' });
    expect(session.parse(initial, reply)).toMatchObject({ kind: 'http-4xx', status });
    expect(session.wasLost()).toBe(true);
    expect(session.next()).toMatchObject({ row: 1 });
  });

  test('a stream that ends before the session stands loses none', () => {
    const session = mcpDialect(plan).session();
    settle(session, [endpoint, hello]);
    session.streamEnded();
    expect(session.wasLost()).toBe(false);
    expect(session.next()).toMatchObject({ row: 1 });
  });
});
