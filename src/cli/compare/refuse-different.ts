import type { Comparison, Incomparable } from '../../compare/comparison.ts';
import { exitCodes, SqloadError } from '../../core/errors.ts';

/**
 * `hint` says how to compare them all the same.
 * @throws SqloadError naming why the runs are not comparable: exit 2 when they are no pair, exit 3 when all that is wrong is a run without numbers to
 *   compare, such as an invalid one.
 */
export function refuseDifferent({ differences }: Comparison, hint: string): void {
  const refused = refusals(differences);
  if (refused.length === 0) return;
  const noPair = refused.some(({ exitCode }) => exitCode === exitCodes.usage);
  throw new SqloadError(`The runs are not comparable.\n${refused.map(({ sentence }) => `  ${sentence}`).join('\n')}`, {
    exitCode: noPair ? exitCodes.usage : exitCodes.inconclusive,
    hint,
  });
}

/** Why runs are compared only when the user insists. */
export const refusals = (differences: readonly Incomparable[]): readonly Incomparable[] =>
  differences.filter(({ kind }) => kind === 'refuse');
