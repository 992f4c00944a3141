import { twoSidedTPoint } from './student-t.ts';

/** The mean of values that follow each other in time, and how far it may be off. */
export interface BatchMean {
  readonly mean: number;
  /** Standard error of the mean; infinite with fewer than two batches. */
  readonly error: number;
  /** Degrees of freedom of that error. */
  readonly freedom: number;
}

/**
 * The mean of a series whose neighbours resemble each other, by the method of batch means (Law and Kelton, Simulation
 * Modeling and Analysis, ch. 9): it is cut into batches of `length`, whose means are taken for independent.
 */
export function batchMean(values: readonly number[], length: number): BatchMean {
  const count = Math.floor(values.length / length);
  const mean = meanOf(values);
  if (count < 2) return { mean, error: Number.POSITIVE_INFINITY, freedom: 0 };
  const means = batchesOf(values, count).map(meanOf);
  const variance = means.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (count - 1);
  return { mean, error: Math.sqrt(variance / count), freedom: count - 1 };
}

/** What one unit of time adds to the ratio of two sums: slow requests of all requests, or a share of the CPU of one second. */
export interface RatioPart {
  readonly part: number;
  readonly whole: number;
}

/**
 * The ratio of two sums over units that follow each other, from `count` batches: the residuals of the batches tell its error (Law,
 * Simulation Modeling and Analysis, 5th ed., 9.5.3). null for fewer units than batches, or when there is nothing to divide by.
 */
export function batchRatio(units: readonly RatioPart[], count: number): BatchMean | null {
  const whole = total(units, (unit) => unit.whole);
  if (units.length < count || whole <= 0) return null;
  const mean = total(units, ({ part }) => part) / whole;
  const squares = batchesOf(units, count).reduce(
    (sum, batch) => sum + (total(batch, ({ part }) => part) - mean * total(batch, (unit) => unit.whole)) ** 2,
    0,
  );
  return { mean, error: Math.sqrt((squares * count) / (count - 1)) / whole, freedom: count - 1 };
}

/** The one-sided bounds that the true mean lies above, and below, each with this confidence, which is at least 0.5. */
export function boundsOf({ mean, error, freedom }: BatchMean, confidence: number): { low: number; high: number } {
  const off = error === 0 ? 0 : twoSidedTPoint(2 * (1 - confidence), freedom) * error;
  return { low: mean - off, high: mean + off };
}

/** Edges that share the units out, so that none is left over. */
function batchesOf<Unit>(units: readonly Unit[], count: number): readonly (readonly Unit[])[] {
  const edge = (i: number): number => Math.round((i * units.length) / count);
  return Array.from({ length: count }, (_, i) => units.slice(edge(i), edge(i + 1)));
}

const total = (units: readonly RatioPart[], of: (unit: RatioPart) => number): number =>
  units.reduce((sum, unit) => sum + of(unit), 0);

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
