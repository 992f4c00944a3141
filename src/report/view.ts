import type { Finding } from '../analysis/finding.ts';
import type { Tally } from '../metrics/tally.ts';
import type { RunFold } from '../record/fold.ts';
import type { RecordHeader } from '../record/record.ts';
import type { EndReason } from '../record/run-event.ts';
import { gradedOver } from '../verdict/graded-over.ts';
import type { GradedThreshold, Verdict } from '../verdict/verdict.ts';
import type { ArrivalProfile } from '../workload/load-profile.ts';
import { type CustomView, customOf } from './custom-view.ts';
import { elapsedSeconds } from './elapsed-seconds.ts';
import { type FailureGroup, failureGroups } from './failure-groups.ts';
import { type ConnectionsView, connectionsOf, type GeneratorView, generatorOf } from './generator-view.ts';
import type { JudgedRun } from './judged-run.ts';
import { type Latencies, latenciesOf } from './latencies.ts';
import { type ServerView, serverOf } from './monitors-view.ts';
import { type SessionsView, sessionsOf } from './sessions-view.ts';

/**
 * One run as every report shows it: numbers without formatting. Times are in ms, seconds count from the start of the run,
 * ratios lie between 0 and 1, and null means that there was nothing to measure.
 */
export interface ReportView {
  /** What was run, when, against what. */
  readonly run: RunFacts;
  /** Counts and response times by kind of request. */
  readonly rows: readonly RowView[];
  /** The same of all rows together. */
  readonly total: RowView;
  /** The same by phase, over the requests that were due in it. */
  readonly phases: readonly PhaseView[];
  /** null where the dialect has no sessions. */
  readonly sessions: SessionsView | null;
  /** null where the user's hooks measured nothing. */
  readonly custom: CustomView | null;
  /** Failures by kind, status and row, with an example of each. */
  readonly failures: readonly FailureGroup[];
  /** Connections opened and reused, and the time on the wire. */
  readonly connections: ConnectionsView;
  /** What sqload itself had to spare. */
  readonly generator: GeneratorView;
  /** What monitors read of the server; null where there were none. */
  readonly server: ServerView | null;
  /** Each threshold, held against the run. */
  readonly thresholds: readonly ThresholdView[];
  /** What was found in the run beside its thresholds. */
  readonly findings: readonly Finding[];
  /** Passed, failed or undecided, and why. */
  readonly verdict: Pick<Verdict, 'outcome' | 'exitCode' | 'sentence' | 'notes'>;
}

export interface RunFacts {
  readonly sqload: string;
  readonly node: string;
  readonly scenario: string;
  readonly target: RecordHeader['target'];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seed: string;
  readonly settings: RecordHeader['settings'];
  readonly plannedSeconds: number;
  /** Until the last request had ended. */
  readonly seconds: number;
  readonly usersTarget: number;
  readonly usersPeak: number;
  /** Open load: the highest rate and the most users that it may bring; null when there was none. */
  readonly arrivals: Pick<ArrivalProfile, 'process' | 'peak' | 'limit'> | null;
  /** Load threads in each process. */
  readonly workers: number;
  readonly slices: RecordHeader['slices'];
  readonly requestsStarted: number;
  readonly preflightRequests: number;
  /** `cut-short`: the record has no end, since sqload was killed. */
  readonly end: EndReason | 'cut-short';
  /** What the load thresholds are graded over; `recorded` seconds of it are in the record. */
  readonly steady: { readonly start: number; readonly end: number; readonly recorded: number } | null;
}

/** A percentile over all requests, where a failed one is slower than any success; ms. */
export type AdjustedTime = number | 'beyond-failures' | null;

export interface RowView {
  /** null: all rows. */
  readonly id: string | null;
  readonly name: string;
  readonly method: string | null;
  /** Share of the requests that the mix plans for the row. */
  readonly expectedRatio: number;
  readonly requests: number;
  readonly failures: number;
  readonly failedRatio: number | null;
  /** Requests per second, over the time until the last request had ended. */
  readonly rate: number | null;
  readonly ok: Latencies | null;
  readonly adjustedP95: AdjustedTime;
}

/** The requests that were due in a phase. */
export interface PhaseView {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly steady: boolean;
  readonly requests: number;
  readonly failures: number;
  readonly ok: Latencies | null;
  /** Successes per second that ended within the part of the phase that the record tells of. */
  readonly successRate: number | null;
}

export interface ThresholdView extends GradedThreshold {
  /** The failed share of the requests that it is graded over. */
  readonly failedRatio: number | null;
}

/** Reads everything that a report shows from a judged run, once. */
export function buildView({ fold, verdict, findings }: Pick<JudgedRun, 'fold' | 'verdict' | 'findings'>): ReportView {
  const elapsed = elapsedSeconds(fold);
  const row = (index: number): RowView => {
    const { id, name, method } = fold.header.rows[index] ?? { id: '', name: '', method: 'GET' };
    const expectedRatio = fold.header.load.expectedShare[index] ?? 0;
    return { id, name, method, expectedRatio, ...numbersOf(fold.tally(index), elapsed) };
  };
  return {
    run: factsOf(fold, elapsed),
    rows: fold.header.rows.map((_, index) => row(index)),
    total: { id: null, name: 'All rows', method: null, expectedRatio: 1, ...numbersOf(fold.tally(null), elapsed) },
    phases: fold.header.profile.phases.map((_, index) => phaseOf(fold, index)),
    sessions: sessionsOf(fold),
    custom: customOf(fold),
    failures: failureGroups(fold),
    connections: connectionsOf(fold),
    generator: generatorOf(fold),
    server: serverOf(fold),
    thresholds: verdict.thresholds.map((threshold) => ({
      ...threshold,
      failedRatio: gradedOver(threshold, fold).tally.errorRate ?? null,
    })),
    findings,
    verdict: {
      outcome: verdict.outcome,
      exitCode: verdict.exitCode,
      sentence: verdict.sentence,
      notes: verdict.notes,
    },
  };
}

function factsOf(fold: RunFold, seconds: number): RunFacts {
  const { header } = fold;
  const { steady } = header.profile;
  return {
    sqload: header.sqload,
    node: header.node,
    scenario: header.scenario,
    target: header.target,
    startedAt: header.startedAt,
    seed: header.seed,
    settings: header.settings,
    plannedSeconds: header.profile.seconds,
    seconds,
    usersTarget: header.profile.peak,
    usersPeak: fold.peakUsers,
    arrivals: header.profile.arrivals,
    workers: header.workers,
    slices: header.slices,
    requestsStarted: fold.started,
    preflightRequests: header.preflight.requests,
    end: fold.end?.reason ?? 'cut-short',
    steady: steady && { start: steady.start, end: steady.end, recorded: fold.steadySeconds },
  };
}

function numbersOf(tally: Tally, elapsed: number): Omit<RowView, 'id' | 'name' | 'method' | 'expectedRatio'> {
  const adjusted = tally.adjustedPercentile(0.95);
  return {
    requests: tally.requests,
    failures: tally.failed.count,
    failedRatio: tally.errorRate ?? null,
    rate: elapsed > 0 ? tally.requests / elapsed : null,
    ok: latenciesOf(tally.ok),
    adjustedP95:
      adjusted === undefined ? null : adjusted === Number.POSITIVE_INFINITY ? 'beyond-failures' : adjusted / 1000,
  };
}

function phaseOf(fold: RunFold, index: number): PhaseView {
  const { name, start, end, steady } = fold.header.profile.phases[index] ?? {
    name: '',
    start: 0,
    end: 0,
    steady: false,
  };
  const tally = fold.tally(null, (phase) => phase === index);
  const recorded = Math.min(end, fold.seconds) - start;
  return {
    name,
    start,
    end,
    steady,
    requests: tally.requests,
    failures: tally.failed.count,
    ok: latenciesOf(tally.ok),
    successRate: recorded > 0 ? fold.successesEndedIn(index) / recorded : null,
  };
}
