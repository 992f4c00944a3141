/**
 * A case whose truth is planted, played with many seeds: how often an analysis is right. Tests play a few seeds of it,
 * `npm run bench:analysis` plays `seeds` of them and prints the share.
 */
export interface Trial {
  /** Unique: `drift/steady-server`. */
  readonly id: string;
  /** What is planted and what is asked, for a table: "p95 rises 20 ms in 10 min: the interval of its slope holds the truth". */
  readonly about: string;
  readonly goal: Goal;
  /** How many seeds the benchmark plays. */
  readonly seeds: number;
  /** Plays one run or one pair of runs. `none`: the analysis gave no answer, which counts for neither side of the goal. */
  play(seed: string): Promise<'yes' | 'no' | 'none'>;
}

/**
 * What share of the answers must be yes. `contains`: the interval contains the truth; `found`: what is planted is found;
 * `false-alarm`: something is found where nothing is planted.
 */
export type Goal =
  | { readonly kind: 'contains' | 'found'; readonly least: number }
  | { readonly kind: 'false-alarm'; readonly most: number };

export const containsTruth: Goal = { kind: 'contains', least: 0.95 };
export const foundMostly: Goal = { kind: 'found', least: 0.9 };
export const rarelyAlarmed: Goal = { kind: 'false-alarm', most: 0.05 };
