import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realRun, removeRuns } from '../e2e/real-run.ts';
import { fileOf, startThirdParty, type ThirdPartyServer } from './third-party-server.ts';

// Servers that nobody here wrote are loaded for two seconds each: nothing may fail, and the rows must be the right ones.
afterAll(removeRuns);

const load = ['sustained', '-u', '5', '-r', '50/s', '-t', '2s', '--think', '50ms', '--no-default-thresholds'];

interface Row {
  readonly id: string;
  readonly requests: number;
}

async function play(server: ThirdPartyServer, options: readonly string[]) {
  const run = await realRun([...load, '--host', server.address, ...options]);
  if (run.folder === null) throw new Error(run.stderr);
  const summary = run.summary() as ReturnType<typeof run.summary> & {
    readonly rows: readonly Row[];
    readonly sessions: {
      readonly lost: number;
      readonly rows: readonly (Row & { readonly failures: number })[];
    } | null;
  };
  expect(summary.failures).toEqual([]);
  expect(run.code).toBe(0);
  const rows = Object.fromEntries(summary.rows.map(({ id, requests }) => [id, requests]));
  return { summary, rows, sessions: summary.sessions, stderr: run.stderr };
}

const asks = (rows: Readonly<Record<string, number>>): void => {
  expect(rows['initial']).toBeGreaterThan(5);
  expect(rows['follow-up']).toBeGreaterThan(5);
};

describe('the official SDK', () => {
  describe.each(['json', 'events'])('%s replies', (replies) => {
    test.each(['sessions', 'stateless'])('%s', async (state) => {
      const server = await startThirdParty((port) => [fileOf('./sdk-server.mjs'), String(port), replies, state]);
      try {
        const { rows, sessions } = await play(server, ['--dialect', 'mcp']);
        asks(rows);
        expect(rows['health']).toBeGreaterThan(0);
        expect(sessions?.lost).toBe(0);
        expect(sessions?.rows[0]).toMatchObject({ requests: 5, failures: 0 });
        const health = (await (await fetch(`${server.address}/health`)).json()) as { sessions: number };
        // Every session was ended in order.
        expect(health.sessions).toBe(0);
      } finally {
        await server.close();
      }
    });
  });
});

describe('server-everything', () => {
  let server: ThirdPartyServer;
  beforeAll(async () => {
    const script = fileOf('@modelcontextprotocol/server-everything/dist/index.js');
    server = await startThirdParty(
      () => [script, 'streamableHttp'],
      (port) => ({ PORT: String(port) }),
    );
  }, 30_000);
  afterAll(() => server.close());

  test('its tool echo, over Streamable HTTP', async () => {
    const { rows, sessions } = await play(server, [
      ...['--dialect', 'mcp-tool', '--tool', 'echo', '--tool-arguments', '{"message":"{{message}}"}'],
    ]);
    asks(rows);
    expect(rows['health']).toBeGreaterThan(0);
    expect(sessions?.rows[0]).toMatchObject({ requests: 5, failures: 0 });
  });

  test('a tool that it does not have is found before the load, with those that it has', async () => {
    const run = await realRun([...load, '--host', server.address, '--dialect', 'mcp', '--mix', 'initial=1']);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain('echo');
    expect(run.stderr).toContain('--dialect mcp-tool');
  });
});

describe('server-sequential-thinking behind mcp-proxy', () => {
  let server: ThirdPartyServer;
  beforeAll(async () => {
    const thinking = fileOf('@modelcontextprotocol/server-sequential-thinking/dist/index.js');
    server = await startThirdParty(
      (port) => [fileOf('mcp-proxy/dist/bin/mcp-proxy.mjs'), '--port', String(port), '--', process.execPath, thinking],
      () => ({ DISABLE_THOUGHT_LOGGING: 'true' }),
    );
  }, 30_000);
  afterAll(() => server.close());

  const tool = [
    ...['--dialect', 'mcp-tool', '--tool', 'sequentialthinking', '--tool-reply', 'done=!/nextThoughtNeeded'],
    '--tool-arguments',
    '{"thought":"{{message}}","thoughtNumber":"{{turn}}","totalThoughts":"{{turns}}","nextThoughtNeeded":"{{more}}"}',
  ];

  test('with handshake and session', async () => {
    const { rows, sessions } = await play(server, [...tool, '--mcp-version', '2025-11-25']);
    asks(rows);
    expect(sessions?.rows[0]).toMatchObject({ requests: 5, failures: 0 });
  });

  test('without, as of 2026-07-28', async () => {
    const { rows, sessions } = await play(server, [...tool, '--mcp-version', '2026-07-28']);
    asks(rows);
    expect(sessions).toBeNull();
  });

  test('over the transport of 2024-11-05', async () => {
    const { rows } = await play(server, [...tool, '--mcp-transport', 'sse', '--mcp-path', '/sse']);
    asks(rows);
  });

  test('--mcp-version auto finds the newest one that it speaks', async () => {
    const { sessions, stderr } = await play(server, [...tool, '--mcp-version', 'auto']);
    expect(sessions).toBeNull();
    expect(stderr).toContain('2026-07-28');
  });
});
