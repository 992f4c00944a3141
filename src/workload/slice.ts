/** A share of a run: virtual user i belongs to it when `i % count === index`. */
export interface Slice {
  readonly index: number;
  readonly count: number;
}

export const wholeRun: Slice = { index: 0, count: 1 };
