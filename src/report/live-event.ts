import type { FailureKind } from '../core/failure.ts';
import type { EndReason } from '../record/run-event.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** What a run tells while it is under way, each with a `kind` of its own. Times are in ms; seconds count from the start of the run. */
export type LiveEvent =
  | TestStartEvent
  | PhaseEvent
  | LiveSecondEvent
  | RequestFailedEvent
  | FirstFailureEvent
  | TestStopEvent
  | VerdictEvent;

/** The load begins. */
export interface TestStartEvent {
  readonly kind: 'testStart';
  /** Name of the scenario. */
  readonly scenario: string;
  /** Address of the server, without user name and password. */
  readonly target: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** What pauses and conversations are drawn from. */
  readonly seed: string;
  /** The length of the run, without what drains after it. */
  readonly plannedSeconds: number;
  /** Most users at a time of the closed load; 0 when all users arrive at a rate. */
  readonly users: number;
  /** Most conversations that begin per second; null without open load. */
  readonly rate: number | null;
}

/** A phase of the scenario begins. */
export interface PhaseEvent {
  readonly kind: 'phase';
  /** Its name in the plan: `climb`, `hold`. */
  readonly name: string;
  /** Its first second. */
  readonly start: number;
  /** The second after its last. */
  readonly end: number;
  /** Thresholds are graded over the requests that are due in it. */
  readonly steady: boolean;
}

/** One second is over: what ended in it. */
export interface LiveSecondEvent {
  readonly kind: 'second';
  /** 0 is the first. They go on after the last phase while requests drain. */
  readonly second: number;
  /** Name of the phase; null after the last. */
  readonly phase: string | null;
  /** Virtual users active at its end. */
  readonly users: number;
  /** Requests that began in it. */
  readonly started: number;
  /** Requests that ended in it, successes and failures. */
  readonly requests: number;
  /** How many of them failed. */
  readonly failures: number;
  /** Arrivals that found no place for a user. */
  readonly dropped: number;
  /** Median response time of the successes that ended in it, ms; null when there was none. */
  readonly p50: number | null;
  /** The same of 95 %. */
  readonly p95: number | null;
  /** The same of 99 %. */
  readonly p99: number | null;
  /** The longest of them, ms. */
  readonly max: number | null;
}

/** A request, of which a failure tells. */
export interface FailedRequest {
  /** Id of the row: `health`, `initial`, `follow-up`, `automatic`, or the id of a step that sets up or ends a session. */
  readonly row: string;
  /** Name of the row in tables: `Follow-up Question Generation`. */
  readonly name: string;
  /** Whether it was one of those that set up or end a session. */
  readonly session: boolean;
  /** In what way it failed. */
  readonly failure: FailureKind;
  /** HTTP status; null where no status line arrived. */
  readonly status: number | null;
  /** What the server or the network said: secrets are taken out, cut to a line; otherwise a stranger's text. */
  readonly detail: string;
}

/** The first request of a row that fails in one way; the sixty first ways of a run are told. */
export interface FirstFailureEvent extends FailedRequest {
  readonly kind: 'firstFailure';
  /** In which it ended. */
  readonly second: number;
}

/** A request failed. */
export interface RequestFailedEvent extends FailedRequest {
  readonly kind: 'requestFailed';
  /** When it ended, ms from the start of the run. */
  readonly at: number;
  /** From when it was due to its end, ms. */
  readonly responseTime: number;
}

/** The load is over, and nothing is in flight any more. */
export interface TestStopEvent {
  readonly kind: 'testStop';
  /** Why it is over. */
  readonly reason: EndReason;
  /** From the start of the run to the end of the last request. */
  readonly seconds: number;
  /** Requests that ended in the whole run. */
  readonly requests: number;
  /** How many of them failed. */
  readonly failures: number;
}

/** The run was judged. */
export interface VerdictEvent extends Verdict {
  readonly kind: 'verdict';
  /** Where the record and the reports are; null: nowhere. */
  readonly folder: string | null;
}
