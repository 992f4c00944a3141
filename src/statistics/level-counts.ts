/**
 * How many values of each level fell into each unit of time, laid out so that a quantile of any weighting of the units is found
 * quickly: the counts up to each level, level by level.
 */
export class LevelCounts {
  readonly #levels: readonly number[];
  readonly #units: number;
  /** Values at or below level l in unit u, at l × units + u. */
  readonly #upTo: Float64Array;

  /** `levels` ascend; `counts(unit)` are pairs of a level's index and how many values it has. */
  constructor(levels: readonly number[], units: number, counts: (unit: number) => Iterable<readonly [number, number]>) {
    this.#levels = levels;
    this.#units = units;
    const upTo = new Float64Array(levels.length * units);
    for (let unit = 0; unit < units; unit++) {
      for (const [level, count] of counts(unit)) upTo[level * units + unit] = (upTo[level * units + unit] ?? 0) + count;
      for (let level = 1; level < levels.length; level++) {
        const at = level * units + unit;
        upTo[at] = (upTo[at] ?? 0) + (upTo[at - units] ?? 0);
      }
    }
    this.#upTo = upTo;
  }

  /** The least level up to which the weighted count is at least `rank`; Infinity when all of them are fewer. */
  valueAt(rank: number, weights: Float64Array): number {
    return this.#levels[this.#indexAt(rank, weights)] ?? Number.POSITIVE_INFINITY;
  }

  /** How many values of each unit lie at or below the level of that rank. */
  belowRank(rank: number, weights: Float64Array): Float64Array {
    const index = Math.min(this.#indexAt(rank, weights), this.#levels.length - 1);
    return index < 0
      ? new Float64Array(this.#units)
      : this.#upTo.subarray(index * this.#units, (index + 1) * this.#units);
  }

  #indexAt(rank: number, weights: Float64Array): number {
    let from = 0;
    let to = this.#levels.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#weigh(middle, weights) >= rank) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  #weigh(level: number, weights: Float64Array): number {
    const start = level * this.#units;
    let sum = 0;
    for (let unit = 0; unit < this.#units; unit++) sum += (weights[unit] ?? 0) * (this.#upTo[start + unit] ?? 0);
    return sum;
  }
}
