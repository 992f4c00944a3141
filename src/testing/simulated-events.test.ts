import { describe, expect, test } from 'vitest';
import { millis, plus } from '../core/units.ts';
import type { Connection } from '../engine/world.ts';
import type { EventAnswer, WireReply, WireRequest } from '../protocol/wire.ts';
import { type SimulatedServerOptions, simulatedServer } from './simulated-server.ts';
import { takeEvents } from './simulated-stream.ts';
import { VirtualClock } from './virtual-clock.ts';

const common = ['content-type', 'application/json', 'accept', 'application/json, text/event-stream'];
const answers = (id: number): EventAnswer['isAnswer'] => {
  return ({ data }) => data.includes(`"id":${id},"result"`) || data.includes(`"id":${id},"error"`);
};

/** One user of a simulated server, who speaks MCP by hand. */
class User {
  readonly clock = new VirtualClock();
  readonly server;
  readonly connection: Connection;
  path = '/mcp';
  headers: readonly string[] = common;

  constructor(options: Omit<SimulatedServerOptions, 'clock'> = {}) {
    this.server = simulatedServer({ latency: '100ms', ...options, clock: this.clock });
    this.connection = this.server.open(0);
  }

  send(request: WireRequest): Promise<WireReply> {
    return this.clock.run(this.connection.send(request, plus(this.clock.now(), millis(5000))));
  }

  request(id: number, method: string, params: object = {}, on: EventAnswer['on'] = 'reply'): Promise<WireReply> {
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    return this.send({
      method: 'POST',
      path: this.path,
      headers: this.headers,
      body,
      events: { on, isAnswer: answers(id) },
    });
  }

  call = (on: EventAnswer['on'] = 'reply') => this.request(7, 'tools/call', { name: 'sequential_questioning' }, on);

  initialize = (on: EventAnswer['on'] = 'reply') =>
    this.request(1, 'initialize', { protocolVersion: '2024-11-05' }, on);

  notify(): Promise<WireReply> {
    const body = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
    return this.send({ method: 'POST', path: this.path, headers: this.headers, body });
  }

  async openStream(): Promise<WireReply> {
    const reply = await this.send({
      method: 'GET',
      path: '/sse',
      headers: ['accept', 'text/event-stream'],
      body: null,
      events: { on: 'opened-stream', isAnswer: ({ type }) => type === 'endpoint' },
    });
    if (reply.kind === 'answered') this.path = reply.body;
    return reply;
  }

  async setUpStream(): Promise<void> {
    await this.openStream();
    await this.initialize('held-stream');
    await this.notify();
  }
}

const answered = (reply: WireReply) => {
  if (reply.kind !== 'answered') throw new Error(reply.detail);
  return reply;
};

describe('simulatedServer() over Streamable HTTP', () => {
  test.each(['json', 'events'] as const)('hands over the answer among %s, and the session', async (replies) => {
    const user = new User({ replies });
    const begun = answered(await user.initialize());
    expect(JSON.parse(begun.body)).toMatchObject({ id: 1, result: { protocolVersion: '2024-11-05' } });
    user.headers = [...common, 'Mcp-Session-Id', begun.session];
    expect(answered(await user.notify())).toMatchObject({ status: 202, body: '' });
    const reply = answered(await user.call());
    expect(JSON.parse(reply.body)).toMatchObject({ id: 7, result: { isError: false } });
    expect(reply.ended - reply.sent).toBe(100);
    expect(Number.isNaN(reply.firstEvent)).toBe(replies === 'json');
    expect(user.server.received.map(({ row }) => row)).toEqual(['set-up', 'set-up', 'initial']);
  });

  test('hands over an empty body when the stream ends without the answer', async () => {
    const user = new User({ faults: ['cut-events'], sessions: false });
    expect(answered(await user.call())).toMatchObject({ status: 200, contentType: 'text/event-stream', body: '' });
  });

  test('finds the answer behind what comes first, and with CRLF', async () => {
    for (const fault of ['priming', 'crlf']) {
      const user = new User({ faults: [fault], sessions: false });
      expect(JSON.parse(answered(await user.call()).body)).toMatchObject({ id: 7 });
    }
  });

  test('keeps the whole body of a reply whose events nobody asked for', async () => {
    const user = new User({ replies: 'events', sessions: false });
    const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    const reply = await user.send({ method: 'POST', path: '/mcp', headers: common, body });
    expect(answered(reply).body).toMatch(/^event: message\n/);
  });
});

describe('simulatedServer() over HTTP+SSE', () => {
  test('answers on the stream, when the answer is due', async () => {
    const user = new User();
    expect(answered(await user.openStream())).toMatchObject({ status: 200, firstEvent: 10, ended: 10 });
    await user.initialize('held-stream');
    await user.notify();
    const reply = answered(await user.call('held-stream'));
    expect(JSON.parse(reply.body)).toMatchObject({ id: 7, result: { isError: false } });
    expect([reply.status, reply.ended - reply.sent]).toEqual([202, 100]);
    expect(user.connection.streamEnded()).toBe(false);
    expect(user.server.stats()).toMatchObject({ sessions: 1, setUp: 3, requests: { initial: 1 } });
    user.connection.close();
    expect(user.server.stats().sessions).toBe(0);
  });

  test.each(['cut-events', 'truncated'])('%s breaks the request, and the stream has ended', async (fault) => {
    const user = new User({ faults: [fault] });
    await user.setUpStream();
    expect(await user.call('held-stream')).toMatchObject({ kind: 'broken', error: 'reset' });
    expect([user.connection.streamEnded(), user.connection.streamEnded()]).toEqual([true, false]);
    expect(answered(await user.call('held-stream')).status).toBe(404);
  });

  test('hang runs into the deadline', async () => {
    const user = new User({ faults: ['hang'] });
    await user.setUpStream();
    expect(await user.call('held-stream')).toMatchObject({ kind: 'broken', error: 'timeout' });
    expect(user.connection.streamEnded()).toBe(false);
  });

  test('a refusal of the message is its reply', async () => {
    const user = new User({ faults: ['lost-session'] });
    await user.setUpStream();
    expect(answered(await user.call('held-stream'))).toMatchObject({ status: 404, body: 'Could not find session' });
    await user.setUpStream();
    expect(user.server.stats().sessions).toBe(1);
  });
});

test('takeEvents() keeps what is not whole', () => {
  expect(takeEvents('event: a\r\ndata: 1\r\n\r\n: ping\n\ndata: {"a":": "}\n\nid: 1')).toEqual({
    events: [
      { type: 'a', data: '1' },
      { type: 'message', data: '' },
      { type: 'message', data: '{"a":": "}' },
    ],
    rest: 'id: 1',
  });
});
