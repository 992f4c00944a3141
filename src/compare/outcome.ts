import { type ExitCode, exitCodes } from '../core/errors.ts';
import type { ComparedMetric, Comparison } from './comparison.ts';

type Outcome = Comparison['outcome'];

/**
 * What a gate goes by. With limits of one's own (`--fail-on`) nothing but what these name: a regression is one of it that is worse, and
 * it is undecided when none is and one could not be told. Without: a regression is any metric of any row or monitor that is worse; no
 * regression is that none is, and *every* primary one that there is (p95, error rate and throughput of all rows) could be told; undecided
 * that none is worse, but of a primary one there is too little data, so that "nothing is worse" would say more than is known.
 */
export function outcomeOf(metrics: readonly ComparedMetric[]): Outcome {
  const deciding = decidingOf(metrics);
  const gate = deciding.some(isLimited) ? deciding : metrics;
  if (gate.some(({ verdict }) => verdict === 'worse')) return 'regression';
  return deciding.length === 0 || deciding.some(isOpen) ? 'undecided' : 'no-regression';
}

/** The metrics that must be told for a verdict: those that `--fail-on` names, or without it the primary ones. */
export function decidingOf(metrics: readonly ComparedMetric[]): readonly ComparedMetric[] {
  const limited = metrics.filter(isLimited);
  return limited.length > 0 ? limited : metrics.filter(({ family }) => family === 'primary');
}

/** Whether a limit of one's own names it. */
export const isLimited = ({ limit }: ComparedMetric): boolean => limit.from === 'fail-on';

/** Whether there was too little data to tell. */
export const isOpen = ({ verdict }: ComparedMetric): boolean => verdict === 'too little data';

/** 1, 0 and 3. */
export const outcomeCodes: Readonly<Record<Outcome, ExitCode>> = {
  regression: exitCodes.failed,
  'no-regression': exitCodes.passed,
  undecided: exitCodes.inconclusive,
};
