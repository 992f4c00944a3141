import type { Micros } from '../core/units.ts';
import { clampToShape, slotOf } from './histogram-shape.ts';

/**
 * A histogram as it crosses a thread, a machine or a file: empty is `[]`, else
 * `[min, max, sum, slot, count, slot, count, …]`, values in µs, slots ascending, so that equal histograms are equal text.
 */
export type EncodedHistogram = readonly number[];

export const emptyHistogram: EncodedHistogram = [];

/** Adds two encoded histograms. Associative and commutative; `emptyHistogram` changes nothing. */
export function mergeEncoded(a: EncodedHistogram, b: EncodedHistogram): EncodedHistogram {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const merged = [Math.min(at(a, 0), at(b, 0)), Math.max(at(a, 1), at(b, 1)), at(a, 2) + at(b, 2)];
  let i = 3;
  let j = 3;
  while (i < a.length || j < b.length) {
    const left = i < a.length ? at(a, i) : Number.POSITIVE_INFINITY;
    const right = j < b.length ? at(b, j) : Number.POSITIVE_INFINITY;
    const slot = Math.min(left, right);
    let count = 0;
    if (left === slot) {
      count += at(a, i + 1);
      i += 2;
    }
    if (right === slot) {
      count += at(b, j + 1);
      j += 2;
    }
    merged.push(slot, count);
  }
  return merged;
}

/** How many values an encoded histogram holds. */
export function encodedCount(encoded: EncodedHistogram): number {
  let count = 0;
  for (let i = 4; i < encoded.length; i += 2) count += at(encoded, i);
  return count;
}

const at = (encoded: EncodedHistogram, index: number): number => encoded[index] ?? 0;

/** Collects the latencies of one second on the load thread: a write costs one map update, and only touched slots exist. */
export class SparseHistogram {
  readonly #counts = new Map<number, number>();
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  #sum = 0;

  record(value: Micros): void {
    const slot = slotOf(value);
    const clamped = clampToShape(value);
    this.#counts.set(slot, (this.#counts.get(slot) ?? 0) + 1);
    if (clamped < this.#min) this.#min = clamped;
    if (clamped > this.#max) this.#max = clamped;
    this.#sum += clamped;
  }

  encode(): EncodedHistogram {
    if (this.#counts.size === 0) return emptyHistogram;
    const encoded = [this.#min, this.#max, this.#sum];
    for (const slot of [...this.#counts.keys()].sort((a, b) => a - b)) encoded.push(slot, this.#counts.get(slot) ?? 0);
    return encoded;
  }
}
