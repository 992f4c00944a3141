import type { Stretches } from './stretches.ts';

/**
 * How many values of each level fell into each unit of time, laid out so that a quantile over any stretches of time is found with a few
 * look-ups: counts up to each level and up to each unit.
 */
export class LevelCounts {
  readonly #levels: readonly number[];
  readonly #units: number;
  /** Values at or below level l in the units before u, at l × (units + 1) + u. */
  readonly #upTo: Float64Array;

  /** `levels` ascend; `counts(unit)` are pairs of a level's index and how many values it has. */
  constructor(levels: readonly number[], units: number, counts: (unit: number) => Iterable<readonly [number, number]>) {
    this.#levels = levels;
    this.#units = units;
    const width = units + 1;
    const upTo = new Float64Array(levels.length * width);
    for (let unit = 0; unit < units; unit++)
      for (const [level, count] of counts(unit)) {
        const at = level * width + unit + 1;
        upTo[at] = (upTo[at] ?? 0) + count;
      }
    for (let level = 0; level < levels.length; level++) {
      const row = level * width;
      for (let unit = 1; unit < width; unit++) upTo[row + unit] = (upTo[row + unit] ?? 0) + (upTo[row + unit - 1] ?? 0);
      if (level > 0)
        for (let unit = 1; unit < width; unit++)
          upTo[row + unit] = (upTo[row + unit] ?? 0) + (upTo[row - width + unit] ?? 0);
    }
    this.#upTo = upTo;
  }

  /** The value of 1-based `rank` among those in the stretches; Infinity when they hold fewer. */
  valueAt(rank: number, stretches: Stretches): number {
    return this.#levels[this.#indexAt(rank, stretches)] ?? Number.POSITIVE_INFINITY;
  }

  /** How many values of each unit lie at or below the value of that rank; all of them when there are fewer. */
  belowRank(rank: number, stretches: Stretches): Float64Array {
    const index = Math.min(this.#indexAt(rank, stretches), this.#levels.length - 1);
    const start = index * (this.#units + 1);
    return Float64Array.from({ length: this.#units }, (_, unit) =>
      index < 0 ? 0 : (this.#upTo[start + unit + 1] ?? 0) - (this.#upTo[start + unit] ?? 0),
    );
  }

  #indexAt(rank: number, stretches: Stretches): number {
    let from = 0;
    let to = this.#levels.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#upToLevel(middle, stretches) >= rank) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  #upToLevel(level: number, stretches: Stretches): number {
    const start = level * (this.#units + 1);
    let sum = 0;
    for (let i = 0; i + 1 < stretches.length; i += 2)
      sum += (this.#upTo[start + (stretches[i + 1] ?? 0)] ?? 0) - (this.#upTo[start + (stretches[i] ?? 0)] ?? 0);
    return sum;
  }
}
