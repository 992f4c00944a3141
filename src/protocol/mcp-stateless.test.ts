import { expect, test } from 'vitest';
import { answeredReply } from '../testing/wire-reply.ts';
import type { McpDialectPlan } from './dialect-plan.ts';
import { mcpDialect } from './mcp-dialect.ts';
import { clientInfo } from './mcp-requests.ts';
import type { Step } from './step.ts';

const plan: McpDialectPlan = {
  name: 'mcp',
  basePath: '',
  headers: ['authorization', 'Bearer k'],
  transport: 'streamable-http',
  path: '/mcp',
  version: '2026-07-28',
  health: { kind: 'ping' },
  tools: { initial: 'first', 'follow-up': 'nächste Frage', automatic: ' round' },
  custom: null,
};
const dialect = mcpDialect(plan);
const initial: Step = { row: 'initial', userId: 'u1', context: 'Python', answersLeft: 1 };
const meta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"sqload","version":"${clientInfo.version}"},"io.modelcontextprotocol/clientCapabilities":{}}`;
const common = [
  ...['content-type', 'application/json', 'accept', 'application/json, text/event-stream'],
  ...['authorization', 'Bearer k', 'mcp-protocol-version', '2026-07-28'],
];

test('there is nothing to set up', () => {
  const session = dialect.session();
  expect([session.next(), session.end(), dialect.sessionRows]).toEqual([null, null, []]);
});

test('a call says in its body and in its headers who speaks and what is asked, byte for byte', () => {
  expect(dialect.session().build(initial)).toEqual({
    method: 'POST',
    path: '/mcp',
    headers: [...common, 'mcp-method', 'tools/call', 'mcp-name', 'first'],
    body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"first","arguments":{"user_id":"u1","context":"Python","previous_messages":[]},${meta}}}`,
    events: { on: 'reply', isAnswer: expect.any(Function) },
  });
});

test('health is server/discover, and tools/list names the tools', () => {
  const session = dialect.session();
  expect(session.build({ row: 'health' })).toMatchObject({
    headers: [...common, 'mcp-method', 'server/discover'],
    body: `{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{${meta}}}`,
  });
  expect(session.parse({ row: 'health' }, answeredReply('{"jsonrpc":"2.0","id":1,"result":{}}'))).toMatchObject({
    ok: true,
  });
  expect(session.listTools()).toMatchObject({
    headers: [...common, 'mcp-method', 'tools/list'],
    body: `{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{${meta}}}`,
  });
});

test.each([
  ['first', 'first'],
  ['two words', 'two words'],
  ['nächste Frage', '=?base64?bsOkY2hzdGUgRnJhZ2U=?='],
  [' round', '=?base64?IHJvdW5k?='],
  ['line\nbreak', '=?base64?bGluZQpicmVhaw==?='],
  ['=?base64?eA==?=', '=?base64?PT9iYXNlNjQ/ZUE9PT89?='],
])('the tool %j is %j in a header', (tool, value) => {
  const named = mcpDialect({ ...plan, tools: { ...plan.tools, initial: tool } });
  const { headers, body } = named.session().build(initial);
  expect(headers.slice(-2)).toEqual(['mcp-name', value]);
  expect(JSON.parse(body ?? '')).toMatchObject({ params: { name: tool } });
});

test('a refusal is told by what JSON-RPC says in it', () => {
  const body =
    '{"jsonrpc":"2.0","error":{"code":-32022,"message":"Unsupported protocol version","data":{"supported":[]}},"id":null}';
  const session = dialect.session();
  session.build(initial);
  expect(session.parse(initial, answeredReply(body, { status: 400 }))).toMatchObject({
    kind: 'http-4xx',
    status: 400,
    detail: '-32022 Unsupported protocol version',
  });
});
