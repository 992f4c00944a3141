/** What one second adds to the ratio of two sums: slow requests of all requests, or a share of the CPU of one second. */
export interface RatioSecond {
  readonly part: number;
  readonly whole: number;
}

/** A ratio with the chances of being wrong when it is said to be below a limit, or above it. */
export interface RatioTest {
  readonly ratio: number;
  /** One-sided P values: small ones show that the ratio is below the limit, or above it. */
  readonly below: number;
  readonly above: number;
}

/** Batches, of which each is as long as it can be: requests that queue behind each other fall into one of them. */
export const batches = 10;

/**
 * Holds the ratio of two sums over consecutive seconds against a limit by the method of batch means (Law, Simulation Modeling and
 * Analysis, 5th ed., 9.5.3): the residuals of ten batches tell its error, however the seconds within one depend on each other, by
 * Student's t with 9 degrees of freedom. null for fewer than ten seconds, or when there is nothing to divide by.
 */
export function testRatio(seconds: readonly RatioSecond[], limit: number): RatioTest | null {
  const whole = total(seconds, ({ whole }) => whole);
  if (seconds.length < batches || whole <= 0) return null;
  const ratio = total(seconds, ({ part }) => part) / whole;
  let squares = 0;
  for (let j = 0; j < batches; j++) {
    const [from, to] = [j, j + 1].map((k) => Math.round((k * seconds.length) / batches));
    const batch = seconds.slice(from, to);
    squares += (total(batch, ({ part }) => part) - ratio * total(batch, (each) => each.whole)) ** 2;
  }
  const error = Math.sqrt((squares * batches) / (batches - 1)) / whole;
  const t = error === 0 ? Math.sign(ratio - limit) * Number.POSITIVE_INFINITY : (ratio - limit) / error;
  if (Number.isNaN(t)) return { ratio, below: 0.5, above: 0.5 };
  return { ratio, below: studentTail(-t), above: studentTail(t) };
}

/** P(T > t) for Student's t with 9 degrees of freedom, in closed form (Abramowitz and Stegun, 26.7.3). */
export function studentTail(t: number): number {
  const angle = Math.atan(t / Math.sqrt(batches - 1));
  const c = Math.cos(angle);
  const series = c + (2 / 3) * c ** 3 + (8 / 15) * c ** 5 + (16 / 35) * c ** 7;
  return (1 - (2 / Math.PI) * (angle + Math.sin(angle) * series)) / 2;
}

const total = (seconds: readonly RatioSecond[], of: (second: RatioSecond) => number): number =>
  seconds.reduce((sum, second) => sum + of(second), 0);
