import { type ExitCode, exitCodes } from '../../core/errors.ts';
import { counted } from '../../core/format.ts';
import { startMockServer } from '../../io/mock-server.ts';
import type { MockDialect } from '../../mock/mock-dialect.ts';
import type { MockStats } from '../../mock/mock-service.ts';
import type { Host } from '../host.ts';
import { mockOptions } from '../options/mock-options.ts';
import type { MockFlags } from '../options/options.ts';
import { resolveSettings, type Settings } from '../settings/settings.ts';

/** Starts the reference server and leaves it running until SIGINT or SIGTERM. */
export async function mockCommand(host: Host, { flags }: { readonly flags: MockFlags }): Promise<ExitCode> {
  const settings = resolveSettings(mockOptions, host, { flags });
  const { port, only, replies, sessions, latency, capacity, idleClose, faults, apiKey } = settings;
  const server = await startMockServer({
    port: port.value,
    dialect: only.value,
    replies: replies.value,
    sessions: sessions.value,
    latency: latency.value,
    capacity: capacity.value,
    idleClose: idleClose.value,
    faults: faults.value,
    apiKey: apiKey.value,
  });
  host.stdout.write(`${server.address}\n`);
  host.stderr.write(
    `The reference server listens at ${server.address}: ${describe(settings)}. Ctrl-C ends it.\n` +
      `Test it from another terminal: sqload spike --host ${server.address}${clientOptions[only.value]} --users 50 --run-time 30s\n`,
  );
  await new Promise<void>((resolve) => {
    const release = host.onSignal(() => {
      release();
      resolve();
    });
  });
  const stats = await server.stats();
  await server.close();
  host.stderr.write(`Ended after ${tell(stats)}.\n`);
  return exitCodes.passed;
}

/** What `sqload` has to be told to speak the same. */
const clientOptions: Readonly<Record<MockDialect, string>> = {
  all: '',
  guide: '',
  docs: ' --dialect docs',
  upstream: ' --dialect upstream',
  mcp: ' --dialect mcp',
  'mcp@2025-11-25': ' --dialect mcp',
  'mcp@2026-07-28': ' --dialect mcp',
  'mcp-sse': ' --dialect mcp-sse',
};

function describe({ only, replies, sessions, latency, capacity, faults }: Settings<typeof mockOptions>): string {
  return [
    only.value === 'all' ? 'every dialect' : `the dialect ${only.value} only`,
    ...(replies.value === 'events' ? ['replies of MCP as events'] : []),
    ...(sessions.value ? [] : ['no sessions']),
    `latency ${mockOptions.latency.show(latency.value)}`,
    ...(capacity.value === null ? [] : [`${capacity.value} ${capacity.value === 1 ? 'request' : 'requests'} at once`]),
    ...(faults.value.length === 0 ? [] : [`faults ${mockOptions.faults.show(faults.value)}`]),
  ].join(', ');
}

function tell({ requests, setUp, preflight }: MockStats): string {
  const total = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const rows = Object.entries(requests)
    .filter(([row, count]) => row !== 'automatic' || count > 0)
    .map(([row, count]) => `${row} ${count}`);
  return (
    `${counted(total, 'request')} (${rows.join(', ')})` +
    (setUp === 0 ? '' : `, ${setUp} to set up and end sessions`) +
    (preflight === 0 ? '' : `, and ${preflight} that tried it before a run`)
  );
}
