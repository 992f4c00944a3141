import type { Comparison } from '../../compare/comparison.ts';
import { usageError } from '../../core/errors.ts';

/** @throws SqloadError (usage) naming in what the runs differ, when they are not comparable; `hint` says how to compare them all the same. */
export function refuseDifferent({ differences }: Comparison, hint: string): void {
  const refused = differences.filter(({ kind }) => kind === 'refuse');
  if (refused.length === 0) return;
  throw usageError(`The runs are not comparable.\n${refused.map(({ sentence }) => `  ${sentence}`).join('\n')}`, hint);
}
