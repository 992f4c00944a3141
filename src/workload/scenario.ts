import type { Millis, PerSecond } from '../core/units.ts';
import type { ArrivalProcess } from './load-profile.ts';
import type { ScenarioMcp, ScenarioRest } from './scenario-dialect.ts';
import type { StageName } from './stage.ts';
import type { ThinkTime } from './think-time.ts';

/**
 * What load, as plain data: the content of a scenario file, with every number read. Where the file may say nothing,
 * null means that it does not, and the default of the option of the same name holds.
 */
export interface Scenario extends LoadShape {
  readonly name: string;
  readonly description: string | null;
  readonly stage: StageName | null;
  /** What is expected in production: `stage` takes its share of it. */
  readonly expectedUsers: number | null;
  readonly expectedRate: PerSecond | null;
  readonly think: ThinkTime | null;
  /** Weights; a row that the file leaves out is 0. */
  readonly mix: Readonly<Record<ScenarioRow, number>> | null;
  /** Which requests mean a question: its name, or `auto`. */
  readonly dialect: string | null;
  readonly mcp: ScenarioMcp | null;
  readonly rest: ScenarioRest | null;
  /** A row that the file leaves out keeps the path of the dialect. */
  readonly paths: Readonly<Partial<Record<ScenarioRow, string>>> | null;
  readonly history: 'growing' | 'static' | null;
  readonly corpus: string | null;
  /** Path of a file. */
  readonly hooks: string | null;
  readonly host: string | null;
  readonly headers: readonly { readonly name: string; readonly value: string }[] | null;
  readonly insecure: boolean | null;
  readonly ca: string | null;
  readonly timeout: Millis | null;
  readonly stopTimeout: Millis | null;
  readonly preflight: boolean | null;
  /** Connection policy, as text where the options have a grammar for it. */
  readonly connections: string | null;
  readonly keepAlive: string | null;
  readonly staleRetry: boolean | null;
  readonly tlsResumption: boolean | null;
  readonly seed: string | null;
  /** What watches the server, as text: the options have a grammar for it. */
  readonly monitors: readonly string[] | null;
  readonly cpuLimit: string | null;
  readonly memoryLimit: string | null;
  readonly thresholds: readonly ScenarioThreshold[] | null;
  readonly defaultThresholds: boolean | null;
  readonly abortOnFail: boolean | null;
  readonly untilBroken: boolean | null;
  readonly allowDropped: boolean | null;
  readonly mock: ScenarioMock | null;
}

/** The part of a scenario that says how many users there are, and when. */
export interface LoadShape {
  /** The target of the closed load: most users at any time; 0 when all load is open. */
  readonly users: number;
  /** The target of the open load: most conversations that begin per second; null when all load is closed. */
  readonly rate: PerSecond | null;
  /** How arrivals follow each other; null: evenly. */
  readonly arrivals: ArrivalProcess | null;
  /** Most users that arrivals may bring at a time; null: `defaultMaxUsers`. */
  readonly maxUsers: number | null;
  /** Users started per second; null when `climb` says it, and when all load is open. */
  readonly spawnRate: PerSecond | null;
  /**
   * How long a climb from 0 to the target takes. null: `spawnRate` says it for users, and a rate of arrivals is there at
   * once.
   */
  readonly climb: Millis | null;
  /** A whole number of seconds. */
  readonly runTime: Millis;
  /** null: no phase stands at a baseline. */
  readonly baseline: Baseline | null;
  /** At least one. */
  readonly phases: readonly PhaseShape[];
}

/** Most users that arrivals may bring at a time, where nobody says it. */
export const defaultMaxUsers = 1000;

/** Closed load has a number of users, open load a rate at which users arrive. */
export type LoadKind = 'closed' | 'open';

/** A stretch of the run: goes to its level, then stands at it until the phase is over. */
export interface PhaseShape {
  readonly name: string;
  /** The load of the other kind is 0 in this phase. */
  readonly load: LoadKind;
  /** A share is one of the target of this kind of load. */
  readonly level: { readonly kind: 'baseline' } | { readonly kind: 'share'; readonly share: number };
  /** A share of the run time, or a span; of one kind in all phases of a scenario. */
  readonly length:
    | { readonly kind: 'share'; readonly share: number }
    | { readonly kind: 'span'; readonly span: Millis };
  /** Name under which the climb to the level is a phase of its own. */
  readonly climb: string | null;
  /**
   * How long the way to the level takes, linear; `phase`: as long as the phase. null: a climb goes at the pace of the
   * scenario, a fall is a drop.
   */
  readonly over: Millis | 'phase' | null;
}

/** Users before and after a spike: so many, or a share of the target (0.1 is a tenth, at least one user). */
export type Baseline =
  | { readonly kind: 'users'; readonly users: number }
  | { readonly kind: 'share'; readonly share: number };

export const scenarioRows = ['health', 'initial', 'follow-up', 'automatic'] as const;
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
