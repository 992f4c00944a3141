import { exitCodes, SqloadError } from '../../core/errors.ts';
import type { RunPlan } from '../../engine/run-plan.ts';
import type { TransportOptions } from '../../io/connection-policy.ts';
import { mockSampler } from '../../io/monitors/mock-sampler.ts';
import type { Sampler } from '../../io/monitors/sampler.ts';
import { preflightHeader } from '../../mock/fault.ts';
import type { Machinery } from '../machinery.ts';
import { showAddress } from '../options/address.ts';
import { runOptions } from '../options/run-options.ts';
import type { RunSettings } from '../settings/run-settings.ts';
import type { SettledRun } from '../settings/settle-run.ts';

/** The server that a run tests, ready to be connected to. */
export interface Target {
  /** Origin and base path, without user-info. */
  readonly address: string;
  /** What the built-in server is set to, in words; null for a server given by address. */
  readonly builtIn: string | null;
  /** A plan as the preflight plays it: the built-in server's faults spare what carries its mark. */
  readonly preflightPlan: (plan: RunPlan) => RunPlan;
  /** Why the built-in server is gone, if it died on its own. */
  readonly died: () => SqloadError | null;
  /** Tells how the built-in server fares; null where nobody can. */
  readonly sampler: Sampler | null;
  /** How to connect to it. */
  readonly transport: TransportOptions;
  close(): Promise<void>;
}

/**
 * The server given by address, or else the built-in one, started now.
 * @throws SqloadError when the built-in server cannot be started.
 */
export async function openTarget(run: SettledRun, machinery: Machinery): Promise<Target> {
  const { host, insecure, connections, keepAlive, staleRetry, tlsResumption } = run.settings;
  const transport: Omit<TransportOptions, 'origin'> = {
    tls: { insecure: insecure.value, ca: run.ca },
    connections: connections.value,
    keepAlive: keepAlive.value,
    staleRetry: staleRetry.value,
    tlsResumption: tlsResumption.value,
  };
  if (host.value !== null) {
    const { origin } = host.value;
    return {
      address: showAddress(host.value),
      builtIn: null,
      preflightPlan: (plan) => plan,
      died: () => null,
      sampler: null,
      transport: { ...transport, origin },
      close: async () => {},
    };
  }
  const { mockLatency, mockCapacity, mockFaults, apiKey } = run.settings;
  let death: SqloadError | null = null;
  const server = await machinery.startBuiltIn(
    {
      latency: mockLatency.value,
      capacity: mockCapacity.value,
      faults: mockFaults.value,
      apiKey: apiKey.value,
      seed: run.seed,
    },
    (error) => {
      death = new SqloadError(error.message, { exitCode: exitCodes.bug, cause: error });
    },
  );
  return {
    address: server.address,
    builtIn: describeBuiltIn(run.settings),
    preflightPlan: ({ dialect, ...plan }) => ({
      ...plan,
      dialect: { ...dialect, headers: [...dialect.headers, preflightHeader, '1'] },
    }),
    died: () => death,
    sampler: server.vitals ? await mockSampler(server.vitals) : null,
    transport: { ...transport, origin: server.address },
    close: () => server.close(),
  };
}

/** What the built-in server is set to, in words. */
export function describeBuiltIn({ mockLatency, mockCapacity, mockFaults }: RunSettings): string {
  const parts = ['built-in server', `latency ${runOptions.mockLatency.show(mockLatency.value)}`];
  if (mockCapacity.value !== null) parts.push(`capacity ${mockCapacity.value}`);
  if (mockFaults.value.length > 0) parts.push(`faults ${runOptions.mockFaults.show(mockFaults.value)}`);
  return parts.join(', ');
}
