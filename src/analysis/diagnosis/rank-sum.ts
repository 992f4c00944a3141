/**
 * How many standard errors the values of `a` rank above those of `b` (Mann and Whitney, 1947; variance corrected for ties).
 * About standard normal when both come from one law, whatever it is; 0 when either is empty.
 */
export function rankSum(a: readonly number[], b: readonly number[]): number {
  const [m, n] = [a.length, b.length];
  if (m === 0 || n === 0) return 0;
  const all = [...a.map((value) => ({ value, mine: 1 })), ...b.map((value) => ({ value, mine: 0 }))];
  all.sort((x, y) => x.value - y.value);
  let ranks = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    let mine = 0;
    for (; to < all.length && all[to]?.value === all[from]?.value; to++) mine += all[to]?.mine ?? 0;
    const tied = to - from;
    ranks += mine * (from + (tied + 1) / 2);
    ties += tied ** 3 - tied;
    from = to;
  }
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  return variance <= 0 ? 0 : (ranks - (m * (total + 1)) / 2) / Math.sqrt(variance);
}
