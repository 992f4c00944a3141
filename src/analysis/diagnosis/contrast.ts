import type { Histogram } from '../../metrics/histogram.ts';
import { rankSum } from '../../statistics/rank-sum.ts';
import { percentileRanks } from '../../verdict/interval.ts';
import type { FindingNumber } from '../finding.ts';
import { type LoadView, slowness, timesOf } from './load-view.ts';

/**
 * Each rule may be wrong about a server that has nothing in 3 of 1 000 runs: one-sided, this many standard errors. Twelve rules
 * together stay below 5 %.
 */
export const surely = 2.748;
/** The same as a chance. */
export const risk = 0.003;

/** Seconds that count as one value of a test: neighbours are not independent, and requests within them still less. */
const usualLength = 5;

/** A stretch of the load. */
export interface Block {
  readonly start: number;
  readonly end: number;
  readonly users: number;
  readonly inFlight: number;
  readonly ok: number;
  readonly failed: number;
}

/** The load in whole blocks of 5 s, or of another length; what is left over at its end is in none. */
export function blocksOf({ seconds }: LoadView, length = usualLength): readonly Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start + length <= seconds.length; start += length) {
    const inside = seconds.slice(start, start + length);
    const sum = (of: (second: (typeof inside)[number]) => number) =>
      inside.reduce((total, each) => total + of(each), 0);
    blocks.push({
      ...{ start, end: start + length },
      users: sum(({ users }) => users) / length,
      inFlight: sum(({ inFlight }) => inFlight) / length,
      ok: sum(({ ok }) => ok),
      failed: sum(({ failed }) => failed),
    });
  }
  return blocks;
}

/** Blocks of the usual length, or where `enough` finds too few of them, as in a fast climb, of one second. */
export function fittingBlocks(view: LoadView, enough: (blocks: readonly Block[]) => boolean): readonly Block[] {
  const blocks = blocksOf(view).filter(({ users }) => users > 0);
  return enough(blocks) ? blocks : blocksOf(view, 1).filter(({ users }) => users > 0);
}

/** The seconds of some blocks. */
export const secondsOf = (blocks: readonly Block[]): number[] =>
  blocks.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));

/** Blocks of little load and of much: at most a quarter of the most users there were, and at least three quarters. */
export function loadLevels(view: LoadView): { readonly low: readonly Block[]; readonly high: readonly Block[] } {
  const isLow = ({ users }: Block): boolean => users <= view.peak / 4;
  const blocks = fittingBlocks(view, (all) => all.filter(isLow).length >= 6);
  return { low: blocks.filter(isLow), high: blocks.filter(({ users }) => users >= (view.peak * 3) / 4) };
}

/** How one set of blocks compares with another. */
export interface Contrast {
  /** Standard errors by which the rows are slower in the second set, blocks being ranked as wholes. */
  readonly z: number;
  /** The row with most successes in the smaller set, and its times in each. */
  readonly row: number;
  readonly before: Histogram;
  readonly after: Histogram;
  /** Median of `after` ÷ that of `before`, of the row in which it is least; 1 when no row can be compared. */
  readonly leastRatio: number;
}

/** A row with fewer successes in either set is not compared. */
const leastSuccesses = 30;

/** Compares the service times of rows in two sets of blocks; null when no row has enough in both. */
export function contrast(
  view: LoadView,
  rows: readonly number[],
  before: readonly Block[],
  after: readonly Block[],
): Contrast | null {
  const levels = (blocks: readonly Block[]) => blocks.flatMap((block) => slowness(view, rows, block) ?? []);
  const inside = (blocks: readonly Block[]) => {
    const seconds = new Set(secondsOf(blocks));
    return (second: number) => seconds.has(second);
  };
  const compared = rows.flatMap((row) => {
    const pair = {
      row,
      before: timesOf(view, 'service', [row], inside(before)),
      after: timesOf(view, 'service', [row], inside(after)),
    };
    return Math.min(pair.before.count, pair.after.count) < leastSuccesses ? [] : [pair];
  });
  const [most] = [...compared].sort((a, b) => fewer(b) - fewer(a));
  if (!most) return null;
  const ratios = compared.map((pair) => median(pair.after) / median(pair.before));
  return { z: rankSum(levels(after), levels(before)), ...most, leastRatio: Math.min(...ratios) };
}

const fewer = ({ before, after }: Pick<Contrast, 'before' | 'after'>): number => Math.min(before.count, after.count);

/** Median in ms; 0 while empty. */
export const median = (times: Histogram): number => (times.percentile(0.5) ?? 0) / 1000;

/** A percentile in ms with its 95 % interval from order statistics. */
export function percentileNumber(name: string, times: Histogram, quantile = 0.5): FindingNumber {
  const value = times.percentile(quantile);
  const { low, high } = percentileRanks(quantile, times.count);
  const at = (rank: number | null) => (rank === null || times.count === 0 ? null : times.valueAtRank(rank) / 1000);
  return { name, unit: 'ms', value: value === undefined ? null : value / 1000, low: at(low), high: at(high) };
}

/** A number without an interval. */
export const countNumber = (name: string, unit: string, value: number): FindingNumber => ({
  ...{ name, unit, value },
  low: null,
  high: null,
});
