import { type ExitCode, exitCodes } from '../core/errors.ts';
import type { ComparedMetric, Comparison } from './comparison.ts';

type Outcome = Comparison['outcome'];

/**
 * What a gate goes by. A regression: any metric of any row or monitor is worse. No regression: none is, and *every* primary one that
 * there is (p95, error rate and throughput of all rows, and what a limit of one's own names) could be decided. Undecided: none is worse,
 * but of a primary one there is too little data, so that "nothing is worse" would say more than is known. Secondary ones may stay open.
 */
export function outcomeOf(metrics: readonly ComparedMetric[]): Outcome {
  if (metrics.some(({ verdict }) => verdict === 'worse')) return 'regression';
  const primary = metrics.filter(({ family }) => family === 'primary');
  return primary.length === 0 || primary.some(isOpen) ? 'undecided' : 'no-regression';
}

/** Whether there was too little data to tell. */
export const isOpen = ({ verdict }: ComparedMetric): boolean => verdict === 'too little data';

/** 1, 0 and 3. */
export const outcomeCodes: Readonly<Record<Outcome, ExitCode>> = {
  regression: exitCodes.failed,
  'no-regression': exitCodes.passed,
  undecided: exitCodes.inconclusive,
};
