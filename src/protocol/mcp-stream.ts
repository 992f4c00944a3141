import { failure } from '../core/failure.ts';
import type { SessionRow, SettledStep } from './dialect.ts';
import type { McpDialectPlan } from './dialect-plan.ts';
import { resolveEndpoint } from './endpoint.ts';
import { RpcCaller, type RpcText, rpcNotification } from './json-rpc.ts';
import {
  endedWithoutAnswer,
  isEvents,
  type McpChannel,
  negotiatedVersion,
  refused,
  type Said,
  taken,
  tellsLoss,
} from './mcp-channel.ts';
import { type Asked, initializeText, type McpRequests, sessionRequests } from './mcp-requests.ts';
import type { Read } from './question-answer.ts';
import { SetUp } from './set-up.ts';
import type { ServerEvent, WireReply, WireRequest } from './wire.ts';

/** Rows of the table of sessions over HTTP+SSE. */
export const streamRows: readonly SessionRow[] = [
  { id: 'session', name: 'MCP Session Setup' },
  { id: 'stream', name: 'GET stream' },
  { id: 'initialize', name: 'initialize' },
  { id: 'initialized', name: 'notifications/initialized' },
  { id: 'ping', name: 'ping' },
];
const row = { stream: 1, initialize: 2, initialized: 3, ping: 4 } as const;

/**
 * The transport HTTP+SSE of 2024-11-05: a stream of events that stays open, and a path, told by its first event, to which requests are
 * posted; answers come on the stream. The session is as long as the stream. @returns what makes a channel for each user.
 */
export function mcpStreams(plan: McpDialectPlan): () => McpChannel {
  const path = plan.basePath + plan.path;
  const shared: Shared = {
    open: {
      method: 'GET',
      path,
      headers: ['accept', 'text/event-stream', ...plan.headers],
      body: null,
      events: { on: 'opened-stream', isAnswer: (event: ServerEvent) => event.type === 'endpoint' },
    },
    origin: plan.origin ?? null,
    headers: ['content-type', 'application/json', 'accept', 'application/json, text/event-stream', ...plan.headers],
    initialize: initializeText(plan.version),
    requests: sessionRequests(plan),
  };
  return () => new StreamChannel(shared);
}

/** What all users have in common. */
interface Shared {
  readonly open: WireRequest;
  readonly origin: string | null;
  readonly headers: readonly string[];
  readonly initialize: RpcText;
  readonly requests: McpRequests;
}

const initialized = rpcNotification('notifications/initialized');

class StreamChannel implements McpChannel {
  readonly setUp: SetUp;
  readonly #shared: Shared;
  readonly #rpc = new RpcCaller('held-stream');
  /** Where requests go; every session has a path of its own. */
  #path = '/';

  constructor(shared: Shared) {
    this.#shared = shared;
    this.setUp = new SetUp([
      { row: row.stream, request: () => shared.open, settle: (reply) => this.#opened(reply) },
      { row: row.initialize, request: () => this.#call(shared.initialize), settle: (reply) => this.#greeted(reply) },
      { row: row.initialized, request: () => this.#post(initialized), settle: taken },
      // A server may say 202 first and take the message afterwards; a question that overtakes it is refused ("Received request
      // before initialization was complete", tadata-org/fastapi_mcp#36). Once a ping is answered, it was taken.
      { row: row.ping, request: () => this.ask('ping'), settle: (reply) => this.#result(reply) },
    ]);
  }

  ask(what: Asked, args?: string): WireRequest {
    return this.#call(this.#shared.requests[what].text, args);
  }

  answer(reply: WireReply): Read {
    const result = this.#result(reply);
    if (!result.ok && tellsLoss(reply)) this.setUp.lose();
    return result;
  }

  streamEnded(): void {
    this.setUp.lose();
  }

  /** The connection closes, and with it the stream. */
  end(): null {
    return null;
  }

  ended(): SettledStep {
    return { ok: true };
  }

  #call(text: RpcText, changing?: string): WireRequest {
    const body = this.#rpc.request(text, changing);
    return { method: 'POST', path: this.#path, headers: this.#shared.headers, body, events: this.#rpc.events };
  }

  #post(body: string): WireRequest {
    return { method: 'POST', path: this.#path, headers: this.#shared.headers, body };
  }

  #opened(reply: WireReply): SettledStep {
    if (reply.kind === 'broken') return failure(reply.error, reply.detail);
    const { status, contentType, body } = reply;
    if (status !== 200) return refused(status, body);
    if (!isEvents(contentType))
      return failure('protocol-error', `not a stream of events but ${contentType || 'something'}: ${body}`, status);
    if (body === '') return failure('protocol-error', 'the stream of events ended before it named an endpoint', status);
    const endpoint = resolveEndpoint(body, this.#shared.open.path, this.#shared.origin);
    if (endpoint.ok) this.#path = endpoint.path;
    return endpoint;
  }

  #greeted(reply: WireReply): SettledStep {
    const result = this.#result(reply);
    return result.ok ? negotiatedVersion(result.json) : result;
  }

  #result(reply: WireReply): Read {
    const said = saidOnStream(reply);
    return said.ok ? this.#rpc.result(said.text) : said;
  }
}

/** What came on the stream after a success said that the request was taken. */
function saidOnStream(reply: WireReply): Said {
  if (reply.kind === 'broken') return failure(reply.error, reply.detail);
  const { status, body } = reply;
  if (status < 200 || status > 299) return refused(status, body);
  return body === '' ? endedWithoutAnswer(status) : { ok: true, text: body };
}
