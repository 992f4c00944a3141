import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type SqloadError, usageError } from '../core/errors.ts';
import type { Millis } from '../core/units.ts';
import type { MockAnswer } from '../mock/exchange.ts';
import { type HttpReply, jsonReply } from '../mock/http-reply.ts';
import { type MockOptions, settleMockOptions } from '../mock/mock-options.ts';
import { MockService, type MockStats } from '../mock/mock-service.ts';
import { holdStream } from './mock-stream.ts';
import { realClock } from './real-clock.ts';

/** A reference server that listens, in this thread or another. */
export interface RunningMockServer {
  /** `http://127.0.0.1:8000`, without a slash at the end. */
  readonly address: string;
  /** What it has received so far. */
  stats(): Promise<MockStats>;
  /** Drops every connection and stops listening. May be called again. */
  close(): Promise<void>;
}

const longestBody = 1024 * 1024;
/** How many connections the system holds until they are accepted; a spike opens hundreds at once. */
const backlog = 4096;

/**
 * Starts the reference server on 127.0.0.1, in this thread.
 *
 *     import { startMockServer } from 'sqload/mock';
 *
 *     const server = await startMockServer({ latency: '5ms', faults: ['500'] });
 *     const ask = JSON.stringify({ user_id: 'me', context: 'Learning about Python programming', previous_messages: [] });
 *     const { status } = await fetch(`${server.address}/mcp/v1/sequential-questioning`, {
 *       method: 'POST',
 *       headers: { 'content-type': 'application/json' },
 *       body: ask,
 *     });
 *     console.log(status, (await server.stats()).faults['500']);
 *     await server.close();
 *
 * @throws SqloadError with exit code 2 when an option does not hold or the port cannot be had.
 */
export async function startMockServer(options: MockOptions = {}): Promise<RunningMockServer> {
  const settings = settleMockOptions(options);
  const service = new MockService(settings, realClock());
  const server = createServer((request, response) => {
    closeWhenIdle(response, settings.idleClose);
    receive(request, response, service);
  });
  // Node adds a second to this, in some versions without a way to say no: connections are closed below.
  server.keepAliveTimeout = 0;
  const address = await listen(server, settings.port);
  let closed: Promise<void> | null = null;
  return {
    address,
    stats: async () => service.stats(),
    close() {
      closed ??= new Promise((resolve) => {
        service.close();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

/** A timeout of a socket that nobody listens for makes Node's server destroy it. */
function closeWhenIdle(response: ServerResponse, idle: Millis): void {
  const { socket } = response;
  socket?.setTimeout(0);
  response.on('finish', () => socket?.setTimeout(Math.ceil(idle)));
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, port)));
    server.listen({ port, host: '127.0.0.1', backlog }, () => {
      const { port: taken } = server.address() as AddressInfo;
      resolve(`http://127.0.0.1:${taken}`);
    });
  });
}

function cannotListen(error: NodeJS.ErrnoException, port: number): SqloadError {
  const freeOne = 'Give another one with --port, or --port 0 for one that is free.';
  if (error.code === 'EADDRINUSE')
    return usageError(`Port ${port} of 127.0.0.1 is in use by another program.`, freeOne);
  if (error.code === 'EACCES') return usageError(`Port ${port} of 127.0.0.1 is not open to this user.`, freeOne);
  return usageError(`The reference server cannot listen at 127.0.0.1:${port}: ${error.message}.`, freeOne);
}

function receive(request: IncomingMessage, response: ServerResponse, service: MockService): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    // What is too long is still read to its end: a client that writes does not read its answer.
    if (length <= longestBody) chunks.push(chunk);
  });
  request.on('end', () => {
    if (length > longestBody) send(response, bodyTooLarge);
    else void answer(request, response, Buffer.concat(chunks).toString(), service);
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  service: MockService,
): Promise<void> {
  const { method = '', url: path = '', headers } = request;
  try {
    const answer = await service.answer({ method, path, headers, body }, () => response.destroyed);
    perform(answer, response);
    // A failure in here is a bug, and ends the server: nobody else would hear of it.
    if (answer.kind === 'reply') void answer.after?.();
  } catch (error) {
    const detail = `Bug in the reference server of sqload: ${error instanceof Error ? error.stack : error}`;
    perform({ kind: 'reply', reply: jsonReply(500, { detail }) }, response);
  }
}

function perform(answer: MockAnswer, response: ServerResponse): void {
  // The client has left.
  if (response.destroyed) {
    if (answer.kind === 'stream') answer.stream.close();
    return;
  }
  switch (answer.kind) {
    case 'reply':
      send(response, answer.reply);
      return;
    case 'truncated':
      sendHalf(response, answer.reply);
      return;
    case 'stream':
      holdStream(response, answer);
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      return;
  }
}

function send(response: ServerResponse, reply: HttpReply): void {
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, headersOf(response, reply, body.length));
  response.end(body);
}

function sendHalf(response: ServerResponse, reply: HttpReply): void {
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, headersOf(response, reply, body.length));
  response.write(body.subarray(0, body.length >> 1), () => response.socket?.destroy());
}

/**
 * Node adds a `keep-alive: timeout` hint where the connection header is left to it; uvicorn gives none. Events have no length, since
 * nobody knows it when they begin.
 */
const headersOf = (response: ServerResponse, reply: HttpReply, length: number): Record<string, string | number> => ({
  ...reply.headers,
  ...(isEvents(reply) ? {} : { 'content-length': length }),
  ...(response.shouldKeepAlive ? { connection: 'keep-alive' } : {}),
});

const isEvents = ({ headers }: HttpReply): boolean => headers['content-type']?.startsWith('text/event-stream') === true;

const bodyTooLarge = jsonReply(413, { detail: 'Request body too large' });
