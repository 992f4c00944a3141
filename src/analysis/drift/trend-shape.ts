import { medianOf } from '../../statistics/median.ts';
import { robustTrend, type Trend, trendDegrees } from '../../statistics/robust-trend.ts';
import { twoSidedTPoint } from '../../statistics/student-t.ts';
import type { TimedValue } from '../../statistics/theil-sen.ts';

/** How something changed that surely did. */
export interface TrendShape {
  /**
   * `steady`: it goes on in the last half; `slowing`: it does, at less than half of the rate of the first half; `settled`: it
   * is slower and no longer shown; `unclear`: too little data to tell.
   */
  readonly kind: 'steady' | 'slowing' | 'settled' | 'unclear';
  /** Where it was at the start, and where in the last third. */
  readonly from: number;
  readonly to: number;
}

/** Holds the two halves of the values against each other. */
export function trendShape(values: readonly TimedValue[], whole: Trend): TrendShape {
  const half = Math.floor(values.length / 2);
  const [first, last] = [robustTrend(values.slice(0, half)), robustTrend(values.slice(-half))];
  const middleOf = (some: readonly TimedValue[]): number => medianOf(some.map(({ value }) => value));
  const from = middleOf(values.slice(0, 3));
  const to = middleOf(values.slice(-Math.ceil(values.length / 3)));
  if (!first || !last) return { kind: 'unclear', from, to };
  const direction = Math.sign(whole.slope);
  const goesOn = last.chance < 0.05 && direction * last.slope > 0;
  const spread = Math.hypot(first.error, last.error) * twoSidedTPoint(0.05, 2 * trendDegrees);
  const slower =
    direction * (first.slope - last.slope) > spread && direction * last.slope < (direction * first.slope) / 2;
  const kind = goesOn ? (slower ? 'slowing' : 'steady') : slower ? 'settled' : 'unclear';
  return { kind, from, to };
}
