import { nearestRank } from '../metrics/histogram.ts';
import type { LevelCounts } from '../statistics/level-counts.ts';

/** A figure of one run that can be worked out anew for any weighting of its units of time. */
export interface TimedStatistic {
  readonly units: number;
  /** What the figure rests on: requests, connections or readings. */
  readonly samples: number;
  /** `weights`: how often each unit occurs. Infinity for a percentile among the failures; NaN where there is nothing. */
  evaluate(weights: Float64Array): number;
  /** What each unit adds to the figure, up to a factor: its sum is about 0. */
  influence(): Float64Array;
}

/** The q-quantile of values of which some, the failures, are greater than all others. */
export function percentileOver(levels: LevelCounts, counts: Float64Array, quantile: number): TimedStatistic {
  const units = counts.length;
  const ones = new Float64Array(units).fill(1);
  const rankIn = (weights: Float64Array): number => nearestRank(quantile, weigh(counts, weights));
  const evaluate = (weights: Float64Array): number =>
    weigh(counts, weights) === 0 ? Number.NaN : levels.valueAt(rankIn(weights), weights);
  return {
    units,
    samples: weigh(counts, ones),
    evaluate,
    influence: () => ratioOver(levels.belowRank(rankIn(ones), ones), counts).influence(),
  };
}

/** A sum ÷ another, such as failures ÷ requests or readings ÷ how many there were. */
export function ratioOver(above: Float64Array, below: Float64Array): TimedStatistic {
  const units = above.length;
  const ones = new Float64Array(units).fill(1);
  const evaluate = (weights: Float64Array): number => weigh(above, weights) / weigh(below, weights);
  return {
    units,
    samples: weigh(below, ones),
    evaluate,
    influence: () => {
      const ratio = evaluate(ones);
      return above.map((value, unit) => value - (Number.isNaN(ratio) ? 0 : ratio) * (below[unit] ?? 0));
    },
  };
}

/** One figure ÷ another of the same units: mean CPU ÷ requests per second. */
export function quotientOf(above: TimedStatistic, below: TimedStatistic): TimedStatistic {
  const ones = new Float64Array(above.units).fill(1);
  const relative = (statistic: TimedStatistic): Float64Array => {
    const scale = statistic.evaluate(ones) * statistic.samples;
    return statistic.influence().map((value) => (scale === 0 ? 0 : value / scale));
  };
  return {
    units: above.units,
    samples: above.samples,
    evaluate: (weights) => above.evaluate(weights) / below.evaluate(weights),
    influence: () => {
      const minus = relative(below);
      return relative(above).map((value, unit) => value - (minus[unit] ?? 0));
    },
  };
}

function weigh(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) * (weights[i] ?? 0);
  return sum;
}
