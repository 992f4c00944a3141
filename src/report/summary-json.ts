import type { Finding } from '../analysis/finding.ts';
import type { CustomView } from './custom-view.ts';
import type { FailureGroup } from './failure-groups.ts';
import type { GeneratorView, Spread } from './generator-view.ts';
import type { Latencies } from './latencies.ts';
import { serverSummary } from './server-summary.ts';
import type { SessionsView } from './sessions-view.ts';
import { spellInvisible } from './spell-invisible.ts';
import type { PhaseView, ReportView, RowView, RunFacts, ThresholdView } from './view.ts';

/**
 * `summary.json`, as `summary.schema.json` describes it: units are in the names of the keys, ratios lie between 0 and 1,
 * and a percentile that falls among the failed requests is null with `beyond_failures: true`.
 */
export function summaryJson(view: ReportView): string {
  const { run, connections, generator, verdict } = view;
  const summary = {
    schema: 'sqload-summary',
    version: 1,
    sqload: run.sqload,
    node: run.node,
    scenario: run.scenario,
    target: { address: run.target.address, built_in: run.target.builtIn },
    started_at: run.startedAt,
    seed: run.seed,
    run: runSummary(run),
    verdict: {
      outcome: verdict.outcome,
      exit_code: verdict.exitCode,
      sentence: verdict.sentence,
      notes: verdict.notes,
    },
    findings: view.findings.map(findingSummary),
    steady_window: run.steady && {
      start_s: run.steady.start,
      end_s: run.steady.end,
      recorded_s: run.steady.recorded,
    },
    thresholds: view.thresholds.map(thresholdSummary),
    total: numbers(view.total),
    rows: view.rows.map((row) => ({
      id: row.id,
      name: row.name,
      method: row.method,
      expected_ratio: round(row.expectedRatio, 6),
      ...numbers(row),
    })),
    phases: view.phases.map(phaseSummary),
    sessions: view.sessions && sessionsSummary(view.sessions),
    custom: view.custom && customSummary(view.custom),
    failures: view.failures.map(failureSummary),
    connections: {
      opened: connections.opened,
      reused: connections.reused,
      reused_ratio: round(connections.reusedRatio, 6),
      retried: connections.retried,
      resumed: connections.resumed,
    },
    timings: {
      connect: spread(connections.connect),
      tls: spread(connections.tls),
      first_byte: spread(connections.firstByte),
      first_event: spread(connections.firstEvent),
      service: spread(connections.service),
    },
    lateness: spread(generator.lateness),
    generator: generatorSummary(generator),
    server: view.server && serverSummary(view.server),
    configuration: run.settings,
  };
  return spellInvisible(`${JSON.stringify(summary, null, 2)}\n`);
}

const findingSummary = ({ id, kind, outcome, sentence, cause, remedy, numbers: found, seconds }: Finding) => ({
  id,
  kind,
  outcome,
  sentence,
  cause,
  remedy,
  numbers: found.map(({ name, unit, value, low, high }) => ({
    name,
    unit,
    value: round(value, 6),
    low: round(low, 6),
    high: round(high, 6),
  })),
  seconds: seconds.map(({ start, end }) => ({ start_s: start, end_s: end })),
});

const runSummary = (run: RunFacts) => ({
  end: run.end,
  planned_s: run.plannedSeconds,
  duration_s: round(run.seconds, 3),
  users_target: run.usersTarget,
  users_peak: run.usersPeak,
  arrivals: run.arrivals && {
    process: run.arrivals.process,
    peak_per_s: round(run.arrivals.peak, 6),
    users_limit: run.arrivals.limit,
  },
  workers: run.workers,
  slices: {
    count: run.slices.count,
    parts: run.slices.parts.map(({ index, startedAt }) => ({ index, started_at: startedAt })),
  },
  requests_started: run.requestsStarted,
  preflight_requests: run.preflightRequests,
});

const numbers = (row: RowView) => ({
  requests: row.requests,
  failures: row.failures,
  error_ratio: round(row.failedRatio, 6),
  requests_per_s: round(row.rate, 6),
  ok: latencies(row.ok),
  adjusted: {
    p95_ms: typeof row.adjustedP95 === 'number' ? round(row.adjustedP95, 3) : null,
    beyond_failures: row.adjustedP95 === 'beyond-failures',
  },
});

const latencies = (ok: Latencies | null) =>
  ok && {
    min_ms: round(ok.min, 3),
    mean_ms: round(ok.mean, 3),
    p50_ms: round(ok.p50, 3),
    p90_ms: round(ok.p90, 3),
    p95_ms: round(ok.p95, 3),
    p99_ms: round(ok.p99, 3),
    p99_9_ms: round(ok.p999, 3),
    max_ms: round(ok.max, 3),
  };

const spread = (times: Spread | null) =>
  times && {
    count: times.count,
    p50_ms: round(times.p50, 3),
    p95_ms: round(times.p95, 3),
    p99_ms: round(times.p99, 3),
    max_ms: round(times.max, 3),
  };

const generatorSummary = (generator: GeneratorView) => ({
  threads: generator.threads,
  loop_delay: spread(generator.delay),
  utilisation: meanAndMax(generator.utilisation),
  gc_ratio: round(generator.collectingRatio, 6),
  cpu_cores: meanAndMax(generator.cpu),
  memory_max_bytes: generator.memory,
  dropped: generator.dropped,
});

const meanAndMax = (share: { readonly mean: number; readonly max: number } | null) =>
  share && { mean: round(share.mean, 6), max: round(share.max, 6) };

const phaseSummary = (phase: PhaseView) => ({
  name: phase.name,
  start_s: phase.start,
  end_s: phase.end,
  steady: phase.steady,
  requests: phase.requests,
  failures: phase.failures,
  ok: latencies(phase.ok),
  successes_per_s: round(phase.successRate, 6),
});

const sessionsSummary = ({ lost, rows }: SessionsView) => ({
  lost,
  rows: rows.map((row) => ({
    id: row.id,
    name: row.name,
    requests: row.requests,
    failures: row.failures,
    error_ratio: round(row.failedRatio, 6),
    ok: latencies(row.ok),
  })),
});

const customSummary = ({ counters, timings }: CustomView) => ({
  counters: counters.map(({ name, sum }) => ({ name, sum: round(sum, 6) })),
  timings: timings.map(({ name, count, times }) => ({ name, count, times: latencies(times) })),
});

const failureSummary = (group: FailureGroup) => ({
  row: group.row.id,
  session: group.session,
  kind: group.kind,
  http_status: group.status === 0 ? null : group.status,
  count: group.count,
  first_s: group.first,
  last_s: group.last,
  example: group.example,
});

const thresholdSummary = (threshold: ThresholdView) => ({
  threshold: threshold.text,
  row: threshold.row,
  metric: threshold.metric,
  operator: threshold.op,
  limit: threshold.limit,
  measured: round(threshold.measured, 6),
  unit: threshold.unit,
  beyond_failures: threshold.beyondFailures,
  interval: threshold.interval && { low: round(threshold.interval.low, 6), high: round(threshold.interval.high, 6) },
  samples: threshold.samples,
  samples_needed: threshold.samplesNeeded,
  source: threshold.source,
  verdict: threshold.grade,
  reason: threshold.reason,
});

/** At most `places` decimals: what lies beyond is noise of binary fractions. */
const round = (value: number | null, places: number): number | null =>
  value === null ? null : Number(value.toFixed(places));
