import { createServer, type Server } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { realMachinery } from '../../src/cli/machinery.ts';
import { plus } from '../../src/core/units.ts';
import type { httpTransport } from '../../src/io/http-transport.ts';
import { startMockServer } from '../../src/io/mock-server.ts';
import { realRun, received, removeRuns } from './real-run.ts';

afterAll(removeRuns);

const load = [
  'sustained',
  '-u',
  '5',
  '-r',
  '20/s',
  '--think',
  '50ms',
  '--stop-timeout',
  '100ms',
  '--no-default-thresholds',
];

describe('a hung server', () => {
  test('is found before the load: exit 5 after the 5 s that the preflight waits, and a sentence that says what to do', async () => {
    await withListener({ accepts: true }, async (address) => {
      const waits: number[] = [];
      const run = await realRun([...load, '-t', '1s', '--host', address], {
        connect: (options) => impatient(options, waits),
      });
      expect(run.code).toBe(5);
      expect(waits.map(Math.round)).toEqual([5000]);
      expect(run.stderr).toMatch(/^sqload: No answer to GET \/health at http:\/\/127\.0\.0\.1:\d+ within 5s\.\n {2}\S/);
      expect(run.stderr).toContain('--no-preflight');
      expect(run.stdout).toBe('');
      expect(run.folder).toBeNull();
    });
  });

  test('without a preflight: each request is a timeout or unfinished, and the run ends at its time and fails', async () => {
    await withListener({ accepts: true }, async (address) => {
      const run = await realRun([...load, '-t', '2s', '--host', address, '--no-preflight', '--timeout', '700ms']);
      const { failures, total, run: facts } = run.summary();
      expect(new Set(failures.map(({ kind }) => kind))).toEqual(new Set(['timeout', 'unfinished']));
      expect(total.failures).toBe(facts.requests_started);
      expect(facts.end).toBe('completed');
      expect(run.code).toBe(1);
      expect(run.stdout).toContain('Failed');
    });
  });
});

describe('a dead server', () => {
  test('is found before the load: exit 5, a sentence that says what to do, and no folder', async () => {
    await withListener({ accepts: false }, async (address) => {
      const run = await realRun([...load, '-t', '1s', '--host', address]);
      expect(run.code).toBe(5);
      expect(run.stderr).toMatch(
        /^sqload: Nothing listens at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED.*\n {2}Start the server/,
      );
      expect(run.folder).toBeNull();
    });
  });

  test('without a preflight: each request is refused, and the run ends at its time and fails', async () => {
    await withListener({ accepts: false }, async (address) => {
      const run = await realRun([...load, '-t', '1s', '--host', address, '--no-preflight']);
      const { failures, total, run: facts, connections } = run.summary();
      expect(new Set(failures.map(({ kind }) => kind))).toEqual(new Set(['refused']));
      expect(total.failures).toBe(facts.requests_started);
      expect(connections).toMatchObject({ opened: 0, reused: 0, retried: 0 });
      expect(run.code).toBe(1);
    });
  });

  test('that died in mid-run: what it answered counts, the rest is refused or reset, and the run ends and fails', async () => {
    const server = await startMockServer({ latency: '20ms' });
    const argv = [...load, '--threshold', 'error_rate<1%', '-t', '2s', '--host', server.address];
    const running = realRun(argv);
    await expect
      .poll(async () => received(await server.stats()), { interval: 20, timeout: 10_000 })
      .toBeGreaterThan(40);
    await server.close();
    const seen = received(await server.stats());
    const run = await running;
    const { failures, total, run: facts } = run.summary();
    expect(failures.map(({ kind }) => kind)).toContain('refused');
    for (const { kind } of failures) expect(['refused', 'reset']).toContain(kind);
    expect(total.requests).toBe(facts.requests_started);
    const answered = total.requests - total.failures;
    expect(answered + facts.preflight_requests).toBeLessThanOrEqual(seen);
    expect(answered + facts.preflight_requests).toBeGreaterThanOrEqual(seen - 5);
    expect(facts.end).toBe('completed');
    expect(run.code).toBe(1);
  });
});

/** The real transport, which waits a twentieth of the time that it was told: `waits` keeps what that was, in ms. */
const impatient: (options: Parameters<typeof httpTransport>[0], waits: number[]) => ReturnType<typeof httpTransport> = (
  options,
  waits,
) => {
  const transport = realMachinery.connect(options);
  return {
    close: () => transport.close(),
    open(user) {
      const connection = transport.open(user);
      return {
        close: () => connection.close(),
        streamEnded: () => connection.streamEnded(),
        send(request, deadline) {
          const now = options.clock.now();
          waits.push(deadline - now);
          return connection.send(request, plus(now, ((deadline - now) / 20) as typeof now));
        },
      };
    },
  };
};

/** Gives the address of a server that accepts and says nothing, or of a port where nobody listens any more. */
async function withListener(
  { accepts }: { readonly accepts: boolean },
  play: (address: string) => Promise<void>,
): Promise<void> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).resume();
  });
  const port = await listen(server);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  if (!accepts) await close();
  try {
    await play(`http://127.0.0.1:${port}`);
  } finally {
    if (accepts) await close();
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the server has no port'));
      else resolve(address.port);
    });
  });
}
