import { type Micros, micros } from '../core/units.ts';

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

/** The middle of a slot, µs: what a value in it counts as when only the slot is known. */
export function middleOf(slot: number): Micros {
  const bucket = Math.max(0, (slot >>> 10) - 1);
  const width = 1 << bucket;
  return micros((slot - (bucket << 10)) * width + Math.floor(width / 2));
}

/** The span as it is counted: whole, at least 1 µs, at most 1 h. */
export function clampToShape(value: Micros): number {
  if (Number.isNaN(value)) throw new RangeError('A latency must be a number, got NaN');
  return Math.min(Math.max(Math.round(value), histogramShape.lowest), histogramShape.highest);
}
