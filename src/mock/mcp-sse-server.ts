import { uuid } from '../core/random.ts';
import { EventStream } from './event-stream.ts';
import { eventText, primingText } from './event-text.ts';
import { type Exchange, type MockAnswer, refused, type StreamCarrier } from './exchange.ts';
import { type HttpReply, textReply } from './http-reply.ts';
import { type McpTask, negotiate, notificationsFor, readTask, welcome } from './mcp-task.ts';
import type { MockRequest } from './mock-request.ts';
import { codes, type RpcMessage, type RpcOutcome, readMessage, rpcError, rpcText } from './rpc-message.ts';

type RpcRequest = Extract<RpcMessage, { kind: 'request' }>;

/** A client of the HTTP+SSE transport: its session is its stream. */
interface Client {
  readonly id: string;
  readonly stream: EventStream;
  /** `notifications/initialized` has come. */
  initialized: boolean;
  pinged: boolean;
}

export const messagesPath = '/mcp/messages/';

/**
 * The HTTP+SSE transport of MCP 2024-11-05, which the public upstream mounts: a GET opens a stream, whose first event says where
 * messages go; a message is accepted at once, and answered on the stream. Words and line ends are those of the Python SDK.
 */
export class McpSseServer {
  readonly #clients = new Map<string, Client>();

  /** Streams that are open. */
  get sessions(): number {
    return this.#clients.size;
  }

  /** The stream of a new client. */
  readonly opening: Exchange = {
    kind: 'set-up',
    answer: ({ random }) => {
      const id = uuid(random).replaceAll('-', '');
      const stream = new EventStream(() => this.#clients.delete(id));
      this.#clients.set(id, { id, stream, initialized: false, pinged: false });
      const body = eventText('endpoint', `${messagesPath}?session_id=${id}`, '\r\n');
      return { kind: 'stream', reply: { status: 200, headers: streamHeaders, body }, stream };
    },
  };

  /** A message that was posted to the address that a stream has told. */
  understand({ path, body }: MockRequest): Exchange {
    const id = /[?&]session_id=([^&]*)/.exec(path)?.[1];
    if (id === undefined) return refused(plain(400, 'session_id is required'));
    if (!/^[0-9a-f]{32}$/.test(id)) return refused(plain(400, 'Invalid session ID'));
    const client = this.#clients.get(id);
    if (!client) return refused(noSession);
    let message: RpcMessage | null;
    try {
      message = readMessage(body);
    } catch {
      message = null;
    }
    if (message === null) return refused(plain(400, 'Could not parse message'));
    if (message.kind === 'request') return this.#understandRequest(message, client);
    const ready = message.kind === 'notification' && message.method === 'notifications/initialized';
    return {
      kind: 'set-up',
      answer: () => {
        if (ready) client.initialized = true;
        return { kind: 'reply', reply: accepted };
      },
    };
  }

  #understandRequest(request: RpcRequest, client: Client): Exchange {
    if (request.method === 'initialize') {
      const version = negotiate(request.params);
      return version === null
        ? telling('refused', request, invalidParams, client)
        : telling('set-up', request, welcome(version), client);
    }
    if (!client.initialized && request.method !== 'ping') return telling('refused', request, invalidParams, client);
    const task = readTask(request, 'handshake');
    if (task.kind !== 'row') return telling(task.kind, request, task.outcome, client);
    if (request.method === 'ping' && !client.pinged) {
      // By its first ping a client learns that `initialized` was taken in, as no answer tells it: that is part of the set-up.
      client.pinged = true;
      return telling('set-up', request, task.outcome({ kind: 'health' }, null), client);
    }
    const lose = () => {
      this.#clients.delete(client.id);
      return noSession;
    };
    return { kind: 'row', asked: task.asked, carrier: streamCarrier(task, request, client.stream, lose) };
  }
}

const streamHeaders = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' };
const plain = (status: number, body: string): HttpReply => textReply(status, 'text/plain; charset=utf-8', body);
const accepted = plain(202, 'Accepted');
const noSession = plain(404, 'Could not find session');
const invalidParams = rpcError(codes.invalidParams, 'Invalid request parameters', '');

const messageText = (data: string): string => eventText('message', data, '\r\n');

/** Accepts the request, then says on the stream what came of it. */
const telling = (
  kind: 'set-up' | 'refused',
  request: RpcRequest,
  outcome: RpcOutcome,
  { stream }: Client,
): Exchange => ({
  kind,
  answer: (): MockAnswer => ({
    kind: 'reply',
    reply: accepted,
    after: async () => stream.push(messageText(rpcText(request.id, outcome))),
  }),
});

function streamCarrier(
  task: Extract<McpTask, { kind: 'row' }>,
  request: RpcRequest,
  stream: EventStream,
  lose: () => HttpReply,
): StreamCarrier {
  return {
    channel: 'http+sse',
    endpoint: task.endpoint,
    accepted,
    stream,
    lose,
    push(answer, fault) {
      const text = messageText(rpcText(request.id, task.outcome(answer, fault)));
      if (fault === 'cut-events') return stream.end();
      if (fault === 'truncated') return stream.cut(text.slice(0, text.length >> 1));
      const early = fault === 'priming' ? notificationsFor(request).map(messageText).join('') : '';
      stream.push((fault === 'priming' ? primingText(`${request.id}-0`, '\r\n') : '') + early + text);
    },
  };
}
