import { batchMean } from '../../statistics/batch-means.ts';

/** What was offered and answered in a few seconds that follow each other, per second. */
export interface Answered {
  readonly offered: number;
  readonly answered: number;
}

/** Throughput under an offer, at this capacity and with this spread of the bend. */
export type Curve = (offered: number, fit: CapacityFit) => number;

export interface CapacityFit {
  /** Requests per second that the server answers at most. */
  readonly capacity: number;
  /** How wide the bend is against that of exponential service times. */
  readonly spread: number;
}

/** Blocks in a batch: twenty batches or a few more, or as many as there are blocks. */
export const batchOf = ({ length }: readonly unknown[]): number => Math.max(1, Math.floor(length / 20));

/**
 * The capacity, and with it the spread of the bend between `spreads`, with the least squares; null when the more the better. The spread is
 * fitted, since it comes from service times that nobody sees: with that of exponential ones a server of even service times, which bends
 * later, would be given more capacity than it has.
 */
export function fitCapacity(
  blocks: readonly Answered[],
  curve: Curve,
  [least, widest]: readonly [number, number],
): CapacityFit | null {
  const most = Math.max(0, ...blocks.map(({ offered }) => offered));
  if (most === 0 || blocks.every(({ answered }) => answered === 0)) return null;
  const misfit = (fit: CapacityFit): number =>
    blocks.reduce(
      (sum, { offered, answered }) => sum + (answered - curve(offered, fit)) ** 2 / Math.max(1, offered),
      0,
    );
  // A grid first, since the misfit is flat above the highest offer; then golden sections around its best point.
  const grid = Array.from({ length: 60 }, (_, i) => most * 0.05 * 1.055 ** i);
  const middle = Math.sqrt(least * widest);
  const near = lowestOf(grid, (capacity) => misfit({ capacity, spread: middle }));
  const bestAt = (spread: number, steps: number): CapacityFit => {
    const capacity = golden((each) => misfit({ capacity: each, spread }), [near / 1.12, near * 1.12], steps);
    return { capacity, spread };
  };
  // The misfit near its best point hardly feels the capacity, so that few steps tell the spread.
  const spread = least === widest ? least : golden((each) => misfit(bestAt(each, 14)), [least, widest], 8);
  const fit = bestAt(spread, 24);
  return fit.capacity < most ? fit : null;
}

function lowestOf(places: readonly number[], of: (x: number) => number): number {
  const values = places.map(of);
  return places[values.indexOf(Math.min(...values))] ?? Number.NaN;
}

/** Where a function of one dip between two numbers is lowest, by the golden section. */
function golden(of: (x: number) => number, [from, to]: readonly [number, number], steps: number): number {
  const cut = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  let [a, b] = [high - cut * (high - low), low + cut * (high - low)];
  let [atA, atB] = [of(a), of(b)];
  for (let i = 0; i < steps; i++) {
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      a = high - cut * (high - low);
      atA = of(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + cut * (high - low);
      atB = of(b);
    }
  }
  return (low + high) / 2;
}

/**
 * The standard error of the capacity and its degrees of freedom: batch means of what each block pulls it by. What a block says of the spread says
 * nothing of the capacity, so that only the rest of it counts (partial regression: Frisch and Waugh, 1933).
 */
export function capacityError(
  blocks: readonly Answered[],
  fit: CapacityFit,
  curve: Curve,
): { readonly error: number; readonly freedom: number } {
  const { capacity, spread } = fit;
  const step = 1e-4;
  const slopes = blocks.map(({ offered, answered }) => ({
    weight: 1 / Math.max(1, offered),
    left: answered - curve(offered, fit),
    capacity:
      (curve(offered, { capacity: capacity * (1 + step), spread }) -
        curve(offered, { capacity: capacity * (1 - step), spread })) /
      (2 * step * capacity),
    spread:
      (curve(offered, { capacity, spread: spread * (1 + step) }) -
        curve(offered, { capacity, spread: spread * (1 - step) })) /
      (2 * step * spread),
  }));
  const sum = (of: (each: (typeof slopes)[number]) => number): number =>
    slopes.reduce((all, each) => all + of(each), 0);
  const spreads = sum((each) => each.weight * each.spread ** 2);
  const shared = spreads > 0 ? sum((each) => each.weight * each.spread * each.capacity) / spreads : 0;
  // Blocks far below the bend tell nothing of the capacity: batches of them would be none.
  const telling = slopes
    .filter((each) => each.capacity >= 0.05)
    .map((each) => ({ ...each, own: each.capacity - shared * each.spread }));
  const pulls = telling.map(({ own, weight, left }) => own * weight * left);
  const information = telling.reduce((all, { own, weight }) => all + own * own * weight, 0) / pulls.length;
  const { error, freedom } = batchMean(pulls, batchOf(pulls));
  return { error: error / information, freedom: freedom - 1 };
}
