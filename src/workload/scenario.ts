import type { Millis, PerSecond } from '../core/units.ts';
import type { ThinkTime } from './think-time.ts';

/**
 * What load, as plain data: the content of a scenario file, with every number read. Where the file may say nothing,
 * null means that it does not, and the default of the option of the same name holds.
 */
export interface Scenario extends LoadShape {
  readonly name: string;
  readonly description: string | null;
  readonly think: ThinkTime | null;
  /** Weights; a row that the file leaves out is 0. */
  readonly mix: Readonly<Record<ScenarioRow, number>> | null;
  /** A row that the file leaves out keeps the guide's path. */
  readonly paths: Readonly<Partial<Record<ScenarioRow, string>>> | null;
  readonly history: 'growing' | 'static' | null;
  readonly corpus: string | null;
  readonly host: string | null;
  readonly headers: readonly { readonly name: string; readonly value: string }[] | null;
  readonly insecure: boolean | null;
  readonly ca: string | null;
  readonly timeout: Millis | null;
  readonly stopTimeout: Millis | null;
  readonly preflight: boolean | null;
  readonly seed: string | null;
  readonly thresholds: readonly ScenarioThreshold[] | null;
  readonly defaultThresholds: boolean | null;
  readonly abortOnFail: boolean | null;
  readonly mock: ScenarioMock | null;
}

/** The part of a scenario that says how many users there are, and when. */
export interface LoadShape {
  /** The target: most users at any time. */
  readonly users: number;
  /** Users started per second; null when `climb` says it. */
  readonly spawnRate: PerSecond | null;
  /** Time in which the users of a climb from 0 to the target start; null when `spawnRate` says it. */
  readonly climb: Millis | null;
  /** A whole number of seconds. */
  readonly runTime: Millis;
  /** null: no phase stands at a baseline. */
  readonly baseline: Baseline | null;
  /** At least one. */
  readonly phases: readonly PhaseShape[];
}

/** A stretch of the run: goes to its level, then stands at it until the phase is over. */
export interface PhaseShape {
  readonly name: string;
  readonly level: { readonly kind: 'baseline' } | { readonly kind: 'share'; readonly share: number };
  /** A share of the run time, or a span; of one kind in all phases of a scenario. */
  readonly length:
    | { readonly kind: 'share'; readonly share: number }
    | { readonly kind: 'span'; readonly span: Millis };
  /** Name under which the climb to the level is a phase of its own. */
  readonly climb: string | null;
  /** How long the way to the level takes, linear. null: a climb goes at the spawn rate, a fall is a drop. */
  readonly over: Millis | null;
}

/** Users before and after a spike: so many, or a share of the target (0.1 is a tenth, at least one user). */
export type Baseline =
  | { readonly kind: 'users'; readonly users: number }
  | { readonly kind: 'share'; readonly share: number };

export const scenarioRows = ['health', 'initial', 'follow-up'] as const;
export type ScenarioRow = (typeof scenarioRows)[number];

/** A threshold as it is written, and the place for an error message: `spike.yaml:14:5`. */
export interface ScenarioThreshold {
  readonly text: string;
  readonly where: string;
}

/** Settings of the built-in server, as text where the server has a grammar for it. */
export interface ScenarioMock {
  readonly latency: string | null;
  readonly capacity: number | null;
  readonly faults: readonly string[] | null;
}
