import int32 from 'hdr-histogram-js/dist/Int32Histogram.js';
import { type Micros, micros } from '../core/units.ts';
import { type EncodedHistogram, emptyHistogram } from './encoded-histogram.ts';
import { clampToShape, histogramShape, middleOf, slotOf } from './histogram-shape.ts';

/**
 * Latencies added up: an HdrHistogram of the one shape, with the exact least, greatest and sum kept beside it.
 * Percentiles are by nearest rank, within 0.1 % of the exact value.
 */
export class Histogram {
  #made: InstanceType<typeof int32.default> | null = null;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  #sum = 0;

  get count(): number {
    return this.#made?.totalCount ?? 0;
  }

  /** Exact least value; undefined while empty. */
  get min(): Micros | undefined {
    return this.count === 0 ? undefined : micros(this.#min);
  }

  /** Exact greatest value; undefined while empty. */
  get max(): Micros | undefined {
    return this.count === 0 ? undefined : micros(this.#max);
  }

  /** Exact mean in µs, with a fraction; undefined while empty. */
  get mean(): number | undefined {
    return this.count === 0 ? undefined : this.#sum / this.count;
  }

  record(value: Micros, times = 1): void {
    const clamped = clampToShape(value);
    this.#count(slotOf(value), times);
    this.#note(clamped, clamped, clamped * times);
  }

  /** Adds what `encode` wrote, here or elsewhere. */
  add(encoded: EncodedHistogram): void {
    if (encoded.length === 0) return;
    const [min = 0, max = 0, sum = 0] = encoded;
    for (let i = 3; i < encoded.length; i += 2) this.#count(encoded[i] ?? 0, encoded[i + 1] ?? 0);
    this.#note(min, max, sum);
  }

  /** Adds another one. */
  merge(other: Histogram): void {
    if (other.count === 0) return;
    const last = slotOf(micros(other.#max));
    for (let slot = slotOf(micros(other.#min)); slot <= last; slot++) {
      const count = other.#hdr.getCountAtIndex(slot);
      if (count > 0) this.#count(slot, count);
    }
    this.#note(other.#min, other.#max, other.#sum);
  }

  encode(): EncodedHistogram {
    if (this.count === 0) return emptyHistogram;
    const encoded = [this.#min, this.#max, this.#sum];
    const last = this.#hdr.countsArrayIndex(this.#max);
    for (let slot = this.#hdr.countsArrayIndex(this.#min); slot <= last; slot++) {
      const count = this.#hdr.getCountAtIndex(slot);
      if (count > 0) encoded.push(slot, count);
    }
    return encoded;
  }

  /**
   * The value of 1-based `rank` in ascending order: the middle of its slot, never outside the exact least and greatest.
   * @throws RangeError when there is no such rank.
   */
  valueAtRank(rank: number): Micros {
    if (!(rank >= 1 && rank <= this.count)) throw new RangeError(`rank must be 1 to ${this.count}, got ${rank}`);
    if (rank === 1) return micros(this.#min);
    if (rank === this.count) return micros(this.#max);
    // HdrHistogramJS rounds a percentile to the nearest count, so the percentile of a whole rank is that rank.
    const value = this.#hdr.medianEquivalentValue(this.#hdr.getValueAtPercentile((100 * rank) / this.count));
    return micros(Math.min(Math.max(value, this.#min), this.#max));
  }

  /** Nearest-rank percentile, `quantile` in (0, 1]; undefined while empty. */
  percentile(quantile: number): Micros | undefined {
    return this.count === 0 ? undefined : this.valueAtRank(nearestRank(quantile, this.count));
  }

  /** The values in slots above that of `value`, ascending: the middle of each slot, at most the exact greatest, and how often it came. */
  *above(value: Micros): Generator<{ readonly value: Micros; readonly count: number }> {
    if (this.count === 0) return;
    const last = slotOf(micros(this.#max));
    for (let slot = slotOf(value) + 1; slot <= last; slot++) {
      const count = this.#hdr.getCountAtIndex(slot);
      if (count > 0) yield { value: micros(Math.min(middleOf(slot), this.#max)), count };
    }
  }

  // Its slots take 94 KB, which those that stay empty never ask for.
  get #hdr(): InstanceType<typeof int32.default> {
    this.#made ??= new int32.default(histogramShape.lowest, histogramShape.highest, histogramShape.digits);
    return this.#made;
  }

  // HdrHistogram's own greatest and least stay behind; they are not used, ours are exact.
  #count(slot: number, count: number): void {
    this.#hdr.addToCountAtIndex(slot, count);
    this.#hdr.addToTotalCount(count);
  }

  #note(min: number, max: number, sum: number): void {
    if (min < this.#min) this.#min = min;
    if (max > this.#max) this.#max = max;
    this.#sum += sum;
  }
}

/** ⌈q·n⌉, at least 1, with the binary rounding of q·n taken out (0.95 × 20 is 19, not 19.000…01). */
export function nearestRank(quantile: number, count: number): number {
  return Math.min(count, Math.max(1, Math.ceil(Number((quantile * count).toPrecision(12)))));
}
