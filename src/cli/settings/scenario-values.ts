import { parseByteSize } from '../../core/byte-size.ts';
import { parseFault } from '../../mock/fault.ts';
import { parseLatency } from '../../mock/latency-law.ts';
import { parseMonitor } from '../../monitor/monitor-source.ts';
import type { Scenario } from '../../workload/scenario.ts';
import type { ScenarioMcp } from '../../workload/scenario-dialect.ts';
import { parseAddress } from '../options/address.ts';
import { parseConnections, parseKeepAlive } from '../options/connection-values.ts';
import { parseDialect, parseMcpHealth, parseMcpTransport, parseMcpVersion } from '../options/dialect-values.ts';
import { parseCores } from '../options/monitor-options.ts';
import { replyPointers } from '../options/tool-values.ts';
import type { RunValues } from './run-settings.ts';

/**
 * What a scenario says, in the terms of the options; what it is silent about is left out. `loadScenario` has found its texts
 * to be readable.
 */
export function scenarioValues(scenario: Scenario): Partial<RunValues> {
  const { mock } = scenario;
  return withoutNull({
    users: scenario.users === 0 ? null : scenario.users,
    rate: scenario.rate,
    arrivals: scenario.arrivals,
    maxUsers: scenario.maxUsers,
    spawnRate: scenario.spawnRate,
    climb: scenario.climb,
    runTime: scenario.runTime,
    stage: scenario.stage,
    expectedUsers: scenario.expectedUsers,
    expectedRate: scenario.expectedRate,
    baseline: scenario.baseline,
    seed: scenario.seed,
    host: scenario.host === null ? null : parseAddress(scenario.host),
    headers: scenario.headers,
    dialect: scenario.dialect === null ? null : parseDialect(scenario.dialect),
    paths: scenario.paths,
    ...mcpValues(scenario.mcp),
    insecure: scenario.insecure,
    ca: scenario.ca,
    timeout: scenario.timeout,
    stopTimeout: scenario.stopTimeout,
    preflight: scenario.preflight,
    connections: scenario.connections === null ? null : parseConnections(scenario.connections),
    keepAlive: scenario.keepAlive === null ? null : parseKeepAlive(scenario.keepAlive),
    staleRetry: scenario.staleRetry,
    tlsResumption: scenario.tlsResumption,
    think: scenario.think,
    mix: scenario.mix,
    history: scenario.history,
    corpus: scenario.corpus,
    hooks: scenario.hooks,
    monitors: scenario.monitors?.map(parseMonitor) ?? null,
    cpuLimit: scenario.cpuLimit === null ? null : parseCores(scenario.cpuLimit),
    memoryLimit: scenario.memoryLimit === null ? null : parseByteSize(scenario.memoryLimit),
    thresholds: scenario.thresholds?.map(({ text }) => text) ?? null,
    defaultThresholds: scenario.defaultThresholds,
    abortOnFail: scenario.abortOnFail,
    untilBroken: scenario.untilBroken,
    allowDropped: scenario.allowDropped,
    mockLatency: mock?.latency ? parseLatency(mock.latency) : null,
    mockCapacity: mock?.capacity ?? null,
    mockFaults: mock?.faults?.map(parseFault) ?? null,
  });
}

type Said = { readonly [Key in keyof RunValues]?: RunValues[Key] | null };

function mcpValues(mcp: ScenarioMcp | null): Said {
  if (mcp === null) return {};
  const { version, path, transport, health, tool, tools, reply } = mcp;
  return {
    mcpVersion: version === null ? null : parseMcpVersion(version),
    mcpPath: path,
    mcpTransport: transport === null ? null : parseMcpTransport(transport),
    mcpHealth: health === null ? null : parseMcpHealth(health),
    tools: tool !== null ? { kind: 'one', name: tool } : tools === null ? null : { kind: 'each', names: tools },
    toolArguments: mcp.arguments === null ? null : { kind: 'template', template: mcp.arguments },
    toolReply: reply === null ? null : replyPointers(reply),
  };
}

function withoutNull(values: Said): Partial<RunValues> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Partial<RunValues>;
}
