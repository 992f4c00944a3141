import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterEach, describe, expect, test } from 'vitest';
import { type MockOptions, type RunningMockServer, startMockServer } from '../../src/mock.ts';

// The official client, which nobody here wrote, holds a conversation with the built-in server.
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const start = async (options: MockOptions): Promise<RunningMockServer> => {
  const server = await startMockServer({ latency: '5ms', ...options });
  cleanups.push(() => server.close());
  return server;
};

const connect = async (transport: Transport): Promise<{ client: Client; errors: Error[] }> => {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const errors: Error[] = [];
  client.onerror = (error) => errors.push(error);
  cleanups.push(() => client.close());
  await client.connect(transport);
  return { client, errors };
};

// biome-ignore lint/suspicious/noExplicitAny: tests look into it and fail where it is not what they expect.
const ask = async (client: Client, name: string, given: Record<string, unknown> = {}): Promise<any> => {
  const { content, isError } = (await client.callTool({ name, arguments: given })) as {
    content: { text: string }[];
    isError: boolean;
  };
  const text = content[0]?.text ?? '';
  return isError ? text : JSON.parse(text);
};

/** Everything that a client does in one session. */
const converse = async (client: Client): Promise<void> => {
  expect(client.getServerVersion()).toMatchObject({ name: 'sqload mock' });
  await client.ping();
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('sequential_questioning_follow_up');
  const first = await ask(client, 'sequential_questioning', { user_id: 'u', context: 'Learning Python' });
  expect(first.current_question).toContain('Python');
  const { conversation_id, session_id } = first;
  const next = await ask(client, 'sequential_questioning_follow_up', {
    conversation_id,
    session_id,
    previous_messages: [
      { role: 'assistant', content: first.current_question },
      { role: 'user', content: 'Daten – “Charts”' },
    ],
  });
  expect(next).toMatchObject({ conversation_id, session_id, current_question_number: 2, next_batch_needed: true });
  expect((await ask(client, 'sequential_questioning_automatic', { context: 'x', max_rounds: 3 })).total_questions).toBe(
    3,
  );
  expect(await ask(client, 'echo')).toContain('Tool echo not found');
};

describe.each(['json', 'events'] as const)('the official client over Streamable HTTP, replies as %s', (replies) => {
  test.each([true, false])('sessions: %s', async (sessions) => {
    const server = await start({ replies, sessions });
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', server.address));
    const { client, errors } = await connect(transport as Transport);
    await converse(client);
    expect(transport.sessionId === undefined).toBe(!sessions);
    const counts = { health: 1, initial: 1, 'follow-up': 1, automatic: 1 };
    expect(await server.stats()).toMatchObject({ requests: counts, sessions: sessions ? 1 : 0 });
    await transport.terminateSession();
    await client.close();
    expect(errors).toEqual([]);
    expect((await server.stats()).sessions).toBe(0);
  });

  test('of one era only, and with what comes before an answer', async () => {
    const server = await start({ replies, dialect: 'mcp@2025-11-25', faults: ['priming'] });
    const { client, errors } = await connect(
      new StreamableHTTPClientTransport(new URL('/mcp', server.address)) as Transport,
    );
    const progress: number[] = [];
    await client.callTool({ name: 'sequential_questioning', arguments: {} }, undefined, {
      onprogress: (step) => progress.push(step.progress),
    });
    expect(progress).toEqual([1]);
    expect(errors).toEqual([]);
  });

  test('with CRLF', async () => {
    const server = await start({ replies, faults: ['crlf'] });
    const { client } = await connect(new StreamableHTTPClientTransport(new URL('/mcp', server.address)) as Transport);
    await converse(client);
  });

  test('hears what goes wrong', async () => {
    const failure = async (fault: string): Promise<string> => {
      const server = await start({ replies, faults: [fault] });
      const { client } = await connect(new StreamableHTTPClientTransport(new URL('/mcp', server.address)) as Transport);
      return ask(client, 'sequential_questioning').catch((error: Error) => error.message);
    };
    expect(await failure('is-error')).toContain('Error calling sequential_questioning. Status code: 500');
    expect(await failure('rpc-error')).toContain('-32603');
    expect(await failure('lost-session')).toContain('Session not found');
    expect(await failure('not-json')).toContain('Unexpected content type: text/html');
  });

  test('with a key', async () => {
    const server = await start({ replies, apiKey: 'secret' });
    const open = (key: string) =>
      connect(
        new StreamableHTTPClientTransport(new URL('/mcp', server.address), {
          requestInit: { headers: { authorization: `Bearer ${key}` } },
        }) as Transport,
      );
    await expect(open('wrong')).rejects.toThrow('Invalid or missing API key');
    await converse((await open('secret')).client);
  });
});

describe('the official client over HTTP+SSE', () => {
  test.each(['/mcp', '/sse'])('at %s', async (path) => {
    const server = await start({ faults: ['priming:50%'] });
    const { client } = await connect(new SSEClientTransport(new URL(path, server.address)));
    await converse(client);
    expect(await server.stats()).toMatchObject({ sessions: 1, requests: { initial: 1, 'follow-up': 1 } });
    await client.close();
    await expect.poll(async () => (await server.stats()).sessions).toBe(0);
  });

  test('hears what goes wrong', async () => {
    const server = await start({ dialect: 'mcp-sse', faults: ['lost-session'] });
    const { client } = await connect(new SSEClientTransport(new URL('/mcp', server.address)));
    await expect(ask(client, 'sequential_questioning')).rejects.toThrow('Could not find session');
  });
});
