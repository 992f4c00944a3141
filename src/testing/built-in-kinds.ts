import type { MockOptions } from '../mock/mock-options.ts';
import { defaultPaths } from '../protocol/dialect-paths.ts';
import type {
  DialectPlan,
  JsonTemplate,
  McpDialectPlan,
  McpVersion,
  PathDialectPlan,
  ReplyPointers,
  RestDialectPlan,
} from '../protocol/dialect-plan.ts';
import type { DialectTraits } from './conversation-suite.ts';

/** One way to talk to the built-in server: the dialect of the client, and the server that speaks nothing else. */
export interface BuiltInKind {
  readonly name: string;
  readonly plan: DialectPlan;
  readonly server: MockOptions;
  readonly traits: DialectTraits;
  /** In which form questions are carried. */
  readonly carrier: 'http' | 'streamable-http' | 'http+sse';
}

const requests = { basePath: '', headers: [] };
const all: DialectTraits = { automatic: true, ids: true, ends: true, forgets: false };

const pathKind = (name: PathDialectPlan['name']): BuiltInKind => ({
  name,
  plan: { name, ...requests, paths: defaultPaths[name] },
  server: { dialect: name },
  traits: { ...all, automatic: name === 'upstream', ends: name === 'upstream' },
  carrier: 'http',
});

const opening: JsonTemplate = { user_id: '{{user_id}}', context: '{{context}}' };
const goingOn: JsonTemplate = {
  ...opening,
  previous_messages: '{{messages}}',
  conversation_id: '{{conversation_id}}',
  session_id: '{{session_id}}',
};
const ids = { conversationId: '/conversation_id', sessionId: '/session_id' };
const upstreamReply: ReplyPointers = {
  ...ids,
  question: '/questions/0/question_text',
  done: { pointer: '/next_batch_needed', negated: true },
};

/** The contract of another dialect, in the words of a scenario file. */
function restKind(like: 'guide' | 'upstream', reply: ReplyPointers): BuiltInKind {
  const post = (path: string, body: JsonTemplate) => ({ method: 'POST', path, body }) as const;
  const paths = defaultPaths[like];
  const plan: RestDialectPlan = {
    name: 'rest',
    ...requests,
    requests: {
      health: { method: 'GET', path: paths.health, body: null },
      initial: post(paths.initial, opening),
      'follow-up': post(paths['follow-up'], goingOn),
      automatic: null,
    },
    reply,
  };
  const traits = { ...all, automatic: false, ends: like === 'upstream' };
  return { ...pathKind(like), name: `rest, as ${like}`, plan, traits };
}

const mcp: McpDialectPlan = {
  name: 'mcp',
  ...requests,
  transport: 'streamable-http',
  path: '/mcp',
  version: '2025-11-25',
  health: { kind: 'ping' },
  tools: {
    initial: 'sequential_questioning',
    'follow-up': 'sequential_questioning_follow_up',
    automatic: 'sequential_questioning_automatic',
  },
  custom: null,
};

function mcpKind(version: McpVersion, replies: 'json' | 'events', sessions: boolean): BuiltInKind {
  const stateless = version === '2026-07-28';
  const how = stateless ? '' : sessions ? ', with sessions' : ', without sessions';
  return {
    name: `mcp ${version}, ${replies}${how}`,
    plan: { ...mcp, version },
    server: { dialect: stateless ? 'mcp@2026-07-28' : 'mcp@2025-11-25', replies, sessions },
    traits: { ...all, forgets: sessions && !stateless },
    carrier: 'streamable-http',
  };
}

const sseKind = (path: string): BuiltInKind => ({
  name: `mcp-sse at ${path}`,
  plan: { ...mcp, name: 'mcp-sse', transport: 'http+sse', version: '2024-11-05', path },
  server: { dialect: 'mcp-sse' },
  traits: { ...all, forgets: true },
  carrier: 'http+sse',
});

/** The same tools, called as if sqload had never heard of them; an automatic round has no question where the others have theirs. */
const toolKind = (kind: BuiltInKind): BuiltInKind => ({
  ...kind,
  name: `mcp-tool, ${kind.name}`,
  plan: {
    ...(kind.plan as McpDialectPlan),
    name: 'mcp-tool',
    custom: { arguments: goingOn, reply: upstreamReply },
  },
  traits: { ...kind.traits, automatic: false },
});

const forms = ['json', 'events'] as const;

/** Every dialect in every form that the built-in server knows. */
export const builtInKinds: readonly BuiltInKind[] = [
  ...(['guide', 'docs', 'upstream'] as const).map(pathKind),
  restKind('guide', { ...ids, question: '/question', done: null }),
  restKind('upstream', upstreamReply),
  ...(['2025-11-25', '2025-06-18', '2025-03-26'] as const).flatMap((version) =>
    forms.flatMap((form) => [mcpKind(version, form, true), mcpKind(version, form, false)]),
  ),
  ...forms.map((form) => mcpKind('2026-07-28', form, false)),
  sseKind('/mcp'),
  sseKind('/sse'),
  ...forms.map((form) => toolKind(mcpKind('2025-11-25', form, true))),
  toolKind(mcpKind('2026-07-28', 'json', false)),
  toolKind(sseKind('/sse')),
];
