import { type Micros, micros } from '../core/units.ts';
import { clampToShape, histogramShape, middleOf, slotOf } from './histogram-shape.ts';

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

/** The values of an encoded histogram, ascending: each the middle of its slot, never outside the exact least and greatest. */
export function eachValue(encoded: EncodedHistogram, take: (value: Micros, count: number) => void): void {
  const [least = 0, greatest = 0] = encoded;
  for (let i = 3; i < encoded.length; i += 2)
    take(micros(Math.min(greatest, Math.max(least, middleOf(at(encoded, i))))), at(encoded, i + 1));
}

const at = (encoded: EncodedHistogram, index: number): number => encoded[index] ?? 0;

/**
 * Collects the latencies of one second on the load thread. A write costs an increment; only touched slots are looked at
 * when it is encoded. The counters are lent by a pool, so that a second costs no allocation of 94 KB for each histogram.
 */
export class SparseHistogram {
  #counts: Uint32Array | null = null;
  readonly #touched: number[] = [];
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  #sum = 0;

  record(value: Micros): void {
    const slot = slotOf(value);
    const clamped = clampToShape(value);
    this.#counts ??= freeCounters.pop() ?? new Uint32Array(histogramShape.slots);
    if (this.#counts[slot] === 0) this.#touched.push(slot);
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    if (clamped < this.#min) this.#min = clamped;
    if (clamped > this.#max) this.#max = clamped;
    this.#sum += clamped;
  }

  /** Adds what `encode` wrote, here or elsewhere. */
  add(encoded: EncodedHistogram): void {
    if (encoded.length === 0) return;
    const counts = this.#counts ?? freeCounters.pop() ?? new Uint32Array(histogramShape.slots);
    this.#counts = counts;
    for (let i = 3; i < encoded.length; i += 2) {
      const slot = at(encoded, i);
      if (counts[slot] === 0) this.#touched.push(slot);
      counts[slot] = (counts[slot] ?? 0) + at(encoded, i + 1);
    }
    this.#min = Math.min(this.#min, at(encoded, 0));
    this.#max = Math.max(this.#max, at(encoded, 1));
    this.#sum += at(encoded, 2);
  }

  /** Hands out what was collected, and is empty again. */
  encode(): EncodedHistogram {
    const counts = this.#counts;
    if (counts === null) return emptyHistogram;
    const encoded = [this.#min, this.#max, this.#sum];
    for (const slot of this.#touched.sort((a, b) => a - b)) {
      encoded.push(slot, counts[slot] ?? 0);
      counts[slot] = 0;
    }
    freeCounters.push(counts);
    this.#counts = null;
    this.#touched.length = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = 0;
    this.#sum = 0;
    return encoded;
  }
}

/** Counters that are all 0. As many as were ever in use at once: a few for each row of the seconds that are open. */
const freeCounters: Uint32Array[] = [];
