import { medianOf } from './median.ts';
import { dot, orthogonalPolynomials } from './orthogonal-polynomials.ts';
import { twoSidedT, twoSidedTPoint } from './student-t.ts';
import { type TimedValue, theilSenSlope } from './theil-sen.ts';

/** A straight line through values that vary around it. */
export interface Trend {
  /** Value per unit of time, and its interval of at least 95 %. */
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  /** The chance of a slope as steep, up or down, when there is none. */
  readonly chance: number;
  /** Standard error of the slope. */
  readonly error: number;
  /** The point that the line goes through, whatever its slope. */
  readonly centre: TimedValue;
}

/** Degrees of freedom of the t of a slope: the wiggles of the residuals that it is held against. */
export const trendDegrees = 8;
/** The fewest values that show a trend: two for each bend of the fastest wiggle. */
export const leastTrendValues = 2 * (trendDegrees + 2);

/**
 * The interval is drawn for so much: 5 %, and what it would miss besides where neighbours are as alike as 0.8, told from so few values. In
 * noise whose neighbours are not alike it holds the truth in 98 % of cases.
 */
const missed = 0.015;

/** Residuals beyond so many standard deviations, told by the median, are drawn in, unless they are more than a tenth. */
const wild = 3.5;
const deviationPerMedian = 1.4826;
const fewest = 0.1;

/**
 * The slope of values over time, with an interval that holds although values near in time are alike: the slope is compared
 * with the next slower wiggles of the same values, polynomials of degree 2 to 9, since noise that wanders slowly puts as much into
 * these as into the slope (series estimation of the long-run variance: Phillips 2005, Sun 2013), so that their ratio is Student's t of 8 degrees
 * of freedom. It fails for noise that wanders slower than about a tenth of the span, which nothing can tell from a trend. A few values far off the line
 * of Theil and Sen are drawn in to it.
 * null for fewer than `leastTrendValues` values.
 */
export function robustTrend(values: readonly TimedValue[]): Trend | null {
  if (values.length < leastTrendValues) return null;
  const places = values.map(({ at }) => at);
  const [flat, line, ...bends] = orthogonalPolynomials(places, trendDegrees + 1);
  if (!flat || !line) return null;
  const tamed = drawnIn(values);
  // The line polynomial is a·(at − centre): its rise from one place to another gives a.
  const [first = 0, last = 0] = [line[0], line.at(-1)];
  const rise = (last - first) / ((places.at(-1) ?? 0) - (places[0] ?? 0));
  const slope = dot(tamed, line) * rise;
  const wiggled = bends.reduce((sum, bend) => sum + dot(tamed, bend) ** 2, 0) / trendDegrees;
  const error = Math.sqrt(wiggled * slowness(tamed, [flat, line], bends)) * rise;
  const reach = error * twoSidedTPoint(missed, trendDegrees);
  const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  // What is left of rounding is neither a slope nor an error.
  const dust = 1e-9 * rise * Math.sqrt(dot(tamed, tamed));
  return {
    slope: Math.abs(slope) < dust ? 0 : slope,
    low: slope - reach,
    high: slope + reach,
    chance: Math.abs(slope) < dust ? 1 : error < dust ? 0 : twoSidedT(slope / error, trendDegrees),
    error,
    centre: { at: mean(places), value: mean(tamed) },
  };
}

/**
 * How much more noise there is in the slope than in a wiggle, when the noise is alike from one value to the next as a first-order
 * autoregression: at least 1. Its coefficient is told by the residuals, with what a fitted line takes from it given back.
 */
function slowness(
  values: readonly number[],
  [flat, line]: readonly [readonly number[], readonly number[]],
  bends: readonly (readonly number[])[],
): number {
  const [level, slope] = [dot(values, flat), dot(values, line)];
  const residuals = values.map((value, i) => value - level * (flat[i] ?? 0) - slope * (line[i] ?? 0));
  const n = values.length;
  const lagged = dot(residuals.slice(1), residuals) / dot(residuals, residuals);
  // E(r) = φ − (2 + 4φ) ÷ n for residuals of a line (Kendall 1954, by the same argument).
  const alike = Math.min(0.95, (lagged + 2 / n) / (1 - 4 / n));
  if (!(alike > 0)) return 1;
  const part = (vector: readonly number[]): number => {
    let sum = 0;
    let faded = 0;
    for (const value of vector) {
      sum += value * (value + 2 * alike * faded);
      faded = value + alike * faded;
    }
    return sum;
  };
  return Math.max(1, part(line) / (bends.reduce((sum, bend) => sum + part(bend), 0) / bends.length));
}

/** The smallest slope that would have had this chance, by the noise that was seen. */
export const slopeOfChance = ({ error }: Trend, chance: number): number => error * twoSidedTPoint(chance, trendDegrees);

function drawnIn(values: readonly TimedValue[]): number[] {
  const slope = theilSenSlope(values);
  const base = medianOf(values.map(({ at, value }) => value - slope * at));
  const residuals = values.map(({ at, value }) => value - base - slope * at);
  const most = wild * deviationPerMedian * medianOf(residuals.map(Math.abs));
  const beyond = residuals.filter((residual) => Math.abs(residual) > most).length;
  if (most === 0 || beyond > fewest * values.length) return values.map(({ value }) => value);
  return values.map(({ at }, i) => base + slope * at + Math.min(most, Math.max(-most, residuals[i] ?? 0)));
}
