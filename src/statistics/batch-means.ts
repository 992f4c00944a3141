import { studentsT } from './students-t.ts';

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
  // Edges that share the values out, so that none is left over.
  const edge = (i: number): number => Math.round((i * values.length) / count);
  const means = Array.from({ length: count }, (_, i) => meanOf(values.slice(edge(i), edge(i + 1))));
  const variance = means.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (count - 1);
  return { mean, error: Math.sqrt(variance / count), freedom: count - 1 };
}

/** The one-sided bounds that the true mean lies above, and below, each with this confidence. */
export function boundsOf({ mean, error, freedom }: BatchMean, confidence: number): { low: number; high: number } {
  const off = error === 0 ? 0 : studentsT(confidence, freedom) * error;
  return { low: mean - off, high: mean + off };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
