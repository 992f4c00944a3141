import type { Micros } from '../core/units.ts';

/**
 * The one shape of every latency histogram: 1 µs to 1 h at 3 significant digits, laid out as HdrHistogram lays it out
 * (2 048 slots up to 2 047 µs, then 1 024 more for each doubling), so that a slot means the same everywhere.
 * A slot is at most 1/1024 of its value wide.
 */
export const histogramShape = { lowest: 1, highest: 3_600_000_000, digits: 3, slots: 23_552 } as const;

/** The slot of a span, clamped into the shape. @throws RangeError on NaN, which would count and have no value. */
export function slotOf(value: Micros): number {
  const v = clampToShape(value);
  if (v < 2048) return v;
  const bucket = 21 - Math.clz32(v);
  return (bucket << 10) + (v >>> bucket);
}

/** The span as it is counted: whole, at least 1 µs, at most 1 h. */
export function clampToShape(value: Micros): number {
  if (Number.isNaN(value)) throw new RangeError('A latency must be a number, got NaN');
  return Math.min(Math.max(Math.round(value), histogramShape.lowest), histogramShape.highest);
}
