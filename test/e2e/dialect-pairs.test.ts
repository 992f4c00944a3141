import { afterAll, describe, expect, test, vi } from 'vitest';
import { type MockOptions, type RunningMockServer, startMockServer } from '../../src/mock.ts';
import { followAdvice } from '../../src/testing/follow-advice.ts';
import { sessionsLeft } from '../../src/testing/sessions-left.ts';
import { realRun, removeRuns } from './real-run.ts';

// Clients and servers that do not fit, over sockets and through the real command; every pair is played in virtual time.

vi.setConfig({ testTimeout: 60_000, maxConcurrency: 4 });
afterAll(removeRuns);

async function withServer(options: MockOptions, use: (server: RunningMockServer) => Promise<void>): Promise<void> {
  const server = await startMockServer({ latency: '2ms', ...options });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

const load = [
  ...['sustained', '-u', '2', '-r', '20/s', '-t', '1s', '--think', '40ms'],
  ...['--no-default-thresholds', '--allow-saturated'],
];
const tool = [
  ...['--dialect', 'mcp-tool', '--tool', 'sequential_questioning', '--tool-arguments', '{"context":"{{context}}"}'],
  ...['--tool-reply', 'conversation=/conversation_id,question=/current_question,done=!/next_batch_needed'],
];

const pairs: readonly (readonly [asked: string, options: readonly string[], own: MockOptions, advice: string])[] = [
  ['guide', [], { dialect: 'docs' }, 'speaks "docs": add --dialect docs.'],
  ['guide', [], { dialect: 'upstream' }, 'speaks "upstream": add --dialect upstream.'],
  ['guide', [], { dialect: 'mcp@2025-11-25', replies: 'events' }, 'speaks "mcp": add --dialect mcp.'],
  ['guide', [], { dialect: 'mcp@2026-07-28' }, 'speaks "mcp": add --dialect mcp.'],
  ['guide', [], { dialect: 'mcp-sse' }, 'speaks "mcp-sse": add --dialect mcp-sse.'],
  ['mcp', ['--dialect', 'mcp'], { dialect: 'guide' }, 'speaks "guide": add --dialect guide.'],
  ['mcp', ['--dialect', 'mcp'], { dialect: 'mcp-sse' }, 'speaks "mcp-sse": add --dialect mcp-sse.'],
  ['mcp-sse', ['--dialect', 'mcp-sse'], { dialect: 'mcp', replies: 'events' }, 'speaks "mcp": add --dialect mcp.'],
  [
    'an older mcp',
    ['--dialect', 'mcp', '--mcp-version', '2025-06-18'],
    { dialect: 'mcp@2026-07-28', replies: 'events' },
    'speaks "mcp": add --mcp-version 2026-07-28.',
  ],
  [
    'a newer mcp',
    ['--dialect', 'mcp', '--mcp-version', '2026-07-28'],
    { dialect: 'mcp@2025-11-25', sessions: false },
    'speaks "mcp": add --mcp-version 2025-11-25.',
  ],
  [
    'a newer mcp',
    ['--dialect', 'mcp', '--mcp-version', '2026-07-28'],
    { dialect: 'upstream' },
    'speaks "upstream": add --dialect upstream and leave --mcp-version out.',
  ],
  ['mcp-tool', tool, { dialect: 'mcp-sse' }, 'speaks "mcp-sse": add --mcp-transport sse.'],
  [
    'mcp-tool over HTTP+SSE',
    [...tool, '--mcp-transport', 'sse', '--mcp-path', '/sse'],
    { dialect: 'mcp@2025-11-25', replies: 'events' },
    'speaks "mcp": add --mcp-transport streamable-http --mcp-path /mcp.',
  ],
  [
    'mcp-tool',
    tool,
    { dialect: 'guide' },
    'speaks "guide": add --dialect guide and leave --tool, --tool-arguments and --tool-reply out.',
  ],
];

describe.concurrent('over sockets, a server that speaks otherwise', () => {
  test.each(pairs)('asked in %s (%j), %j', async (_, options, own, advice) => {
    await withServer(own, async (server) => {
      const argv = [...load, '--host', server.address, ...options];
      const { code, stderr, folder } = await realRun(argv);
      expect([code, folder, stderr]).toEqual([5, null, expect.stringContaining(`\n  This server ${advice}\n`)]);
      // Neither the preflight nor the search for a dialect has a model answer a question.
      expect((await server.stats()).requests).toMatchObject({ initial: 0, 'follow-up': 0, automatic: 0 });
      const run = await realRun(followAdvice(argv, stderr));
      expect([run.code, run.summary().total.failures]).toEqual([0, 0]);
      expect(await sessionsLeft(server)).toBe(0);
    });
  });

  test.each([
    ['guide', { dialect: 'guide' }],
    ['docs', { dialect: 'docs' }],
    ['upstream', { dialect: 'upstream' }],
    ['mcp', { dialect: 'mcp@2026-07-28', replies: 'events' }],
    ['mcp', { dialect: 'mcp@2025-11-25', replies: 'events' }],
    ['mcp', { dialect: 'mcp@2025-11-25', sessions: false }],
    ['mcp-sse', { dialect: 'mcp-sse' }],
  ] as const)('--dialect auto finds %s (%j) and plays it', async (name, own) => {
    await withServer(own, async (server) => {
      const { code, stderr, summary } = await realRun([...load, '--host', server.address, '--dialect', 'auto']);
      expect([code, stderr]).toEqual([0, expect.stringContaining(`The server speaks "${name}"`)]);
      expect(summary().total.failures).toBe(0);
      expect(await sessionsLeft(server)).toBe(0);
    });
  });
});
