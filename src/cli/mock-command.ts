import { type ExitCode, exitCodes } from '../core/errors.ts';
import { startMockServer } from '../io/mock-server.ts';
import type { Host } from './host.ts';
import { type MockFlags, mockOptions } from './options.ts';
import { resolveSettings } from './settings.ts';

/** Starts the reference server and leaves it running until SIGINT or SIGTERM. */
export async function mockCommand(host: Host, { flags }: { readonly flags: MockFlags }): Promise<ExitCode> {
  const { port, latency, capacity, idleClose, faults, apiKey } = resolveSettings(mockOptions, host, { flags });
  const server = await startMockServer({
    port: port.value,
    latency: latency.value,
    capacity: capacity.value,
    idleClose: idleClose.value,
    faults: faults.value,
    apiKey: apiKey.value,
  });
  host.stdout.write(`${server.address}\n`);
  host.stderr.write(
    `The reference server listens at ${server.address}: latency ${mockOptions.latency.show(latency.value)}` +
      `${capacity.value === null ? '' : `, ${capacity.value} ${capacity.value === 1 ? 'request' : 'requests'} at once`}` +
      `${faults.value.length === 0 ? '' : `, faults ${mockOptions.faults.show(faults.value)}`}. Ctrl-C ends it.\n` +
      `Test it from another terminal: sqload spike --host ${server.address} --users 50 --run-time 30s\n`,
  );
  await new Promise<void>((resolve) => {
    const release = host.onSignal(() => {
      release();
      resolve();
    });
  });
  const { requests, preflight } = await server.stats();
  await server.close();
  const total = Object.values(requests).reduce((sum, count) => sum + count, 0);
  host.stderr.write(
    `Ended after ${total} requests (health ${requests.health}, initial ${requests.initial}, follow-up ${requests['follow-up']}` +
      `, refused ${requests.refused})${preflight === 0 ? '' : `, and ${preflight} that tried it before a run`}.\n`,
  );
  return exitCodes.passed;
}
