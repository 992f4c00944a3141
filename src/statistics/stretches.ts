/** Stretches of a series as [from, to, from, to, …], `to` excluded; one that is in it twice counts twice. */
export type Stretches = readonly number[];

/** A series of numbers whose sum over any stretches costs two look-ups each. */
export class RunningSums {
  readonly #sums: Float64Array;

  constructor(values: Float64Array) {
    this.#sums = new Float64Array(values.length + 1);
    values.forEach((value, i) => {
      this.#sums[i + 1] = (this.#sums[i] ?? 0) + value;
    });
  }

  over(stretches: Stretches): number {
    let sum = 0;
    for (let i = 0; i + 1 < stretches.length; i += 2)
      sum += (this.#sums[stretches[i + 1] ?? 0] ?? 0) - (this.#sums[stretches[i] ?? 0] ?? 0);
    return sum;
  }
}
