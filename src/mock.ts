// The library entry `sqload/mock`: the reference server for other people's tests.
export { type RunningMockServer, startMockServer } from './io/mock-server.ts';
export type { Fault, FaultKind } from './mock/fault.ts';
export type { LatencyLaw } from './mock/latency-law.ts';
export type { McpReplies, MockDialect } from './mock/mock-dialect.ts';
export type { MockOptions } from './mock/mock-options.ts';
export type { MockRow, MockStats } from './mock/mock-service.ts';
