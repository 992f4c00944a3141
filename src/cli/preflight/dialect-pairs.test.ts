import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { MockDialect } from '../../mock/mock-dialect.ts';
import { fakeHost } from '../../testing/fake-host.ts';
import { followAdvice } from '../../testing/follow-advice.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';

const out = mkdtempSync(join(tmpdir(), 'sqload-pairs-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const describedAt = (path: string): string => `users: 2
spawn_rate: 2
run_time: 10s
dialect: rest
rest:
  health: { path: /health }
  initial: { path: ${path}, body: { user_id: "{{user_id}}", context: "{{context}}" } }
  reply: { conversation: /conversation_id, session: /session_id }
`;
const files = {
  'guide.yaml': describedAt('/mcp/v1/sequential-questioning'),
  'upstream.yaml': describedAt('/mcp-internal/question'),
  'pinned.yaml': 'users: 2\nspawn_rate: 2\nrun_time: 10s\ndialect: mcp\nmcp: { version: 2025-11-25, path: /mcp }\n',
};

let runs = 0;
async function sqload(dialect: MockDialect, argv: readonly string[]) {
  const clock = new VirtualClock();
  const words = [...argv, '--host', 'http://127.0.0.1:9', '--no-default-thresholds', '--seed', '1'];
  const host = fakeHost({ argv: [...words, '--out', join(out, String(runs++))], files });
  return { code: await runVirtually(host, clock, virtualMachinery(clock, { dialect })), stderr: host.written.stderr };
}

const short = ['sustained', '-u', '2', '-t', '10s'];
const asking = (...options: string[]): readonly string[] => [...short, ...options];
const calling = (...options: string[]): readonly string[] =>
  asking(
    ...['--dialect', 'mcp-tool', '--tool', 'sequential_questioning', '--tool-reply', 'question=/current_question'],
    ...['--tool-arguments', '{"context":"{{context}}"}', ...options],
  );
const inHandshake = ['mcp', 'mcp@2025-11-25'] as const;
const inEither = ['mcp', 'mcp@2025-11-25', 'mcp@2026-07-28'] as const;

const owns = ['guide', 'docs', 'upstream', 'mcp', 'mcp@2026-07-28', 'mcp@2025-11-25', 'mcp-sse'] as const;

/** What is asked, and the servers that speak just that. */
const asks: readonly (readonly [string, readonly string[], readonly MockDialect[]])[] = [
  ['guide', asking('--dialect', 'guide'), ['guide']],
  ['docs', asking('--dialect', 'docs'), ['docs']],
  ['upstream', asking('--dialect', 'upstream'), ['upstream']],
  ['upstream at a path of its own', asking('--dialect', 'upstream', '--path', 'initial=/ask,automatic=/x'), []],
  ['guide with a health check elsewhere', asking('--dialect', 'guide', '--path', 'initial=/ask'), []],
  ['mcp', asking('--dialect', 'mcp'), inEither],
  ['mcp at another path', asking('--dialect', 'mcp', '--mcp-path', '/x'), []],
  ['mcp of 2026-07-28', asking('--dialect', 'mcp', '--mcp-version', '2026-07-28'), ['mcp', 'mcp@2026-07-28']],
  ['mcp of 2025-11-25', asking('--dialect', 'mcp', '--mcp-version', '2025-11-25'), inHandshake],
  ['mcp of 2025-03-26', asking('--dialect', 'mcp', '--mcp-version', '2025-03-26'), inHandshake],
  ['mcp of 2024-11-05', asking('--dialect', 'mcp', '--mcp-version', '2024-11-05'), inHandshake],
  ['mcp of 2025-11-25, as a file says', ['run', 'pinned.yaml'], inHandshake],
  ['mcp-sse', asking('--dialect', 'mcp-sse'), ['mcp-sse']],
  ['mcp-sse at /sse', asking('--dialect', 'mcp-sse', '--mcp-path', '/sse'), ['mcp-sse']],
  ['mcp-sse of 2024-11-05', asking('--dialect', 'mcp-sse', '--mcp-version', '2024-11-05'), ['mcp-sse']],
  ['mcp-tool', calling(), inEither],
  ['mcp-tool of 2026-07-28', calling('--mcp-version', '2026-07-28'), ['mcp', 'mcp@2026-07-28']],
  ['mcp-tool of 2025-11-25', calling('--mcp-version', '2025-11-25'), inHandshake],
  ['mcp-tool over HTTP+SSE', calling('--mcp-transport', 'sse'), ['mcp-sse']],
  ['mcp-tool over HTTP+SSE at /sse', calling('--mcp-transport', 'sse', '--mcp-path', '/sse'), ['mcp-sse']],
  ['rest, as guide', ['run', 'guide.yaml'], ['guide']],
  ['rest, as upstream', ['run', 'upstream.yaml'], ['upstream']],
  ['auto', asking('--dialect', 'auto'), owns],
];

const nameOf = (own: MockDialect): string => own.replace(/@.*/, '');

describe.each(asks)('asked in %s', (_, argv, fitting) => {
  test.each(owns)('it speaks %s', async (own) => {
    const { code, stderr } = await sqload(own, argv);
    if (fitting.includes(own)) {
      expect([code, stderr]).toEqual([0, expect.stringContaining('Testing http://127.0.0.1:9')]);
      return;
    }
    expect([code, stderr]).toEqual([5, expect.stringContaining(`\n  This server speaks "${nameOf(own)}": `)]);
    // Whoever does what the sentence says, and nothing else, has a run.
    const followed = followAdvice(argv, stderr);
    expect(followed).not.toEqual(argv);
    expect(await sqload(own, followed)).toEqual({ code: 0, stderr: expect.stringContaining('Testing') });
  });
});

describe('other tools than those that were asked for', () => {
  test.each([
    ['mcp', asking('--dialect', 'mcp', '--tool', 'initial=ask')],
    ['mcp at another path', asking('--dialect', 'mcp', '--tool', 'initial=ask', '--mcp-path', '/x')],
    ['mcp-sse', asking('--dialect', 'mcp-sse', '--tool', 'initial=ask', '--mcp-version', '2024-11-05')],
    ['mcp-sse at /sse', asking('--dialect', 'mcp-sse', '--tool', 'initial=ask', '--mcp-path', '/sse')],
    ['auto', asking('--dialect', 'auto', '--tool', 'initial=ask', '--path', 'initial=/ask')],
  ])('asked in %s: the sentence is enough to call one', async (_, argv) => {
    for (const own of ['mcp', 'mcp@2026-07-28', 'mcp@2025-11-25', 'mcp-sse'] as const) {
      const { code, stderr } = await sqload(own, argv);
      expect([code, stderr]).toEqual([5, expect.stringContaining('\n  This MCP server has the tools ')]);
      const followed = followAdvice(argv, stderr.replaceAll('<name>', 'sequential_questioning'));
      expect(await sqload(own, followed)).toEqual({ code: 0, stderr: expect.stringContaining('Testing') });
    }
  });
});

test.each<[MockDialect, readonly string[], string]>([
  ['mcp@2026-07-28', ['--mcp-version', '2025-11-25'], '--mcp-version'],
  ['mcp', ['--mcp-path', '/sse', '--path', 'initial=/ask'], '--path and --mcp-path'],
])('auto that may not look everywhere says what keeps it from it: %s, %j', async (own, options, names) => {
  const argv = asking('--dialect', 'auto', ...options);
  const { code, stderr } = await sqload(own, argv);
  const hint = `\n  Leave ${names} out, so that all of them are tried. Check the address`;
  expect([code, stderr]).toEqual([5, expect.stringContaining(hint)]);
  expect((await sqload(own, asking('--dialect', 'auto'))).code).toBe(0);
});
