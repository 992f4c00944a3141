const requests = { basePath: '', headers: [] };
const post = (path) => ({
  method: 'POST',
  path,
  body: { user: '{{user_id}}', about: '{{context}}', messages: '{{messages}}' },
});

const mcp = (version) => ({
  ...requests,
  name: 'mcp',
  transport: 'streamable-http',
  path: '/mcp',
  version,
  health: { kind: 'get', path: '/health' },
  tools: {
    initial: 'sequential_questioning',
    'follow-up': 'sequential_questioning_follow_up',
    automatic: 'sequential_questioning_automatic',
  },
  custom: null,
});

const paths = (name, question) => ({
  ...requests,
  name,
  paths: { health: '/health', initial: question, 'follow-up': question, automatic: question },
});

const plans = {
  guide: paths('guide', '/mcp/v1/sequential-questioning'),
  docs: paths('docs', '/mcp/sequential-questioning'),
  upstream: paths('upstream', '/mcp-internal/question'),
  rest: {
    ...requests,
    name: 'rest',
    requests: {
      health: { method: 'GET', path: '/health', body: null },
      initial: post('/ask'),
      'follow-up': post('/ask/{{conversation_id}}'),
      automatic: null,
    },
    reply: { conversationId: '/conversation_id', sessionId: '/session_id', question: '/question', done: null },
  },
  mcp: mcp('2025-11-25'),
  'mcp-events': mcp('2025-11-25'),
  'mcp-stateless': mcp('2026-07-28'),
};

/** How sqload is to speak to the servers of the benchmarks, by the name of a dialect. */
export const dialectPlan = (name) => plans[name];
