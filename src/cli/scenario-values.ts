import { usageError } from '../core/errors.ts';
import { parseFault } from '../mock/fault.ts';
import { parseLatency } from '../mock/latency-law.ts';
import { guidePaths } from '../protocol/guide-dialect.ts';
import type { Scenario } from '../workload/scenario.ts';
import { parseAddress } from './address.ts';
import { checkHeader } from './header-field.ts';
import type { RunValues } from './run-settings.ts';

/**
 * What a scenario says, in the terms of the options; what it is silent about is left out.
 * @throws SqloadError (exit 2) for a text that only its option can read.
 */
export function scenarioValues(scenario: Scenario, source: string): Partial<RunValues> {
  const { mock } = scenario;
  const read = <Text, Value>(
    path: string,
    text: Text | null | undefined,
    reader: (text: Text) => Value,
  ): Value | null => {
    if (text === null || text === undefined) return null;
    try {
      return reader(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw usageError(`Cannot read scenario "${source}": ${path} ${error.message}.`);
    }
  };
  return withoutNull({
    users: scenario.users,
    spawnRate: scenario.spawnRate,
    climb: scenario.climb,
    runTime: scenario.runTime,
    baseline: scenario.baseline,
    seed: scenario.seed,
    host: read('host', scenario.host, parseAddress),
    headers: read('headers', scenario.headers, (headers) => headers.map(checkHeader)),
    paths: scenario.paths === null ? null : { ...guidePaths, ...scenario.paths },
    insecure: scenario.insecure,
    ca: scenario.ca,
    timeout: scenario.timeout,
    stopTimeout: scenario.stopTimeout,
    preflight: scenario.preflight,
    think: scenario.think,
    mix: scenario.mix,
    history: scenario.history,
    corpus: scenario.corpus,
    thresholds: scenario.thresholds?.map(({ text }) => text) ?? null,
    defaultThresholds: scenario.defaultThresholds,
    abortOnFail: scenario.abortOnFail,
    mockLatency: read('mock.latency', mock?.latency, parseLatency),
    mockCapacity: mock?.capacity ?? null,
    mockFaults: read('mock.fault', mock?.faults, (faults) => faults.map(parseFault)),
  });
}

function withoutNull(values: { readonly [Key in keyof RunValues]?: RunValues[Key] | null }): Partial<RunValues> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Partial<RunValues>;
}
