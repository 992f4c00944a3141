import type { JudgedLoad } from '../analysis/capacity/judge-load.ts';
import type { Capacity, TrialPurpose } from '../analysis/capacity/search-capacity.ts';

/** One trial of a search, as its reports show it. */
export interface TrialView extends Omit<JudgedLoad, 'outcome' | 'chance'> {
  /** From 1 on, in the order in which they were played. */
  readonly number: number;
  readonly users: number;
  readonly purpose: TrialPurpose;
  readonly outcome: JudgedLoad['outcome'] | 'invalid';
  /** Why an invalid trial is one, in a sentence; null for the others. */
  readonly flaw: string | null;
  /** Length of the steady window, and of all of the trial. */
  readonly windowSeconds: number;
  readonly seconds: number;
  /** Of its record, below the folder of the search. */
  readonly folder: string;
}

/** A search for the capacity of a server, as its reports show it. */
export interface CapacityView {
  readonly capacity: Capacity;
  readonly trials: readonly TrialView[];
  readonly target: string;
  /** The thresholds that count. */
  readonly limits: readonly string[];
  /** The highest number of users that was to be tried. */
  readonly most: number;
  readonly precision: number;
  readonly seed: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly sqload: string;
}
