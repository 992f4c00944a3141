import { uuid } from '../core/random.ts';
import type { Millis } from '../core/units.ts';
import { type Exchange, type MockAnswer, refused } from './exchange.ts';
import { emptyReply, type HttpReply } from './http-reply.ts';
import { type RpcReplyStyle, replyCarrier, writeOutcome } from './mcp-reply.ts';
import { checkHandshakeVersion, checkStateless, isStateless, refuseHandshake } from './mcp-stateless.ts';
import { type Era, negotiate, readTask, welcome } from './mcp-task.ts';
import { headerOf, type MockRequest } from './mock-request.ts';
import { RecentMap } from './recent-map.ts';
import { codes, type RpcMessage, readMessage, rpcError, rpcRefusal } from './rpc-message.ts';

export interface McpSettings {
  readonly eras: 'both' | Era;
  /** How it replies to requests: with the answer itself, or with a stream of events in which it is the last. */
  readonly replies: 'json' | 'events';
  /** Whether a handshake opens a session. */
  readonly sessions: boolean;
}

type RpcRequest = Extract<RpcMessage, { kind: 'request' }>;

/**
 * The Streamable HTTP transport of MCP, with handshake and sessions (up to 2025-11-25) and without (2026-07-28) at one address,
 * as mcp-proxy does. What is wrong with a request is told as the official SDK's servers 1.32 and 2.4 tell it.
 */
export class McpServer {
  readonly #settings: McpSettings;
  readonly #sessions = new RecentMap<true>();

  constructor(settings: McpSettings) {
    this.#settings = settings;
  }

  /** Sessions that could be used. */
  get sessions(): number {
    return this.#sessions.size;
  }

  understand(request: MockRequest, now: Millis): Exchange {
    const { eras } = this.#settings;
    if (request.method === 'POST') return this.#post(request, now);
    if (request.method === 'DELETE' && eras !== 'stateless') return this.#endSession(request, now);
    const allow = eras === 'stateless' ? 'POST' : 'POST, DELETE';
    return refused(rpcRefusal(405, codes.badRequest, 'Method not allowed.', { headers: { allow } }));
  }

  #post(request: MockRequest, now: Millis): Exchange {
    const wrongType = checkMediaTypes(request);
    if (wrongType) return refused(wrongType);
    let message: RpcMessage | null;
    try {
      message = readMessage(request.body);
    } catch {
      return refused(rpcRefusal(400, codes.parseError, 'Parse error: Invalid JSON'));
    }
    if (message === null) return refused(rpcRefusal(400, codes.parseError, 'Parse error: Invalid JSON-RPC message'));
    const { eras } = this.#settings;
    if (eras !== 'handshake' && message.kind !== 'response' && isStateless(request, message)) {
      const wrong = checkStateless(request, message);
      if (wrong) return refused(wrong);
      return message.kind === 'request' ? this.#serve(message, 'stateless', null) : taken;
    }
    if (eras !== 'stateless') return this.#withHandshake(request, message, now);
    const wrong = refuseHandshake(request, message);
    return wrong ? refused(wrong) : taken;
  }

  #withHandshake(request: MockRequest, message: RpcMessage, now: Millis): Exchange {
    const session = headerOf(request, 'mcp-session-id');
    if (message.kind === 'request' && message.method === 'initialize' && session === '')
      return this.#initialize(message);
    const wrong = this.#checkSession(session, now) ?? checkHandshakeVersion(request);
    if (wrong) return refused(wrong);
    this.#sessions.use(session, now);
    if (message.kind !== 'request') return taken;
    if (message.method === 'initialize')
      return refused(rpcRefusal(400, codes.invalidRequest, 'Invalid Request: Server already initialized'));
    return this.#serve(message, 'handshake', this.#settings.sessions ? session : null);
  }

  #initialize(request: RpcRequest): Exchange {
    const version = negotiate(request.params);
    const style: RpcReplyStyle = { request, era: 'handshake', replies: this.#settings.replies, session: null };
    if (version === null)
      return refused(writeOutcome(rpcError(codes.invalidParams, 'Invalid params: no protocolVersion'), style));
    return {
      kind: 'set-up',
      answer: ({ random, now }): MockAnswer => {
        const session = this.#settings.sessions ? uuid(random) : null;
        if (session !== null) this.#sessions.add(session, true, now);
        return { kind: 'reply', reply: writeOutcome(welcome(version), { ...style, session }) };
      },
    };
  }

  #serve(request: RpcRequest, era: Era, session: string | null): Exchange {
    const style: RpcReplyStyle = { request, era, replies: this.#settings.replies, session };
    const task = readTask(request, era);
    if (task.kind === 'refused') return refused(writeOutcome(task.outcome, style));
    if (task.kind === 'set-up')
      return { kind: 'set-up', answer: () => ({ kind: 'reply', reply: writeOutcome(task.outcome, style) }) };
    const lose = (id: string) => (): HttpReply => {
      this.#sessions.forget(id);
      return sessionNotFound;
    };
    return {
      kind: 'row',
      asked: task.asked,
      carrier: replyCarrier(task, style, session === null ? null : lose(session)),
    };
  }

  #endSession(request: MockRequest, now: Millis): Exchange {
    const session = headerOf(request, 'mcp-session-id');
    const wrong = this.#checkSession(session, now) ?? checkHandshakeVersion(request);
    if (wrong) return refused(wrong);
    return {
      kind: 'set-up',
      answer: () => {
        this.#sessions.forget(session);
        return { kind: 'reply', reply: emptyReply(200) };
      },
    };
  }

  #checkSession(session: string, now: Millis): HttpReply | null {
    if (!this.#settings.sessions) return null;
    if (session === '') return rpcRefusal(400, codes.badRequest, 'Bad Request: Mcp-Session-Id header is required');
    return this.#sessions.find(session, now) ? null : sessionNotFound;
  }
}

/** Notifications are taken, and nothing comes of them. */
const taken: Exchange = { kind: 'set-up', answer: () => ({ kind: 'reply', reply: emptyReply(202) }) };

const sessionNotFound = rpcRefusal(404, codes.sessionNotFound, 'Session not found');

/** Strict in both eras, as the specification is; the official SDK's server 2.4 looks at the content type only. */
function checkMediaTypes(request: MockRequest): HttpReply | null {
  const accept = headerOf(request, 'accept');
  if (!accept.includes('application/json') || !accept.includes('text/event-stream'))
    return rpcRefusal(
      406,
      codes.badRequest,
      'Not Acceptable: Client must accept both application/json and text/event-stream',
    );
  const [type = ''] = headerOf(request, 'content-type').split(';');
  return type.trim().toLowerCase() === 'application/json'
    ? null
    : rpcRefusal(415, codes.badRequest, 'Unsupported Media Type: Content-Type must be application/json');
}
