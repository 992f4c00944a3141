// The library entry `sqload`: runs and their reports in other people's programs.

export type { Finding, FindingNumber } from './analysis/finding.ts';
export { compare, report, run } from './cli/library/library.ts';
export type { ComparedSources, CompareRequest, ComparisonReport } from './cli/library/library-compare.ts';
export type { Run, RunRequest, RunResult } from './cli/library/library-run.ts';
export type { Duration, LoadSettings, Named } from './cli/library/load-settings.ts';
export type { RunReport } from './cli/run/run-report.ts';
export type {
  ComparedGroup,
  ComparedMetric,
  ComparedSide,
  CompareMethod,
  CompareMetric,
  CompareUnit,
  CompareVerdict,
  Comparison,
  Incomparable,
} from './compare/comparison.ts';
export { type ExitCode, exitCodes, SqloadError } from './core/errors.ts';
export type { FailureKind } from './core/failure.ts';
export type { Counter, HookContext, HookName, Hooks, Timing } from './io/hooks.ts';
export type { HookTrouble } from './record/hooks-event.ts';
export type { RecordHeader, RunRecord } from './record/record.ts';
export type { EndReason, RunEvent } from './record/run-event.ts';
export type {
  FailedRequest,
  FirstFailureEvent,
  LiveEvent,
  LiveSecondEvent,
  PhaseEvent,
  RequestFailedEvent,
  TestStartEvent,
  TestStopEvent,
  VerdictEvent,
} from './report/live-event.ts';
export type { ReportFile } from './report/run-files.ts';
export type { ReportView } from './report/view.ts';
export { compareThresholds } from './verdict/compare-thresholds.ts';
export type { Grade, GradedThreshold, RunOutcome, Verdict } from './verdict/verdict.ts';
