import { bug } from '../core/errors.ts';
import type { ComparedRun } from './compared-run.ts';
import type { CompareOptions, Comparison } from './comparison.ts';

/** What is compared: the runs of each side, at least one. */
export interface Sides {
  readonly baseline: readonly ComparedRun[];
  readonly candidate: readonly ComparedRun[];
}

/** Compares the candidate with the baseline. */
export function compareRuns({ baseline, candidate }: Sides, options: CompareOptions): Comparison {
  throw bug(`comparing is not there yet (${baseline.length}, ${candidate.length}, ${options.seed})`);
}
