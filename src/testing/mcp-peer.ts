import type { WireReply, WireRequest } from '../protocol/wire.ts';
import { eventReply, firstWords, message, notFound, type Peer, roundBody, type Said, upstreamBody } from './peer.ts';
import { answeredReply } from './wire-reply.ts';

export interface McpPeerOptions {
  /** `session`: Streamable HTTP with a handshake; `stateless`: that of 2026-07-28; `stream`: HTTP+SSE. */
  readonly era: 'session' | 'stateless' | 'stream';
  readonly path?: string;
  /** Answers come as a stream of events, after an empty one, progress, and a request of the server. */
  readonly events?: boolean;
  /** Gives out session ids; by default it does. */
  readonly sessions?: boolean;
  /** The revision that it chooses, whatever is offered. */
  readonly version?: string;
  /** Its tools, of which the first asks first questions, the second later ones, and the third a round of them. */
  readonly tools?: readonly string[];
  /** Answer of a tool as its result; by default one text, upstream's JSON. */
  readonly result?: (said: Said, tool: number) => unknown;
}

interface Message {
  readonly id?: unknown;
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export const sequentialTools = [
  'sequential_questioning',
  'sequential_questioning_follow_up',
  'sequential_questioning_automatic',
] as const;

const inText = (said: Said, tool: number): unknown => ({
  content: [{ type: 'text', text: JSON.stringify(tool === 2 ? roundBody(said) : upstreamBody(said), null, 2) }],
  isError: false,
});

/** An MCP server in memory that holds its clients to what the specification asks of them. */
export class McpPeer implements Peer {
  says: Said = firstWords;
  /** Method of each message of JSON-RPC, and of each GET and DELETE. */
  readonly heard: string[] = [];
  /** Of the session that stands; null: none. */
  session: string | null = null;
  readonly #options: Required<McpPeerOptions>;
  #sessions = 0;
  #ready = false;

  constructor({
    era,
    path = '/mcp',
    events = false,
    sessions = true,
    version = era === 'stream' ? '2024-11-05' : '2025-11-25',
    tools = sequentialTools,
    result = inText,
  }: McpPeerOptions) {
    this.#options = { era, path, events, sessions, version, tools, result };
  }

  forget(): void {
    this.session = null;
    this.#ready = false;
  }

  answer(request: WireRequest): WireReply {
    const { era, path } = this.#options;
    const { method } = request;
    if (request.path.endsWith('/health')) return answeredReply('ok', { contentType: 'text/html' });
    if (method !== 'POST') this.heard.push(method);
    if (era === 'stream') return this.#onStream(request);
    if (request.path !== path) return notFound();
    if (method === 'DELETE') return this.#delete(request);
    if (method === 'GET') return answeredReply('', { status: 405 });
    const wrong = headersMissing(request);
    if (wrong !== null) return wrong;
    const heard = this.#hear(request);
    return era === 'stateless' ? this.#stateless(request, heard) : this.#inSession(request, heard);
  }

  #hear({ body }: WireRequest): Message {
    const heard = JSON.parse(body ?? '') as Message;
    this.heard.push(heard.method);
    return heard;
  }

  #stateless(request: WireRequest, { id, method, params = {} }: Message): WireReply {
    const { tools } = this.#options;
    const meta = params['_meta'] as Record<string, unknown> | undefined;
    if (meta === undefined) return refusal(400, -32602, 'no _meta');
    const version = meta['io.modelcontextprotocol/protocolVersion'];
    if (version !== '2026-07-28' || header(request, 'mcp-protocol-version') !== version)
      return refusal(400, -32022, 'Unsupported protocol version');
    if (header(request, 'mcp-method') !== method || (header(request, 'mcp-name') ?? undefined) !== params['name'])
      return refusal(400, -32020, 'the headers do not say what the body says');
    if (header(request, 'mcp-session-id') !== null) return refusal(400, -32600, 'there are no sessions');
    if (method === 'server/discover') return this.#reply(request, id, { supportedVersions: ['2026-07-28'] });
    if (method === 'tools/list') return this.#reply(request, id, { tools: tools.map((name) => ({ name })) });
    if (method === 'tools/call') return this.#reply(request, id, this.#call(params));
    return refusal(404, -32601, 'Method not found');
  }

  #inSession(request: WireRequest, { id, method, params = {} }: Message): WireReply {
    const { sessions, version, tools } = this.#options;
    if (method === 'server/discover' || header(request, 'mcp-method') !== null)
      return refusal(400, -32000, 'Bad Request: Server not initialized');
    if (method === 'initialize') {
      if (header(request, 'mcp-session-id') !== null) return refusal(400, -32600, 'a session begins without one');
      this.session = sessions ? `session-${++this.#sessions}` : '';
      this.#ready = false;
      const result = {
        protocolVersion: version,
        capabilities: { tools: {} },
        serverInfo: { name: 'peer', version: '1' },
      };
      return { ...this.#reply(request, id, result), session: this.session } as WireReply;
    }
    const lost = this.#foreign(request);
    if (lost !== null) return lost;
    if (method === 'notifications/initialized') {
      this.#ready = true;
      return answeredReply('', { status: 202, contentType: '' });
    }
    if (method === 'ping') return this.#reply(request, id, {});
    if (!this.#ready) return refusal(400, -32000, 'Bad Request: Server not initialized');
    if (method === 'tools/list') return this.#reply(request, id, { tools: tools.map((name) => ({ name })) });
    return this.#reply(request, id, this.#call(params));
  }

  /** The refusal of a request that does not belong to the session that stands. */
  #foreign(request: WireRequest): WireReply | null {
    const { sessions, version } = this.#options;
    const given = header(request, 'mcp-session-id');
    if (this.session === null && given === null) return refusal(400, -32000, 'Bad Request: Server not initialized');
    if (sessions ? given !== this.session : given !== null) return refusal(404, -32001, 'Session not found');
    const expected = version >= '2025-06-18' ? version : null;
    if (header(request, 'mcp-protocol-version') !== expected)
      return refusal(400, -32000, 'Unsupported protocol version');
    return null;
  }

  #delete(request: WireRequest): WireReply {
    const lost = this.#foreign(request);
    if (lost === null) this.forget();
    return lost ?? answeredReply('');
  }

  #onStream(request: WireRequest): WireReply {
    const { path, version, tools } = this.#options;
    if (request.method === 'GET') {
      if (request.path !== path) return notFound();
      if (header(request, 'accept') !== 'text/event-stream') return answeredReply('', { status: 406 });
      this.session = `${++this.#sessions}`;
      this.#ready = false;
      const endpoint = { type: 'endpoint', data: `/messages/?session_id=${this.session}` };
      return eventReply(request, [message('{"id":1}'), endpoint]);
    }
    if (request.path !== `/messages/?session_id=${this.session}`)
      return answeredReply('Could not find session', { status: 404, contentType: 'text/plain' });
    const { id, method, params = {} } = this.#hear(request);
    if (method === 'notifications/initialized') this.#ready = true;
    if (id === undefined) return answeredReply('Accepted', { status: 202, contentType: 'text/plain' });
    if (method === 'initialize') return this.#reply(request, id, { protocolVersion: version, capabilities: {} });
    if (method === 'ping') return this.#reply(request, id, {});
    if (!this.#ready) return this.#error(request, id, -32602, 'Invalid request parameters');
    if (method === 'tools/list') return this.#reply(request, id, { tools: tools.map((name) => ({ name })) });
    return this.#reply(request, id, this.#call(params));
  }

  #call({ name }: Readonly<Record<string, unknown>>): unknown {
    const tool = this.#options.tools.indexOf(String(name));
    if (tool < 0) return { content: [{ type: 'text', text: `Unknown tool: ${String(name)}` }], isError: true };
    return this.#options.result(this.says, tool);
  }

  #error(request: WireRequest, id: unknown, code: number, text: string): WireReply {
    return this.#frame(request, JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: text } }));
  }

  #reply(request: WireRequest, id: unknown, result: unknown): WireReply {
    return this.#frame(request, JSON.stringify({ result, jsonrpc: '2.0', id }));
  }

  #frame(request: WireRequest, answer: string): WireReply {
    const { era, events } = this.#options;
    if (era === 'stream') return eventReply(request, [message(answer)], 202);
    if (!events) return answeredReply(answer, { contentType: 'application/json; charset=utf-8' });
    const { id } = JSON.parse(answer) as { id: unknown };
    const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: id, progress: 1 } };
    const question = { jsonrpc: '2.0', id, method: 'ping' };
    return eventReply(request, [
      message(''),
      message(JSON.stringify(progress)),
      message(JSON.stringify(question)),
      message(answer),
    ]);
  }
}

const refusal = (status: number, code: number, text: string): WireReply =>
  answeredReply(JSON.stringify({ jsonrpc: '2.0', error: { code, message: text }, id: null }), { status });

/** Both types are asked for literally, as the official SDK does. */
function headersMissing(request: WireRequest): WireReply | null {
  if (header(request, 'content-type') !== 'application/json') return answeredReply('', { status: 415 });
  const accept = header(request, 'accept') ?? '';
  return accept.includes('application/json') && accept.includes('text/event-stream')
    ? null
    : refusal(406, -32000, 'Not Acceptable');
}

function header({ headers }: WireRequest, name: string): string | null {
  const at = headers.findIndex((each, i) => i % 2 === 0 && each === name);
  return at < 0 ? null : (headers[at + 1] ?? null);
}
