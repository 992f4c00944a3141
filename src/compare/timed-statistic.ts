import { nearestRank } from '../metrics/histogram.ts';
import type { LevelCounts } from '../statistics/level-counts.ts';
import { RunningSums, type Stretches } from '../statistics/stretches.ts';

/** A figure of one run that can be worked out anew for any stretches of its units of time. */
export interface TimedStatistic {
  readonly units: number;
  /** What the figure rests on: requests, connections or readings. */
  readonly samples: number;
  /** The figure over all units. */
  readonly value: number;
  /** Infinity for a percentile among the failures; NaN where there is nothing. */
  evaluate(stretches: Stretches): number;
  /** What each unit adds to the figure, up to a factor: its sum is about 0. */
  influence(): Float64Array;
}

/** The q-quantile of values of which some, the failures, are greater than all others. `counts`: values in each unit, those included. */
export function percentileOver(levels: LevelCounts, counts: Float64Array, quantile: number): TimedStatistic {
  const all = [0, counts.length];
  const sums = new RunningSums(counts);
  const evaluate = (stretches: Stretches): number => {
    const count = sums.over(stretches);
    return count === 0 ? Number.NaN : levels.valueAt(nearestRank(quantile, count), stretches);
  };
  return {
    units: counts.length,
    samples: sums.over(all),
    value: evaluate(all),
    evaluate,
    influence: () => ratioOver(levels.belowRank(nearestRank(quantile, sums.over(all)), all), counts).influence(),
  };
}

/** A sum ÷ another, such as failures ÷ requests or readings ÷ how many there were. */
export function ratioOver(above: Float64Array, below: Float64Array): TimedStatistic {
  const all = [0, above.length];
  const [numerator, denominator] = [new RunningSums(above), new RunningSums(below)];
  const evaluate = (stretches: Stretches): number => numerator.over(stretches) / denominator.over(stretches);
  const value = evaluate(all);
  return {
    units: above.length,
    samples: denominator.over(all),
    value,
    evaluate,
    influence: () => above.map((each, unit) => each - (Number.isNaN(value) ? 0 : value) * (below[unit] ?? 0)),
  };
}

/** One figure ÷ another of the same units: mean CPU ÷ requests per second. */
export function quotientOf(above: TimedStatistic, below: TimedStatistic): TimedStatistic {
  const relative = (statistic: TimedStatistic): Float64Array => {
    const scale = statistic.value * statistic.samples;
    return statistic.influence().map((each) => (scale === 0 ? 0 : each / scale));
  };
  return {
    units: above.units,
    samples: above.samples,
    value: above.value / below.value,
    evaluate: (stretches) => above.evaluate(stretches) / below.evaluate(stretches),
    influence: () => {
      const minus = relative(below);
      return relative(above).map((each, unit) => each - (minus[unit] ?? 0));
    },
  };
}
