import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { MockBench, posted, type Replied } from '../testing/mock-bench.ts';
import { takeEvents } from '../testing/simulated-stream.ts';
import { type FaultKind, faultKinds } from './fault.ts';
import type { MockOptions } from './mock-options.ts';

const both = { accept: 'application/json, text/event-stream' };
const client = { capabilities: {}, clientInfo: { name: 't', version: '1' } };
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': client.clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
};
const answers = [{ role: 'user', content: 'Charts' }];

/** A client of the server in virtual time. */
class Client {
  readonly bench: MockBench;
  session: Record<string, string> = {};
  #id = 0;

  constructor(options: MockOptions = {}) {
    this.bench = new MockBench(options);
  }

  post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Replied> {
    return this.bench.reply(posted('/mcp', body, { ...both, ...headers }));
  }

  async initialize(protocolVersion: unknown = '2025-11-25'): Promise<Replied> {
    const reply = await this.request('initialize', { protocolVersion, ...client });
    const session = reply.headers['mcp-session-id'];
    this.session = session === undefined ? {} : { 'mcp-session-id': session };
    return reply;
  }

  /** Within the session, once there is one. */
  request(method: string, params?: object, headers: Readonly<Record<string, string>> = {}): Promise<Replied> {
    return this.post({ jsonrpc: '2.0', id: ++this.#id, method, params }, { ...this.session, ...headers });
  }

  notify(method: string): Promise<Replied> {
    return this.post({ jsonrpc: '2.0', method }, this.session);
  }

  call(name: string, given: object = {}, other: object = {}): Promise<Replied> {
    return this.request('tools/call', { name, arguments: given, ...other });
  }

  end(): Promise<Replied> {
    return this.bench.reply({ method: 'DELETE', path: '/mcp', headers: this.session, body: '' });
  }

  /** As of 2026-07-28. */
  stateless(method: string, params: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Replied> {
    const name = 'name' in params ? { 'mcp-name': String(params.name) } : {};
    const standard = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...name };
    return this.post(
      { jsonrpc: '2.0', id: ++this.#id, method, params: { _meta: meta, ...params } },
      { ...standard, ...headers },
    );
  }
}

const connected = async (options: MockOptions = {}): Promise<Client> => {
  const client = new Client(options);
  await client.initialize();
  return client;
};

/** What the text of a result holds. */
const said = ({ json }: Replied) => JSON.parse(json.result.content[0].text);
const error = (status: number, code: number, message: string | RegExp = '') => ({
  status,
  json: { jsonrpc: '2.0', error: { code, message: expect.stringMatching(message) } },
});

describe('McpServer with a handshake', () => {
  test.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])('speaks %s', async (version) => {
    const client = new Client();
    expect(await client.initialize(version)).toMatchObject({
      status: 200,
      time: 10,
      headers: { 'content-type': 'application/json', 'mcp-session-id': expect.stringMatching(/^[0-9a-f-]{36}$/) },
      json: { jsonrpc: '2.0', id: 1, result: { protocolVersion: version, capabilities: { tools: {} } } },
    });
    expect(await client.notify('notifications/initialized')).toMatchObject({ status: 202, text: '', time: 10 });
    expect(await client.request('ping', {}, { 'mcp-protocol-version': version })).toMatchObject({
      status: 200,
      time: 10,
      json: { id: 2, result: {} },
    });
  });

  test.each(['2026-07-28', '1', 'newest'])('answers an offer of %s with its newest', async (version) => {
    expect((await new Client().initialize(version)).json.result.protocolVersion).toBe('2025-11-25');
  });

  test('plays the whole flow with its tools, whose answers are those of the upstream', async () => {
    const client = await connected();
    const tools = (await client.request('tools/list')).json.result.tools;
    expect(tools.map(({ name }: { name: string }) => name)).toEqual([
      'sequential_questioning',
      'sequential_questioning_follow_up',
      'sequential_questioning_automatic',
    ]);
    const first = await client.call('sequential_questioning', { user_id: 'u', context: 'Python' });
    expect(first).toMatchObject({ status: 200, time: 100, headers: client.session, json: { id: 3 } });
    expect(first.json.result).toEqual({
      content: [{ type: 'text', text: expect.stringMatching(/^\{\n {2}"current_question": "1\. /) }],
      isError: false,
    });
    const { conversation_id, session_id } = said(first);
    const ids = { conversation_id, session_id };
    const next = await client.call('sequential_questioning_follow_up', { ...ids, previous_messages: answers });
    expect(said(next)).toMatchObject({ ...ids, current_question_number: 2, next_batch_needed: true });
    expect(said(await client.call('sequential_questioning_automatic', { context: 'x' })).total_questions).toBe(2);
    expect(await client.end()).toMatchObject({ status: 200, text: '' });
    expect(client.bench.service.stats()).toMatchObject({
      requests: { health: 0, initial: 1, 'follow-up': 1, automatic: 1, refused: 0 },
      setUp: 3,
      sessions: 0,
    });
  });

  test('tells what is wrong with a call in its result, with status 200', async () => {
    const client = await connected();
    const textOf = async (reply: Promise<Replied>) => {
      const { status, json } = await reply;
      expect([status, json.result.isError]).toEqual([200, true]);
      return json.result.content[0].text as string;
    };
    expect(await textOf(client.call('sequential_thinking'))).toBe(
      'MCP error -32602: Tool sequential_thinking not found',
    );
    expect(await textOf(client.call('sequential_questioning', { user_id: 7 }))).toMatch(
      /^Error calling sequential_questioning\. Status code: 422\. Response: \{"detail":\[\{"type":"string_type"/,
    );
    expect(await textOf(client.call('sequential_questioning', [] as object))).toContain('arguments are no object');
    expect(client.bench.service.stats().requests).toMatchObject({ initial: 0, refused: 3 });
    const lost = { conversation_id: 'x', previous_messages: answers };
    expect(await textOf(client.call('sequential_questioning_follow_up', lost))).toBe(
      'Error calling sequential_questioning_follow_up. Status code: 404. Response: {"detail":"Conversation not found"}',
    );
  });

  test('knows its sessions, and says so as the official SDK does', async () => {
    const client = await connected();
    const other = { 'mcp-session-id': 'x' };
    expect(await client.request('ping', {}, other)).toMatchObject(error(404, -32001, 'Session not found'));
    expect(await client.post({ jsonrpc: '2.0', id: 1, method: 'ping' })).toMatchObject(
      error(400, -32000, 'Bad Request: Mcp-Session-Id header is required'),
    );
    expect(await client.request('initialize', { protocolVersion: '2025-11-25' })).toMatchObject(
      error(400, -32600, 'Invalid Request: Server already initialized'),
    );
    expect(await client.request('ping', {}, { 'mcp-protocol-version': '1999-01-01' })).toMatchObject(
      error(400, -32000, 'Unsupported protocol version: 1999-01-01'),
    );
    await client.end();
    expect(await client.request('ping')).toMatchObject(error(404, -32001));
    expect(await client.end()).toMatchObject(error(404, -32001));
  });

  test('forgets a session that nobody has used for an hour', async () => {
    const client = await connected();
    const wait = (at: number) => client.bench.clock.run(client.bench.clock.until(millis(at)));
    await wait(3_600_000);
    expect((await client.request('ping')).status).toBe(200);
    await wait(7_000_000);
    expect((await client.request('ping')).status).toBe(200);
    await wait(11_000_000);
    expect((await client.request('ping')).status).toBe(404);
  });

  test('without sessions hands out none, and asks for none', async () => {
    const client = await connected({ sessions: false });
    expect(client.session).toEqual({});
    expect((await client.call('sequential_questioning')).status).toBe(200);
    expect((await client.end()).status).toBe(200);
    expect(await client.request('ping', {}, { 'mcp-session-id': 'x' })).toMatchObject({ status: 200 });
  });

  test('refuses what is no message, or comes in the wrong form', async () => {
    const client = new Client();
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    for (const accept of ['application/json', 'text/event-stream', '*/*', ''])
      expect(await client.post(ping, { accept })).toMatchObject(error(406, -32000, 'Not Acceptable'));
    expect(await client.post(ping, { 'content-type': 'text/plain' })).toMatchObject(error(415, -32000));
    expect(await client.post('{')).toMatchObject(error(400, -32700, 'Parse error: Invalid JSON'));
    for (const body of [{}, [ping], 3, { ...ping, jsonrpc: '1.0' }, { ...ping, id: null }, { ...ping, params: [] }])
      expect(await client.post(body)).toMatchObject(error(400, -32700, 'Parse error: Invalid JSON-RPC message'));
    expect(await client.initialize(7)).toMatchObject(error(200, -32602));
    await client.initialize();
    expect(await client.request('tools/what')).toMatchObject(error(200, -32601, 'Method not found'));
    expect(await client.request('server/discover')).toMatchObject(error(200, -32601));
  });

  test('takes and drops answers, and notifications that mean nothing to it', async () => {
    const client = await connected();
    expect(await client.notify('notifications/cancelled')).toMatchObject({ status: 202, text: '' });
    expect(await client.post({ jsonrpc: '2.0', id: 1, result: {} }, client.session)).toMatchObject({ status: 202 });
  });
});

describe('McpServer without a handshake', () => {
  test('discovers, lists and calls, each result complete and signed', async () => {
    const client = new Client();
    const signed = {
      resultType: 'complete',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'sqload mock' } },
    };
    expect((await client.stateless('server/discover')).json.result).toMatchObject({
      ...signed,
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
    });
    expect((await client.stateless('tools/list')).json.result).toMatchObject({ ...signed, cacheScope: 'private' });
    const reply = await client.stateless('tools/call', { name: 'sequential_questioning', arguments: {} });
    expect(reply).toMatchObject({ status: 200, time: 100, json: { result: signed } });
    expect(reply.headers).not.toHaveProperty('mcp-session-id');
    expect(said(reply).current_question_number).toBe(1);
    expect(client.bench.service.stats()).toMatchObject({ requests: { health: 1, initial: 1 }, setUp: 1, sessions: 0 });
  });

  test.each([
    ['no Mcp-Method', {}, { 'mcp-method': '' }, -32020],
    ['another Mcp-Method', {}, { 'mcp-method': 'tools/list' }, -32020],
    ['no Mcp-Name', {}, { 'mcp-name': '' }, -32020],
    ['another Mcp-Name', {}, { 'mcp-name': 'echo' }, -32020],
    ['a broken Mcp-Name', {}, { 'mcp-name': '=?base64?***?=' }, -32020],
    ['no version in its headers', {}, { 'mcp-protocol-version': '' }, -32020],
    ['another version in its headers', {}, { 'mcp-protocol-version': '2027-01-01' }, -32020],
    ['no _meta', { _meta: undefined }, {}, -32602],
    ['no capabilities', { _meta: { ...meta, 'io.modelcontextprotocol/clientCapabilities': undefined } }, {}, -32602],
  ])('refuses a call with %s', async (_, params, headers, code) => {
    const call = { name: 'sequential_questioning', arguments: {}, ...params };
    expect(await new Client().stateless('tools/call', call, headers)).toMatchObject(error(400, code));
  });

  test('takes a name in Base64', async () => {
    const name = { 'mcp-name': `=?base64?${btoa('sequential_questioning')}?=` };
    const call = { name: 'sequential_questioning', arguments: {} };
    expect((await new Client().stateless('tools/call', call, name)).status).toBe(200);
  });

  test('says which versions it knows', async () => {
    const later = { ...meta, 'io.modelcontextprotocol/protocolVersion': '2027-01-01' };
    const reply = await new Client().stateless(
      'server/discover',
      { _meta: later },
      { 'mcp-protocol-version': '2027-01-01' },
    );
    expect(reply).toMatchObject({
      status: 400,
      json: { id: 1, error: { code: -32022, data: { supported: ['2026-07-28'], requested: '2027-01-01' } } },
    });
  });

  test('answers 404 to what the revision does not have', async () => {
    for (const method of ['ping', 'initialize', 'logging/setLevel', 'tools/what'])
      expect(await new Client().stateless(method)).toMatchObject(error(404, -32601, 'Method not found'));
  });
});

describe('McpServer of one era', () => {
  test('with handshakes only refuses a call without, as the official SDK 1.32 does', async () => {
    const call = { name: 'sequential_questioning', arguments: {} };
    const withSessions = new Client({ dialect: 'mcp@2025-11-25' });
    expect(await withSessions.stateless('tools/call', call)).toMatchObject(error(400, -32000, 'Mcp-Session-Id'));
    expect(await withSessions.stateless('server/discover')).toMatchObject(error(400, -32000, 'Mcp-Session-Id'));
    const without = new Client({ dialect: 'mcp@2025-11-25', sessions: false });
    expect(await without.stateless('tools/call', call)).toMatchObject(
      error(400, -32000, 'Unsupported protocol version: 2026-07-28'),
    );
    expect((await withSessions.initialize()).status).toBe(200);
  });

  test('without handshakes only refuses one, as the official SDK 2.4 does', async () => {
    const client = new Client({ dialect: 'mcp@2026-07-28' });
    expect(await client.initialize()).toMatchObject({
      status: 400,
      json: { id: 1, error: { code: -32022, data: { supported: ['2026-07-28'], requested: '2025-11-25' } } },
    });
    expect(await client.call('sequential_questioning')).toMatchObject(error(400, -32022, 'did not name'));
    expect((await client.notify('notifications/initialized')).status).toBe(202);
    expect(await client.end()).toMatchObject({ ...error(405, -32000), headers: { allow: 'POST' } });
    expect((await client.stateless('server/discover')).status).toBe(200);
  });
});

describe('McpServer that replies with events', () => {
  test('sends one event with the answer', async () => {
    const client = await connected({ replies: 'events' });
    const { headers, text, json } = await client.request('ping');
    expect(headers).toMatchObject({ 'content-type': 'text/event-stream', ...client.session });
    expect(text).toBe('event: message\ndata: {"jsonrpc":"2.0","id":2,"result":{}}\n\n');
    expect(json).toEqual({ jsonrpc: '2.0', id: 2, result: {} });
    expect((await client.notify('x')).headers).toEqual({});
    expect((await client.stateless('server/discover')).headers['content-type']).toBe('text/event-stream');
    expect((await client.stateless('ping')).headers['content-type']).toBe('application/json');
  });
});

describe('McpServer with faults', () => {
  const hit = async (fault: FaultKind | `${FaultKind}@${string}`, options: MockOptions = {}) => {
    const client = await connected({ faults: [fault], ...options });
    return { client, ask: () => client.call('sequential_questioning', {}, { _meta: { progressToken: 'p' } }) };
  };

  test.each(faultKinds)('%s spares the set-up', async (fault) => {
    const { client } = await hit(fault);
    expect((await client.notify('notifications/initialized')).status).toBe(202);
    expect((await client.request('tools/list')).json.result.tools).toHaveLength(3);
    expect((await client.end()).status).toBe(200);
    expect(Object.values(client.bench.service.stats().faults).every((hits) => hits === 0)).toBe(true);
  });

  test('is-error is what the bridge makes of a failure behind it', async () => {
    const { ask, client } = await hit('is-error');
    expect(await ask()).toMatchObject({ status: 200, time: 100 });
    expect((await ask()).json.result).toEqual({
      content: [
        {
          type: 'text',
          text: 'Error calling sequential_questioning. Status code: 500. Response: Internal Server Error',
        },
      ],
      isError: true,
    });
    expect((await client.request('ping')).json.result).toEqual({});
  });

  test('slow-500 takes three attempts', async () => {
    const { ask } = await hit('slow-500');
    const { status, time, json } = await ask();
    expect([status, time, json.result.isError]).toEqual([200, 1600, true]);
    expect(json.result.content[0].text).toMatch(/Status code: 500\. Response: \{"detail":"Failed to generate question/);
  });

  test('rpc-error is an error of JSON-RPC, of a ping too', async () => {
    const { ask, client } = await hit('rpc-error');
    expect(await ask()).toMatchObject(error(200, -32603, 'Internal error'));
    expect(await client.request('ping')).toMatchObject(error(200, -32603));
  });

  test('lost-session forgets it at once, and for good', async () => {
    const { client, ask } = await hit('lost-session@10ms-20ms');
    expect(await ask()).toMatchObject({ ...error(404, -32001, 'Session not found'), time: 0 });
    await client.bench.clock.run(client.bench.clock.until(millis(50)));
    expect(await ask()).toMatchObject(error(404, -32001));
    expect(client.bench.service.stats()).toMatchObject({ faults: { 'lost-session': 1 }, sessions: 0 });
  });

  test.each([
    ['without sessions', async () => (await hit('lost-session', { sessions: false })).ask()],
    [
      'without a handshake',
      async () =>
        (await hit('lost-session')).client.stateless('tools/call', { name: 'sequential_questioning', arguments: {} }),
    ],
  ])('lost-session hits nothing %s', async (_, ask) => expect((await ask()).status).toBe(200));

  test('missing-ids and done are in the answer', async () => {
    expect(said(await (await hit('missing-ids')).ask())).not.toHaveProperty('conversation_id');
    expect(said(await (await hit('done')).ask())).toMatchObject({ next_batch_needed: false });
    const { json } = await (await hit('done')).client.call('sequential_questioning_automatic');
    expect(JSON.parse(json.result.content[0].text).initial_questions.next_batch_needed).toBe(true);
  });

  test('priming begins with an event without data, and tells how far it is to who wants to know', async () => {
    const { client, ask } = await hit('priming');
    const { events } = takeEvents((await ask()).text);
    expect(events.map(({ data }) => (data === '' ? '' : (JSON.parse(data).method ?? 'answer')))).toEqual([
      '',
      'notifications/message',
      'notifications/progress',
      'answer',
    ]);
    expect((await client.request('ping')).text).not.toContain('progress');
  });

  test('cut-events ends the stream without the answer', async () => {
    const { ask } = await hit('cut-events');
    const { headers, text } = await ask();
    expect(headers['content-type']).toBe('text/event-stream');
    expect(takeEvents(text)).toMatchObject({ rest: '' });
    expect(text).not.toContain('"result"');
  });

  test('crlf is at the end of each line', async () => {
    const { ask } = await hit('crlf');
    const { text, json } = await ask();
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(json.result.isError).toBe(false);
  });

  test.each([
    ['500', { kind: 'reply', reply: { status: 500 } }],
    ['429', { kind: 'reply', reply: { status: 429 } }],
    ['not-json', { kind: 'reply', reply: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } } }],
    ['reset', { kind: 'reset' }],
    ['hang', { kind: 'hang' }],
    ['truncated', { kind: 'truncated', reply: { status: 200 } }],
  ] as const)('%s is the same as without MCP', async (fault, answer) => {
    const { client } = await hit(fault);
    const call = { jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'sequential_questioning' } };
    expect((await client.bench.once(posted('/mcp', call, { ...both, ...client.session }))).answer).toMatchObject(
      answer,
    );
  });
});
