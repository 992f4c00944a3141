import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { exitCodes } from '../core/errors.ts';
import { type MockOptions, type RunningMockServer, startMockServer } from '../mock.ts';

const question = JSON.stringify({ user_id: 'u', context: 'Learning Python', previous_messages: [] });
const path = '/mcp/v1/sequential-questioning';
const servers: RunningMockServer[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const start = async (options: MockOptions = {}): Promise<RunningMockServer> => {
  const server = await startMockServer({ latency: '0ms', ...options });
  servers.push(server);
  return server;
};

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly reused: boolean;
}

/** Sends one request and reads its whole answer; rejects with what Node says of a broken connection. */
const send = (
  { address }: RunningMockServer,
  body: string | null,
  { agent, headers = {} }: { agent?: Agent; headers?: Record<string, string> } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const target = new URL(body === null ? '/health' : path, address);
    const sent = request(
      target,
      { method: body === null ? 'GET' : 'POST', agent: agent ?? false, headers },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8');
        reply.on('data', (chunk: string) => {
          text += chunk;
        });
        reply.on('end', () =>
          resolve({ status: reply.statusCode, headers: reply.headers, body: text, reused: sent.reusedSocket }),
        );
        reply.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });

/** A bare connection, and all that came over it until it was closed. */
const raw = (server: RunningMockServer): { socket: Socket; closed: Promise<string> } => {
  const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
  sockets.push(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  return { socket, closed: new Promise((resolve) => socket.on('close', () => resolve(text))) };
};

describe('startMockServer()', () => {
  test('speaks the contract of the guide on a free port', async () => {
    const server = await start();
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const health = await send(server, null);
    expect([health.status, JSON.parse(health.body)]).toEqual([
      200,
      { status: 'ok', service: 'sqload mock', version: '0.1.0' },
    ]);
    const opening = JSON.parse((await send(server, question)).body) as Record<string, string>;
    const followUp = {
      user_id: 'u',
      previous_messages: [{ role: 'user', content: 'Daten – “Charts”' }],
      conversation_id: opening['conversation_id'],
      session_id: opening['session_id'],
    };
    const next = await send(server, JSON.stringify(followUp));
    expect([next.status, next.headers['content-type']]).toEqual([200, 'application/json']);
    expect(JSON.parse(next.body)).toMatchObject({ conversation_id: opening['conversation_id'], question_number: 2 });
    expect(next.body).toContain('Daten – “Charts');
    expect((await server.stats()).requests).toEqual({
      health: 1,
      initial: 1,
      'follow-up': 1,
      automatic: 0,
      refused: 0,
    });
  });

  test('asks for the API key', async () => {
    const server = await start({ apiKey: 'secret' });
    expect((await send(server, question)).status).toBe(401);
    expect((await send(server, question, { headers: { authorization: 'Bearer secret' } })).status).toBe(200);
  });

  test('keeps a connection between requests, without a hint how long', async () => {
    const server = await start();
    const agent = new Agent({ keepAlive: true });
    const answers = [await send(server, null, { agent }), await send(server, question, { agent })];
    agent.destroy();
    expect(answers.map(({ reused }) => reused)).toEqual([false, true]);
    expect(answers[0]?.headers).toMatchObject({ connection: 'keep-alive' });
    expect(answers[0]?.headers).not.toHaveProperty('keep-alive');
  });

  test('closes the connection when the client asks for it', async () => {
    const { socket, closed } = raw(await start());
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(await closed).toMatch(/^HTTP\/1\.1 200 [\s\S]*connection: close/i);
  });

  test('closes a connection that is idle for idleClose, and not while it works', async () => {
    const { socket, closed } = raw(await start({ idleClose: '100ms', latency: '300ms' }));
    const message = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${question.length}\r\n\r\n${question}`;
    for (let n = 0; n < 2; n++) {
      socket.write(message);
      await once(socket, 'data');
    }
    // Timers of one process keep their order however busy the machine is.
    const later = new Promise<string>((resolve) => setTimeout(resolve, 800, 'still open'));
    expect((await Promise.race([closed, later])).match(/question_number/g)).toHaveLength(2);
  });

  test('refuses a body above 1 MiB with 413 and stays usable', async () => {
    const server = await start();
    expect((await send(server, 'x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect((await send(server, 'x'.repeat(1024 * 1024))).status).toBe(422);
    expect((await send(server, question)).status).toBe(200);
  });

  test('holds a thousand connections at once and answers on each', async () => {
    const server = await start();
    const agent = new Agent({ keepAlive: true });
    const answers = await Promise.all(Array.from({ length: 1000 }, () => send(server, question, { agent })));
    agent.destroy();
    expect(answers.every(({ status, reused }) => status === 200 && !reused)).toBe(true);
    expect((await server.stats()).requests.initial).toBe(1000);
  });

  test('forgets a queued request whose client has left', async () => {
    const server = await start({ capacity: 1, latency: '400ms' });
    const message = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${question.length}\r\n\r\n${question}`;
    const first = raw(server);
    first.socket.write(message);
    const leavers = [raw(server), raw(server)];
    for (const { socket } of leavers) socket.write(message);
    await expect.poll(async () => (await server.stats()).queued, { interval: 5 }).toBe(2);
    for (const { socket } of leavers) socket.destroy();
    await expect.poll(async () => (await server.stats()).busy, { timeout: 5000 }).toBe(0);
    expect((await server.stats()).conversations).toBe(1);
  });

  test('close() drops open connections and may be called again', async () => {
    const server = await start({ faults: ['hang'] });
    const hanging = send(server, question);
    const idle = raw(server);
    await expect.poll(async () => (await server.stats()).faults.hang).toBe(1);
    await Promise.all([server.close(), expect(hanging).rejects.toThrow()]);
    await idle.closed;
    await server.close();
    await expect(send(server, null)).rejects.toThrow('ECONNREFUSED');
  });

  test('says what to do when the port is taken', async () => {
    const { address } = await start();
    const port = Number(new URL(address).port);
    await expect(startMockServer({ port })).rejects.toMatchObject({
      message: `Port ${port} of 127.0.0.1 is in use by another program.`,
      hint: expect.stringContaining('--port 0'),
      exitCode: exitCodes.usage,
    });
  });

  test('refuses options that do not hold', async () => {
    await expect(startMockServer({ faults: ['rest'] })).rejects.toThrow('did you mean reset?');
  });
});

describe('startMockServer() with faults', () => {
  test.each([
    ['500', { status: 500, body: 'Internal Server Error' }],
    ['429', { status: 429, body: '{"detail":"Too Many Requests"}', headers: { 'retry-after': '1' } }],
    ['not-json', { status: 200, body: expect.stringContaining('<!doctype html>') }],
    ['missing-ids', { status: 200, body: expect.not.stringContaining('_id"') }],
  ])('%s answers so', async (fault, answer) => {
    expect(await send(await start({ faults: [fault] }), question)).toMatchObject(answer);
  });

  test('reset breaks the connection with a reset and without an answer', async () => {
    const server = await start({ faults: ['reset'] });
    await expect(send(server, question)).rejects.toMatchObject({ code: 'ECONNRESET', message: 'read ECONNRESET' });
  });

  test('truncated announces all, sends half and closes', async () => {
    const { socket, closed } = raw(await start({ faults: ['truncated'] }));
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    const [head = '', body = ''] = (await closed).split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    expect(head).toContain(' 200 ');
    expect(body.length).toBe(length >> 1);
  });

  test('hang never answers, and the server goes on', async () => {
    const server = await start({ faults: ['hang@0s-50ms'] });
    const { socket, closed } = raw(server);
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(async () => (await server.stats()).faults.hang).toBe(1);
    await expect
      .poll(async () => (await send(server, null, { headers: { 'x-sqload-preflight': '1' } })).status)
      .toBe(200);
    socket.destroy();
    expect(await closed).toBe('');
  });

  test('the preflight is spared', async () => {
    const server = await start({ faults: ['500'] });
    const headers = { 'x-sqload-preflight': '1' };
    expect((await send(server, question, { headers })).status).toBe(200);
    expect((await send(server, question)).status).toBe(500);
    expect(await server.stats()).toMatchObject({ preflight: 1, requests: { initial: 1 }, faults: { '500': 1 } });
  });
});
