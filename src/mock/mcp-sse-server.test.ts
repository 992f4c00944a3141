import { describe, expect, test } from 'vitest';
import type { ServerEvent } from '../protocol/wire.ts';
import { got, MockBench, posted } from '../testing/mock-bench.ts';
import { takeEvents } from '../testing/simulated-stream.ts';
import { faultKinds } from './fault.ts';
import type { MockOptions } from './mock-options.ts';

/** A client that holds a stream, in virtual time. */
class Client {
  readonly bench: MockBench;
  /** All that came on the stream. */
  text = '';
  ended: 'end' | 'cut' | null = null;
  leave: () => void = () => {};
  messages = '';

  constructor(options: MockOptions) {
    this.bench = new MockBench({ dialect: 'mcp-sse', ...options });
  }

  async open(path = '/sse'): Promise<void> {
    const { answer } = await this.bench.once(got(path, { accept: 'text/event-stream' }));
    if (answer.kind !== 'stream') throw new Error(answer.kind);
    expect(answer.reply).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    });
    this.text = answer.reply.body;
    this.leave = () => answer.stream.close();
    answer.stream.attach({
      write: (text) => {
        this.text += text;
      },
      end: () => {
        this.ended = 'end';
      },
      cut: (text) => {
        this.text += text;
        this.ended = 'cut';
      },
    });
    this.messages = this.events[0]?.data ?? '';
  }

  get events(): readonly ServerEvent[] {
    return takeEvents(this.text).events;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into it and fail where it is not what they expect.
  get last(): any {
    return JSON.parse(this.events.at(-1)?.data ?? 'null');
  }

  post(body: unknown) {
    return this.bench.reply(posted(this.messages, body));
  }

  request(method: string, params: object = {}, id: number | string = 1) {
    return this.post({ jsonrpc: '2.0', id, method, params });
  }

  call(name = 'sequential_questioning', given: object = {}) {
    return this.request('tools/call', { name, arguments: given }, 7);
  }

  async setUp(): Promise<void> {
    await this.open();
    await this.request('initialize', { protocolVersion: '2024-11-05' });
    await this.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await this.request('ping');
  }
}

const connected = async (options: MockOptions = {}): Promise<Client> => {
  const client = new Client(options);
  await client.setUp();
  return client;
};

const accepted = { status: 202, text: 'Accepted' };

describe('McpSseServer', () => {
  test('says first where messages go, in lines that end with CRLF', async () => {
    const client = new Client({});
    await client.open('/mcp');
    expect(client.text).toMatch(/^event: endpoint\r\ndata: \/mcp\/messages\/\?session_id=[0-9a-f]{32}\r\n\r\n$/);
  });

  test('accepts a message at once, and answers on the stream when the answer is due', async () => {
    const client = await connected();
    const began = client.bench.clock.now();
    const reply = await client.call();
    expect(reply).toMatchObject({ ...accepted, time: 0 });
    expect(client.bench.clock.now() - began).toBe(100);
    expect(client.last).toMatchObject({ jsonrpc: '2.0', id: 7, result: { isError: false } });
    expect(client.text).toMatch(/\r\n\r\nevent: message\r\ndata: \{"jsonrpc"[^\r\n]*\r\n\r\n$/);
    const { conversation_id } = JSON.parse(client.last.result.content[0].text);
    await client.call('sequential_questioning_follow_up', {
      conversation_id,
      previous_messages: [{ role: 'user', content: 'Charts' }],
    });
    expect(JSON.parse(client.last.result.content[0].text)).toMatchObject({
      conversation_id,
      current_question_number: 2,
    });
  });

  test('counts the set-up, up to the first ping, apart from the rows', async () => {
    const client = await connected();
    expect(client.bench.service.stats()).toMatchObject({ setUp: 4, sessions: 1, requests: { health: 0, refused: 0 } });
    expect(client.events.map(({ type, data }) => (type === 'message' ? JSON.parse(data).result : type))).toEqual([
      'endpoint',
      expect.objectContaining({ protocolVersion: '2024-11-05' }),
      {},
    ]);
    await client.request('ping');
    await client.call();
    expect(client.bench.service.stats()).toMatchObject({ setUp: 4, requests: { health: 1, initial: 1 } });
  });

  test('takes no call before the client is ready', async () => {
    const client = new Client({});
    await client.open();
    expect(await client.call()).toMatchObject(accepted);
    expect(client.last).toMatchObject({ id: 7, error: { code: -32602, message: 'Invalid request parameters' } });
    expect(await client.request('initialize', {})).toMatchObject(accepted);
    expect(client.last).toMatchObject({ id: 1, error: { code: -32602 } });
    expect(client.bench.service.stats().requests.refused).toBe(2);
  });

  test('tells what is wrong with a call on the stream', async () => {
    const client = await connected();
    await client.call('echo');
    expect(client.last).toMatchObject({ result: { isError: true } });
    await client.request('tools/what');
    expect(client.last).toMatchObject({ error: { code: -32601 } });
  });

  test('refuses messages that belong nowhere', async () => {
    const client = await connected();
    const to = async (path: string, body: unknown = {}) => {
      const { status, text } = await client.bench.reply(posted(path, body));
      return `${status} ${text}`;
    };
    expect(await to('/mcp/messages/')).toBe('400 session_id is required');
    expect(await to('/mcp/messages/?session_id=x')).toBe('400 Invalid session ID');
    expect(await to(`/mcp/messages/?session_id=${'0'.repeat(32)}`)).toBe('404 Could not find session');
    for (const body of ['{', [], {}, { jsonrpc: '2.0', id: null, method: 'ping' }])
      expect(await to(client.messages, body)).toBe('400 Could not parse message');
  });

  test('forgets a session whose stream is gone, and works for nobody who has left', async () => {
    const client = await connected({ capacity: 1 });
    const { clock, service } = client.bench;
    const call = posted(client.messages, {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'sequential_questioning' },
    });
    await clock.run(
      (async () => {
        const both = [client.bench.ask(call), client.bench.ask(call)];
        await null;
        client.leave();
        await Promise.all(both);
      })(),
    );
    expect(service.stats()).toMatchObject({ sessions: 0, busy: 0, queued: 0, conversations: 1 });
    expect((await client.request('ping')).status).toBe(404);
  });
});

describe('McpSseServer with faults', () => {
  test.each(faultKinds)('%s spares the set-up', async (fault) => {
    const { bench, last } = await connected({ faults: [fault] });
    expect(last.result).toEqual({});
    expect(Object.values(bench.service.stats().faults).every((hits) => hits === 0)).toBe(true);
  });

  test.each(['500', '429'] as const)('%s refuses the message itself', async (fault) => {
    const client = await connected({ faults: [fault] });
    expect((await client.call()).status).toBe(Number(fault));
  });

  test('hang accepts the message, and nothing follows', async () => {
    const client = await connected({ faults: ['hang'] });
    const before = client.text;
    expect(await client.call()).toMatchObject(accepted);
    expect([client.text, client.ended]).toEqual([before, null]);
  });

  test.each([
    ['truncated', 'cut'],
    ['cut-events', 'end'],
  ])('%s takes the stream away, and with it the session', async (fault, end) => {
    const client = await connected({ faults: [fault] });
    await client.call();
    expect(client.ended).toBe(end);
    expect(client.text.includes('"id":7')).toBe(fault === 'truncated');
    expect(client.text).not.toMatch(/"id":7[\s\S]*\r\n\r\n$/);
    expect((await client.request('ping')).status).toBe(404);
  });

  test('lost-session answers like a server that has started anew', async () => {
    const client = await connected({ faults: ['lost-session'] });
    expect(await client.call()).toMatchObject({ status: 404, text: 'Could not find session', time: 0 });
    expect(client.bench.service.stats().sessions).toBe(0);
  });

  test('not-json is the text of the result, and spares a ping', async () => {
    const client = await connected({ faults: ['not-json'] });
    await client.call();
    expect(client.last.result).toMatchObject({
      isError: false,
      content: [{ text: expect.stringMatching(/^<!doctype html>/) }],
    });
    await client.request('ping');
    expect(client.last.result).toEqual({});
  });

  test.each([
    ['rpc-error', { error: { code: -32603 } }],
    ['is-error', { result: { isError: true } }],
    ['slow-500', { result: { isError: true } }],
  ])('%s is the same as over Streamable HTTP', async (fault, message) => {
    const client = await connected({ faults: [fault] });
    await client.call();
    expect(client.last).toMatchObject(message);
  });

  test('priming begins with an event without data', async () => {
    const client = await connected({ faults: ['priming'] });
    const before = client.events.length;
    await client.call();
    expect(client.events.slice(before).map(({ data }) => (data === '' ? '' : (JSON.parse(data).method ?? 7)))).toEqual([
      '',
      'notifications/message',
      7,
    ]);
  });
});
