/** A share of a run: virtual user i belongs to it when `i % count === index`. */
export interface Slice {
  readonly index: number;
  readonly count: number;
}

export const wholeRun: Slice = { index: 0, count: 1 };

/** Part `part` (from 0) of `parts` equal shares of a slice, as a slice of the whole run. */
export const divide = ({ index, count }: Slice, part: number, parts: number): Slice => ({
  index: index + count * part,
  count: count * parts,
});

/** How many of the users 0 … `users` − 1 belong to a slice. */
export const shareOf = (users: number, { index, count }: Slice): number =>
  Math.max(0, Math.ceil((users - index) / count));
