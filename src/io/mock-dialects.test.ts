import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type MockOptions, type RunningMockServer, startMockServer } from '../mock.ts';

const servers: RunningMockServer[] = [];
const sockets: Socket[] = [];
const streams: AbortController[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const stream of streams.splice(0)) stream.abort();
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const start = async (options: MockOptions = {}): Promise<RunningMockServer> => {
  const server = await startMockServer({ latency: '0ms', ...options });
  servers.push(server);
  return server;
};

const both = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const post = (server: RunningMockServer, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(server.address + path, { method: 'POST', headers: { ...both, ...headers }, body: JSON.stringify(body) });
// biome-ignore lint/suspicious/noExplicitAny: tests look into it and fail where it is not what they expect.
const json = async (reply: Promise<Response>): Promise<any> => (await reply).json();

const rpc = (method: string, params: object = {}, id: number | undefined = 1) => ({
  jsonrpc: '2.0',
  ...(id === 0 ? {} : { id }),
  method,
  params,
});
const initialize = rpc('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 't', version: '1' },
});
const call = rpc('tools/call', { name: 'sequential_questioning', arguments: {} }, 7);

/** A session over Streamable HTTP, as headers. */
const session = async (server: RunningMockServer): Promise<Record<string, string>> => {
  const reply = await post(server, '/mcp', initialize);
  await reply.text();
  return { 'mcp-session-id': reply.headers.get('mcp-session-id') ?? '' };
};

/** A stream of HTTP+SSE that is open, and all that has come on it. */
const openStream = async (server: RunningMockServer, path = '/mcp') => {
  const abort = new AbortController();
  streams.push(abort);
  const reply = await fetch(server.address + path, {
    headers: { accept: 'text/event-stream' },
    signal: abort.signal,
  });
  const held = { text: '', end: '', leave: () => abort.abort(), headers: reply.headers };
  const read = async (): Promise<void> => {
    try {
      for await (const piece of reply.body ?? []) held.text += new TextDecoder().decode(piece as Uint8Array);
      held.end = 'ended';
    } catch {
      held.end = 'broken';
    }
  };
  void read();
  const messages = async (): Promise<string> => {
    await expect.poll(() => held.text).toContain('endpoint');
    return /data: (\S+)/.exec(held.text)?.[1] ?? '';
  };
  return { held, messages: await messages() };
};

describe('startMockServer() over real sockets', () => {
  test('speaks the upstream', async () => {
    const server = await start();
    const first = await json(post(server, '/mcp-internal/question', {}));
    const next = await json(
      post(server, '/mcp-internal/question/follow-up', {
        conversation_id: first.conversation_id,
        previous_messages: [{ role: 'user', content: 'Daten – “Charts”' }],
      }),
    );
    expect(next).toMatchObject({ conversation_id: first.conversation_id, current_question_number: 2 });
    const metrics = await json(fetch(`${server.address}/mcp-internal/monitoring/metrics`));
    expect(metrics).toMatchObject({ total_requests: 2, total_errors: 0 });
    expect((await server.stats()).setUp).toBe(1);
  });

  test('speaks MCP over Streamable HTTP, on one connection', async () => {
    const server = await start();
    const headers = await session(server);
    const notified = await post(server, '/mcp', rpc('notifications/initialized', {}, 0), headers);
    expect([notified.status, await notified.text()]).toEqual([202, '']);
    expect(await json(post(server, '/mcp', call, headers))).toMatchObject({ id: 7, result: { isError: false } });
    const gone = await fetch(`${server.address}/mcp`, { method: 'DELETE', headers });
    expect([gone.status, await gone.text()]).toEqual([200, '']);
    expect((await post(server, '/mcp', call, headers)).status).toBe(404);
  });

  test('speaks MCP without a handshake', async () => {
    const params = {
      name: 'sequential_questioning',
      arguments: {},
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    };
    const reply = await json(
      post(await start(), '/mcp', rpc('tools/call', params), {
        'Mcp-Protocol-Version': '2026-07-28',
        'Mcp-Method': 'tools/call',
        'Mcp-Name': 'sequential_questioning',
      }),
    );
    expect(reply.result).toMatchObject({ resultType: 'complete', isError: false });
  });

  test('replies with events in chunks, without a length', async () => {
    const server = await start({ replies: 'events' });
    const reply = await post(server, '/mcp', initialize);
    expect(reply.headers.get('content-type')).toBe('text/event-stream');
    expect(reply.headers.has('content-length')).toBe(false);
    expect(await reply.text()).toMatch(/^event: message\ndata: \{"jsonrpc".*\}\n\n$/);
  });

  test('cut-events ends in good order, truncated does not', async () => {
    for (const [fault, whole] of [
      ['cut-events', true],
      ['truncated', false],
    ] as const) {
      const server = await start({ faults: [fault], replies: 'events' });
      const text = (await post(server, '/mcp', call, await session(server))).text();
      if (whole) expect(await text).not.toContain('"id":7');
      else await expect(text).rejects.toThrow('terminated');
    }
  });
});

describe('startMockServer() over HTTP+SSE', () => {
  test('accepts a message, then answers on the stream', async () => {
    const server = await start({ latency: '50ms' });
    const { held, messages } = await openStream(server);
    expect(held.headers.get('connection')).toBe('keep-alive');
    const said = async (message: unknown): Promise<string> => {
      const reply = await post(server, messages, message);
      return `${reply.status} ${await reply.text()}`;
    };
    expect(await said(initialize)).toBe('202 Accepted');
    expect(await said(rpc('notifications/initialized', {}, 0))).toBe('202 Accepted');
    expect(await said(call)).toBe('202 Accepted');
    expect(held.text).not.toContain('"id":7');
    await expect.poll(() => held.text).toMatch(/event: message\r\ndata: \{"jsonrpc":"2.0","id":7.*\}\r\n\r\n$/);
    expect(await server.stats()).toMatchObject({ setUp: 3, sessions: 1, requests: { initial: 1 } });
  });

  test('forgets the session when the client leaves', async () => {
    const server = await start();
    const { held } = await openStream(server, '/sse');
    held.leave();
    await expect.poll(async () => (await server.stats()).sessions).toBe(0);
  });

  test('forgets a client who has left before its stream began', async () => {
    const server = await start({ latency: '2s' });
    const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
    sockets.push(socket);
    socket.write('GET /sse HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(async () => (await server.stats()).busy).toBe(1);
    socket.destroy();
    await expect.poll(async () => (await server.stats()).busy, { timeout: 5000 }).toBe(0);
    expect((await server.stats()).sessions).toBe(0);
  });

  test.each([
    ['cut-events', 'ended'],
    ['truncated', 'broken'],
  ])('%s leaves a stream that has %s', async (fault, end) => {
    const server = await start({ faults: [fault] });
    const { held, messages } = await openStream(server);
    for (const message of [initialize, rpc('notifications/initialized', {}, 0), call])
      await (await post(server, messages, message)).text();
    await expect.poll(() => held.end).toBe(end);
    expect((await server.stats()).sessions).toBe(0);
  });

  test('says every 15 s that it is still there, however soon idle connections are closed', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const server = await start({ idleClose: '50ms' });
    const { held, messages } = await openStream(server);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect([held.text, held.end]).toEqual([`event: endpoint\r\ndata: ${messages}\r\n\r\n`, '']);
    vi.advanceTimersByTime(15_000);
    await expect.poll(() => held.text).toMatch(/\r\n\r\n: ping - \d{4}-\S+Z\r\n\r\n$/);
    held.leave();
    await expect.poll(() => vi.getTimerCount()).toBe(0);
  });

  test('close() ends its streams', async () => {
    const server = await start();
    const { held } = await openStream(server);
    await server.close();
    await expect.poll(() => held.end).toBe('broken');
  });

  test('a preflight is spared there, too', async () => {
    const server = await start({ faults: ['500'] });
    const marked = { 'x-sqload-preflight': '1' };
    const { messages } = await openStream(server);
    for (const message of [initialize, rpc('notifications/initialized', {}, 0)])
      await (await post(server, messages, message, marked)).text();
    expect((await post(server, messages, call, marked)).status).toBe(202);
    expect((await post(server, messages, call)).status).toBe(500);
    expect(await server.stats()).toMatchObject({ preflight: 3, setUp: 1, requests: { initial: 1 } });
  });
});

test('a connection that carried a stream can be used again after it', async () => {
  const server = await start({ replies: 'events' });
  const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
  sockets.push(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const body = JSON.stringify(initialize);
  const head = Object.entries(both).map(([name, value]) => `${name}: ${value}\r\n`);
  const message = `POST /mcp HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n${head.join('')}\r\n${body}`;
  for (let n = 1; n <= 2; n++) {
    socket.write(message);
    while (text.split('\r\n0\r\n\r\n').length <= n) await once(socket, 'data');
  }
  expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
});
