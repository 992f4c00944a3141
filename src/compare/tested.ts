/** What a test says of one difference, before the family is looked at. */
export interface Tested {
  readonly kind: 'tested';
  /** In the unit; null where it is no number. */
  readonly difference: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Two-sided. */
  readonly p: number;
  /** Where each run is one value: those of each side, which would change places if there were no difference; null: p stands by itself. */
  readonly runs: { readonly baseline: readonly number[]; readonly candidate: readonly number[] } | null;
  /** candidate above baseline: 1, below: −1, neither: 0. */
  readonly direction: -1 | 0 | 1;
  /** The smallest shift that is called one in nine of ten cases when `level` is what p must not exceed and `limit` what it must reach; null: unknown. */
  readonly detectable: (level: number, limit: number) => number | null;
}

/** No test was possible, and why, as a clause. `difference` is what the values say. */
export interface Untested {
  readonly kind: 'untested';
  readonly difference: number | null;
  readonly reason: string;
}

export type Test = Tested | Untested;

/** What a test says of both sides: one value of each, of which the difference is made. */
export interface TestedSides {
  readonly baseline: number | null;
  readonly candidate: number | null;
  readonly test: Test;
}

/** candidate above baseline: 1, below: −1, neither: 0. */
export const directionOf = (difference: number): -1 | 0 | 1 => (difference > 0 ? 1 : difference < 0 ? -1 : 0);

export const untested = (difference: number | null, reason: string): Untested => ({
  kind: 'untested',
  difference,
  reason,
});

/** candidate − baseline; null unless both are finite numbers. */
export function plainDifference(baseline: number | null, candidate: number | null): number | null {
  if (baseline === null || candidate === null) return null;
  const difference = candidate - baseline;
  return Number.isFinite(difference) ? difference : null;
}
