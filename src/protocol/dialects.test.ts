import type { DialectTraits } from '../testing/conversation-suite.ts';
import { dialectSuite } from '../testing/dialect-suite.ts';
import { McpPeer, type McpPeerOptions, sequentialTools } from '../testing/mcp-peer.ts';
import { pathPeer, restPeer } from '../testing/peer.ts';
import { defaultPaths } from './dialect-paths.ts';
import type { McpDialectPlan, PathDialectPlan, ReplyPointers, RestDialectPlan } from './dialect-plan.ts';

const headers = ['authorization', 'Bearer k'];
const all: DialectTraits = { automatic: true, ids: true, ends: true, forgets: false };

for (const name of ['guide', 'docs', 'upstream'] as const) {
  const plan: PathDialectPlan = { name, basePath: '/v2', headers, paths: defaultPaths[name] };
  dialectSuite(name, plan, { ...all, automatic: name === 'upstream' }, () => pathPeer(plan));
}

const rest: RestDialectPlan = {
  name: 'rest',
  basePath: '/api',
  headers,
  requests: {
    health: { method: 'GET', path: '/up', body: null },
    initial: { method: 'POST', path: '/talks', body: { topic: '{{context}}' } },
    'follow-up': { method: 'POST', path: '/talks/{{conversation_id}}', body: { text: '{{answer}}' } },
    automatic: null,
  },
  reply: {
    conversationId: '/talk/id',
    sessionId: '/talk/sid',
    question: '/ask/0',
    done: { pointer: '/open', negated: true },
  },
};
dialectSuite('rest', rest, { ...all, automatic: false }, () => restPeer(rest));

const [initial, followUp, automatic] = sequentialTools;
const mcp: McpDialectPlan = {
  name: 'mcp',
  basePath: '',
  headers,
  transport: 'streamable-http',
  path: '/mcp',
  version: '2025-11-25',
  health: { kind: 'get', path: '/health' },
  tools: { initial, 'follow-up': followUp, automatic },
  custom: null,
};
const ping = { kind: 'ping' } as const;

function mcpSuite(title: string, plan: McpDialectPlan, options: McpPeerOptions, traits = all): void {
  dialectSuite(
    title,
    plan,
    { ...traits, forgets: options.era !== 'stateless' },
    () => new McpPeer({ path: plan.basePath + plan.path, ...options }),
  );
}

mcpSuite('mcp of 2025-11-25', mcp, { era: 'session' });
mcpSuite('mcp with events', { ...mcp, basePath: '/v2', health: ping }, { era: 'session', events: true });
mcpSuite('mcp of 2025-03-26', { ...mcp, version: '2025-03-26' }, { era: 'session', version: '2025-03-26' });
mcpSuite('mcp with a handshake and no session', { ...mcp, health: ping }, { era: 'session', sessions: false });
mcpSuite('mcp of 2026-07-28', { ...mcp, version: '2026-07-28' }, { era: 'stateless' });
mcpSuite(
  'mcp of 2026-07-28 with events',
  { ...mcp, version: '2026-07-28', health: ping },
  { era: 'stateless', events: true },
);

const sse: McpDialectPlan = { ...mcp, name: 'mcp-sse', transport: 'http+sse', version: '2024-11-05', path: '/sse' };
mcpSuite('mcp-sse', { ...sse, basePath: '/v2', health: ping }, { era: 'stream' });

const reply: ReplyPointers = {
  conversationId: null,
  sessionId: null,
  question: '/ask',
  done: { pointer: '/more', negated: true },
};
const tool: McpDialectPlan = {
  ...mcp,
  name: 'mcp-tool',
  health: ping,
  tools: { initial: 'think', 'follow-up': 'think', automatic: 'think' },
  custom: { arguments: { thought: '{{message}}', n: '{{turn}}' }, reply },
};
const thinking: Pick<McpPeerOptions, 'tools' | 'result'> = {
  tools: ['think'],
  result: ({ question, done }) => ({ content: [], structuredContent: { ask: question, more: !done } }),
};
const noIds = { ...all, ids: false };
mcpSuite('mcp-tool', tool, { era: 'session', ...thinking }, noIds);
mcpSuite('mcp-tool of 2026-07-28', { ...tool, version: '2026-07-28' }, { era: 'stateless', ...thinking }, noIds);
mcpSuite(
  'mcp-tool over HTTP+SSE',
  { ...tool, transport: 'http+sse', version: '2024-11-05' },
  { era: 'stream', ...thinking },
  noIds,
);
