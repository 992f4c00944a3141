import { afterAll, describe, expect, test } from 'vitest';
import { startMockServer } from '../../src/io/mock-server.ts';
import { realRun, received, removeRuns } from './real-run.ts';

afterAll(removeRuns);

const users = 10;

/** A run of 2 s against a server that takes 5 ms for an answer, and closes connections that are idle for `idleClose`. */
async function play(
  options: readonly string[],
  { idleClose, think = '50ms' }: { idleClose?: string; think?: string } = {},
) {
  const server = await startMockServer({ latency: '5ms', ...(idleClose === undefined ? {} : { idleClose }) });
  try {
    const run = await realRun([
      ...['sustained', '--host', server.address, '-u', String(users), '-r', '100/s', '-t', '2s', '--think', think],
      ...['--no-default-thresholds', ...options],
    ]);
    const { total, connections, run: facts } = run.summary();
    // Nothing is lost and nothing is done twice, whatever the policy.
    expect(connections.opened + connections.reused).toBe(facts.requests_started);
    expect(received(await server.stats())).toBe(facts.requests_started + facts.preflight_requests);
    return { total, connections, started: facts.requests_started, code: run.code };
  } finally {
    await server.close();
  }
}

describe('--connections and --keep-alive', () => {
  test('shared:2 opens two connections for all users, and who finds them busy waits', async () => {
    const { total, connections, started } = await play(['--connections', 'shared:2']);
    expect(total.failures).toBe(0);
    expect(connections).toMatchObject({ opened: 2, retried: 0 });
    expect(started).toBeGreaterThan(5 * users);
  });

  test('off opens one connection for each request', async () => {
    const { total, connections, started } = await play(['--keep-alive', 'off']);
    expect(total.failures).toBe(0);
    expect(connections).toMatchObject({ opened: started, reused: 0, retried: 0 });
  });

  test('a limit below the think time replaces every connection before its next use', async () => {
    const { total, connections, started } = await play(['--keep-alive', '20ms']);
    expect(total.failures).toBe(0);
    expect(connections).toMatchObject({ opened: started, reused: 0, retried: 0 });
  });

  test('a limit below that of the server spares all stale races', async () => {
    const policy = ['--keep-alive', '100ms', '--no-stale-retry'];
    const { total, connections } = await play(policy, { idleClose: '300ms', think: '20ms-200ms' });
    expect(total.failures).toBe(0);
    expect(connections.retried).toBe(0);
    expect(connections.opened).toBeGreaterThan(users);
    expect(connections.reused).toBeGreaterThan(users);
  });
});
