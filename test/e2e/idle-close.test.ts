import { afterAll, expect, test } from 'vitest';
import { startMockServer } from '../../src/io/mock-server.ts';
import { realRun, received, removeRuns } from './real-run.ts';

afterAll(removeRuns);

// Think time straddles the idle limit, as the guide's 3 s to 7 s straddle the 5 s of uvicorn and Node.
test.each([
  ['widely', '30ms-200ms', 0],
  ['so closely that requests and closes cross', '90ms-102ms', 1],
])(
  'a server that closes idle connections after 100 ms causes reconnects and no failure when think time straddles it %s',
  async (_, think, leastRetried) => {
    const users = 20;
    const server = await startMockServer({ idleClose: '100ms', latency: '5ms' });
    try {
      const run = await realRun([
        ...['sustained', '--host', server.address, '-u', String(users), '-r', '100/s', '-t', '3s', '--think', think],
        ...['--no-default-thresholds', '--threshold', 'error_rate<=0'],
      ]);
      const { total, connections, run: facts } = run.summary();
      expect(total.failures).toBe(0);
      expect(connections.opened).toBeGreaterThan(3 * users);
      expect(connections.reused).toBeGreaterThan(0);
      expect(connections.retried).toBeGreaterThanOrEqual(leastRetried);
      expect(connections.opened + connections.reused).toBe(facts.requests_started);
      // A request that crossed the close was never read by the server: nothing is lost, and nothing is done twice.
      expect(received(await server.stats())).toBe(facts.requests_started + facts.preflight_requests);
      expect(run.code).toBe(0);
    } finally {
      await server.close();
    }
  },
);

test('a server that keeps idle connections is connected to once for each user', async () => {
  const users = 20;
  const server = await startMockServer({ latency: '5ms' });
  try {
    const run = await realRun([
      'sustained',
      '--host',
      server.address,
      '-u',
      String(users),
      '-t',
      '2s',
      '--think',
      '100ms',
    ]);
    const { total, connections } = run.summary();
    expect(total.failures).toBe(0);
    expect(connections).toMatchObject({ opened: users, retried: 0 });
  } finally {
    await server.close();
  }
});
