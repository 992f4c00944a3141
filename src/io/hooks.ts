import type {
  FirstFailureEvent,
  LiveSecondEvent,
  PhaseEvent,
  RequestFailedEvent,
  TestStartEvent,
  TestStopEvent,
  VerdictEvent,
} from '../report/live-event.ts';

/**
 * Functions that are called while a run is under way, as Locust's event hooks are. Those of a file run in a thread of their own, those that a
 * program gives in its main thread, and the load in neither: one that throws, blocks or dawdles is reported (`exceptions.csv` and a note) and
 * changes nothing about the run. Each may be async. The thread of a file has no signals and no `chdir`, and `process.exit()` ends that thread
 * alone; when a hook keeps it busy for 5 s after the end of the run, or of the verdict, the thread is ended, and that is reported.
 *
 *     // hooks.mjs: sqload spike --hooks hooks.mjs
 *     export function requestFailed({ name, detail }, { counter }) {
 *       console.error(`${name} failed: ${detail}`);
 *       counter('failures').add();
 *     }
 */
export interface Hooks {
  /** The load begins. */
  testStart?(event: TestStartEvent, context: HookContext): unknown;
  /** A phase of the scenario begins. */
  phase?(event: PhaseEvent, context: HookContext): unknown;
  /** A second is over. */
  second?(event: LiveSecondEvent, context: HookContext): unknown;
  /**
   * A request failed: every one, at most 1 000 in a second of a load thread. When 10 000 wait for a hook of a file that is slower than they
   * come, and 2 s after the end of the run, further ones are counted and reported only.
   */
  requestFailed?(event: RequestFailedEvent, context: HookContext): unknown;
  /** The first request of a row failed in one way. */
  firstFailure?(event: FirstFailureEvent, context: HookContext): unknown;
  /** The load is over. What hooks measure up to here, and for at most 5 s until what they promised has settled, is in the record. */
  testStop?(event: TestStopEvent, context: HookContext): unknown;
  /**
   * The run was judged, and its reports are written. What is measured here comes too late for them, and so does what goes wrong: that is told
   * on standard error, and in `hookTroubles` of the library. It has 5 s, and changes no exit code.
   */
  verdict?(event: VerdictEvent, context: HookContext): unknown;
}

/** What hooks measure with. Names have letters, digits, dashes and underscores, at most 64 of them, and begin with a letter. */
export interface HookContext {
  /** The counter of this name: `counter('refunds').add(2)`. It is in every report, and in thresholds: `custom.refunds.count<10`. */
  counter(this: void, name: string): Counter;
  /** The timing of this name: `timing('lookup').record(12.5)`; in thresholds `custom.lookup.p95<50ms`. */
  timing(this: void, name: string): Timing;
}

/** A sum of one's own. */
export interface Counter {
  /** Adds a number of 0 or more; 1 when left out. @throws RangeError for any other. */
  add(amount?: number): void;
}

/** Spans of one's own, of which there are percentiles. */
export interface Timing {
  /** Records one span in ms, from 0 to an hour. @throws RangeError for what is no such number. */
  record(ms: number): void;
}

export const hookNames = [
  'testStart',
  'phase',
  'second',
  'requestFailed',
  'firstFailure',
  'testStop',
  'verdict',
] as const satisfies readonly (keyof Hooks)[];
/** What a file with hooks may export. */
export type HookName = (typeof hookNames)[number];
