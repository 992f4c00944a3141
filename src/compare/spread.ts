import type { Random } from '../core/random.ts';
import { deviationOf, resample } from '../statistics/block-bootstrap.ts';
import { chooseBlocks } from '../statistics/block-length.ts';
import type { TimedStatistic } from './timed-statistic.ts';

/** How far a figure of one run would be off if the run were played again, from the run's own blocks of time. */
export interface Spread {
  /** Standard error: of the logarithm of the figure (`log`), or of the figure itself. */
  readonly error: number;
  /** How well that is known, as degrees of freedom. */
  readonly df: number;
  /** Share of the resamples in which the figure lay among the failures. */
  readonly beyond: number;
}

export type SpreadScale = 'log' | 'linear';

const resamples = 1000;
/** A window of fewer units is no series. */
const leastUnits = 30;

/** A clause that says so when a run holds too few units of time to be called a series; null otherwise. */
export const tooShort = ({ units }: TimedStatistic): string | null =>
  units < leastUnits ? `the steady window of one run is only ${units} s long, and it takes ${leastUnits} s` : null;

/** A clause in place of the spread where the run cannot tell it. */
export function spreadOf(statistic: TimedStatistic, scale: SpreadScale, random: Random): Spread | string {
  const short = tooShort(statistic);
  if (short !== null) return short;
  const blocks = chooseBlocks(statistic.influence());
  if (!blocks.independent)
    return 'it drifts or wanders so slowly that the steady window holds too few independent blocks of time';
  const plan = { length: statistic.units, blockLength: blocks.length, resamples, random };
  const values = resample(plan, (drawn) => statistic.evaluate(drawn));
  const finite = values.filter((value) => Number.isFinite(value) && (scale === 'linear' || value > 0));
  const beyond = values.filter((value) => value === Number.POSITIVE_INFINITY).length / resamples;
  // A resample of few blocks varies around its own mean: n ÷ (n − b) gives back what that takes away (Meketon and Schmeiser, 1984).
  const correction = Math.sqrt((blocks.inflation * statistic.units) / (statistic.units - blocks.length));
  const error = deviationOf(scale === 'log' ? finite.map(Math.log) : finite) * correction;
  // Overlapping blocks tell half as much again as those laid side by side.
  return { error, df: 1.5 * (blocks.count - 1), beyond };
}
