/** The blocks that a series falls into. */
export interface Blocks {
  /** Units in a block. */
  readonly length: number;
  /** How many of them fit, with a fraction. */
  readonly count: number;
  /** Whether neighbouring blocks differ about as much as distant ones do, so that each stands for itself. */
  readonly independent: boolean;
  /** What the variance of a sum of such blocks is to be multiplied by for what neighbours still have in common, at least 1. */
  readonly inflation: number;
}

/** As many blocks are tried first: enough to know a spread well, and each long enough that short memory dies out within it. */
const mostBlocks = 24;
/** With fewer a spread is hardly known. */
const leastBlocks = 8;

/**
 * Block length for a series of influences (what each unit of time adds to a statistic, mean 0): blocks are lengthened until
 * neighbours no longer agree by more than chance allows, as batch means are (Law and Carson, 1979; Fishman, 1978).
 * The agreement is the correlation of adjacent overlapping blocks; chance allows one standard error. What is left of it widens the spread.
 */
export function chooseBlocks(influence: Float64Array): Blocks {
  const n = influence.length;
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) sums[i + 1] = (sums[i] ?? 0) + (influence[i] ?? 0);
  const longest = Math.max(1, Math.floor(n / leastBlocks));
  let length = Math.min(longest, Math.max(1, Math.ceil(n / mostBlocks)));
  for (; ; length = Math.min(longest, Math.ceil(length * 1.3))) {
    const count = n / length;
    const common = agreement(sums, length);
    const chance = 1 / Math.sqrt(count);
    if (common > chance && length < longest) continue;
    return {
      length,
      count,
      independent: n >= 2 * leastBlocks && common <= 1.5 * chance,
      // Each block has two neighbours. A standard error more, since an agreement is found too small as easily as too great.
      inflation: 1 + 2 * Math.max(0, common + chance),
    };
  }
}

/** The correlation of each block with the one after it, over all positions, with what the mean takes away given back. */
function agreement(sums: Float64Array, length: number): number {
  const n = sums.length - 1;
  const mean = ((sums[n] ?? 0) - (sums[0] ?? 0)) / n;
  const block = (at: number): number => (sums[at + length] ?? 0) - (sums[at] ?? 0) - mean * length;
  let together = 0;
  let square = 0;
  let pairs = 0;
  for (let at = 0; at + 2 * length <= n; at++) {
    const [first, second] = [block(at), block(at + length)];
    together += first * second;
    square += (first * first + second * second) / 2;
    pairs += 1;
  }
  return pairs === 0 || square === 0 ? 0 : together / square + length / n;
}
