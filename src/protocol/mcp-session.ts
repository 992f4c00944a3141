import { failure } from '../core/failure.ts';
import type { SessionRow, SessionStep, SettledStep } from './dialect.ts';
import type { McpDialectPlan } from './dialect-plan.ts';
import { RpcCaller, type RpcText, rpcNotification } from './json-rpc.ts';
import { type McpChannel, negotiatedVersion, saidIn, taken, tellsLoss } from './mcp-channel.ts';
import { type Asked, initializeText, type McpRequests, sessionRequests } from './mcp-requests.ts';
import type { Read } from './question-answer.ts';
import { SetUp } from './set-up.ts';
import type { WireReply, WireRequest } from './wire.ts';

/** Rows of the table of sessions over Streamable HTTP. */
export const streamableRows: readonly SessionRow[] = [
  { id: 'session', name: 'MCP Session Setup' },
  { id: 'initialize', name: 'initialize' },
  { id: 'initialized', name: 'notifications/initialized' },
  { id: 'end', name: 'DELETE' },
];
const row = { initialize: 1, initialized: 2, end: 3 } as const;

/**
 * Streamable HTTP with a handshake (revisions 2025-03-26 to 2025-11-25): `initialize`, whose answer chooses the revision and may
 * open a session, then `notifications/initialized`; DELETE at the end. @returns what makes a channel for each user.
 */
export function mcpSessions(plan: McpDialectPlan): () => McpChannel {
  const opening = [
    'content-type',
    'application/json',
    'accept',
    'application/json, text/event-stream',
    ...plan.headers,
  ];
  const shared: Shared = {
    path: plan.basePath + plan.path,
    opening,
    initialize: initializeText(plan.version),
    requests: sessionRequests(plan),
    standing: new Map(),
  };
  return () => new SessionChannel(shared);
}

/** What all users have in common. */
interface Shared {
  readonly path: string;
  /** Headers before anything was agreed upon. */
  readonly opening: readonly string[];
  readonly initialize: RpcText;
  readonly requests: McpRequests;
  /** Headers by revision, where the server gives out no sessions: all users send the same ones. */
  readonly standing: Map<string, readonly string[]>;
}

const initialized = rpcNotification('notifications/initialized');
/** The first revision in which every request names its revision in a header. */
const firstInHeader = '2025-06-18';

class SessionChannel implements McpChannel {
  readonly setUp: SetUp;
  readonly #shared: Shared;
  readonly #rpc = new RpcCaller('reply');
  /** The same array for all requests of a session: the transport writes it once. */
  #headers: readonly string[];
  /** Empty: the server gave none. */
  #sessionId = '';

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#headers = shared.opening;
    this.setUp = new SetUp([
      { row: row.initialize, request: () => this.#initialize(), settle: (reply) => this.#begin(reply) },
      { row: row.initialized, request: () => this.#post(initialized), settle: taken },
    ]);
  }

  ask(what: Asked, args?: string): WireRequest {
    return this.#call(this.#shared.requests[what].text, args);
  }

  answer(reply: WireReply): Read {
    const said = saidIn(reply);
    if (said.ok) return this.#rpc.result(said.text);
    if (this.#isGone(reply)) {
      this.#sessionId = '';
      this.setUp.lose();
    }
    return said;
  }

  streamEnded(): void {}

  end(): SessionStep | null {
    if (this.#sessionId === '') return null;
    const request: WireRequest = { method: 'DELETE', path: this.#shared.path, headers: this.#headers, body: null };
    return { row: row.end, request };
  }

  /** 405: the server lets nobody end a session; 404 or 400: it is gone already. */
  ended(reply: WireReply): SettledStep {
    if (reply.kind === 'broken') return failure(reply.error, reply.detail);
    const { status } = reply;
    return status === 404 || status === 405 || status === 400 ? { ok: true } : taken(reply);
  }

  /** A session that was never given out cannot be missing by its path; a server that started anew misses the handshake. */
  #isGone(reply: WireReply): boolean {
    if (!tellsLoss(reply)) return false;
    return this.#sessionId !== '' || (reply.kind === 'answered' && reply.status === 400);
  }

  #call(text: RpcText, changing?: string): WireRequest {
    const body = this.#rpc.request(text, changing);
    return { method: 'POST', path: this.#shared.path, headers: this.#headers, body, events: this.#rpc.events };
  }

  #post(body: string): WireRequest {
    return { method: 'POST', path: this.#shared.path, headers: this.#headers, body };
  }

  #initialize(): WireRequest {
    this.#sessionId = '';
    this.#headers = this.#shared.opening;
    return this.#call(this.#shared.initialize);
  }

  #begin(reply: WireReply): SettledStep {
    const said = saidIn(reply);
    if (!said.ok) return said;
    const result = this.#rpc.result(said.text);
    if (!result.ok) return result;
    const chosen = negotiatedVersion(result.json);
    if (!chosen.ok) return chosen;
    const session = reply.kind === 'answered' ? reply.session : '';
    if (!/^[\x21-\x7e]*$/.test(session))
      return failure('protocol-error', `the session id holds characters that none can have: ${session}`, 200);
    this.#sessionId = session;
    this.#headers = this.#headersOf(chosen.version);
    return { ok: true };
  }

  #headersOf(version: string): readonly string[] {
    const { standing, opening } = this.#shared;
    let headers = standing.get(version);
    if (headers === undefined) {
      headers = version >= firstInHeader ? [...opening, 'mcp-protocol-version', version] : opening;
      standing.set(version, headers);
    }
    return this.#sessionId === '' ? headers : [...headers, 'mcp-session-id', this.#sessionId];
  }
}
