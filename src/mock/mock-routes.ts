import type { Millis } from '../core/units.ts';
import { type Exchange, refused } from './exchange.ts';
import { notFound, readJsonObject, wrongKey, wrongMethod } from './fastapi-reply.ts';
import { readGuideQuestion } from './guide-requests.ts';
import { jsonReply } from './http-reply.ts';
import { McpServer, type McpSettings } from './mcp-server.ts';
import { McpSseServer, messagesPath } from './mcp-sse-server.ts';
import type { MockDialect } from './mock-dialect.ts';
import type { MockSettings } from './mock-options.ts';
import { hasKey, headerOf, type MockRequest, pathOf } from './mock-request.ts';
import { guideCarrier, upstreamCarriers } from './path-carrier.ts';
import type { UpstreamMetrics } from './upstream-metrics.ts';
import { readUpstreamQuestion, type UpstreamEndpoint, upstreamPaths } from './upstream-requests.ts';

type Read = (request: MockRequest, now: Millis) => Exchange;

interface Route {
  /** Whether the key is asked for. */
  readonly guarded: boolean;
  readonly read: Read;
}

export type RouteSettings = Pick<MockSettings, 'dialect' | 'replies' | 'sessions' | 'apiKey'>;

/** Finds out what a request is: which dialect it speaks by its path, what it asks for by the rest. */
export class MockRoutes {
  readonly #apiKey: string | null;
  readonly #mcp: McpServer;
  readonly #sse = new McpSseServer();
  readonly #routes: ReadonlyMap<string, Route>;

  constructor({ dialect, replies, sessions, apiKey }: RouteSettings, metrics: UpstreamMetrics) {
    this.#apiKey = apiKey;
    this.#mcp = new McpServer({ eras: erasOf(dialect), replies, sessions });
    const serves = (name: MockDialect): boolean => dialect === 'all' || dialect === name;
    this.#routes = new Map([
      ['/health', open('GET', () => ({ kind: 'row', asked: { kind: 'health' }, carrier: guideCarrier }))],
      ...(serves('guide') ? [['/mcp/v1/sequential-questioning', guideRoute] as const] : []),
      ...(serves('docs') ? [['/mcp/sequential-questioning', guideRoute] as const] : []),
      ...(serves('upstream') ? upstreamRoutes(metrics) : []),
      ...this.#mcpRoutes(serves('mcp') || dialect.startsWith('mcp@'), serves('mcp-sse')),
    ]);
  }

  /** Sessions of MCP that could be used, and streams that are open. */
  get sessions(): number {
    return this.#mcp.sessions + this.#sse.sessions;
  }

  understand(request: MockRequest, now: Millis): Exchange {
    const route = this.#routes.get(pathOf(request));
    if (!route) return refused(notFound);
    if (route.guarded && !hasKey(request, this.#apiKey)) return refused(wrongKey);
    return route.read(request, now);
  }

  #mcpRoutes(streamable: boolean, sse: boolean): (readonly [string, Route])[] {
    const openStream = guarded('GET', () => this.#sse.opening);
    const messages = guarded('POST', (request) => this.#sse.understand(request));
    const endpoint = guarded(null, (request, now) =>
      sse && wantsStream(request) ? this.#sse.opening : this.#mcp.understand(request, now),
    );
    return [
      ...(streamable ? [['/mcp', endpoint] as const] : []),
      ...(sse && !streamable ? [['/mcp', openStream] as const] : []),
      ...(sse
        ? ([
            ['/sse', openStream],
            [messagesPath, messages],
          ] as const)
        : []),
    ];
  }
}

/**
 * The two transports share an address: upstream's stream of HTTP+SSE is at /mcp. A GET of Streamable HTTP asks for a stream as well,
 * but in a session, or with the revision that a handshake came to; such a stream this server does not have.
 */
const wantsStream = (request: MockRequest): boolean =>
  request.method === 'GET' &&
  headerOf(request, 'accept').includes('text/event-stream') &&
  headerOf(request, 'mcp-session-id') === '' &&
  headerOf(request, 'mcp-protocol-version') === '';

const erasOf = (dialect: MockDialect): McpSettings['eras'] =>
  dialect === 'mcp@2025-11-25' ? 'handshake' : dialect === 'mcp@2026-07-28' ? 'stateless' : 'both';

const only =
  (method: string | null, read: Read): Read =>
  (request, now) =>
    method === null || request.method === method ? read(request, now) : refused(wrongMethod(method));
const open = (method: string, read: Read): Route => ({ guarded: false, read: only(method, read) });
/** A wrong method is told before a wrong key. */
const guarded = (method: string | null, read: Read): Route => ({ guarded: true, read: only(method, read) });

const guideRoute = guarded('POST', ({ body }) => {
  const asked = readGuideQuestion(body);
  return asked.kind === 'refused' ? refused(asked.reply) : { kind: 'row', asked, carrier: guideCarrier };
});

function upstreamRoutes(metrics: UpstreamMetrics): (readonly [string, Route])[] {
  return [
    ...Object.entries(upstreamPaths).map(([path, endpoint]) => [path, upstreamRoute(endpoint)] as const),
    [
      '/mcp-internal/monitoring/metrics',
      open('GET', () => ({
        kind: 'set-up',
        answer: ({ now }) => ({ kind: 'reply', reply: jsonReply(200, metrics.body(now)) }),
      })),
    ],
    [
      '/mcp-internal/monitoring/metrics/reset',
      open('POST', () => ({
        kind: 'set-up',
        answer: ({ now }) => {
          metrics.reset(now);
          return { kind: 'reply', reply: jsonReply(200, { status: 'success', message: 'Metrics reset successfully' }) };
        },
      })),
    ],
  ];
}

const upstreamRoute = (endpoint: UpstreamEndpoint): Route =>
  guarded('POST', ({ body }) => {
    const read = readJsonObject(body);
    if (!read.ok) return refused(read.reply);
    const asked = readUpstreamQuestion(endpoint, read.json);
    return asked.kind === 'refused'
      ? refused(asked.reply)
      : { kind: 'row', asked, carrier: upstreamCarriers[endpoint] };
  });
