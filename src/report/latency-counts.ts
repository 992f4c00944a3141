import { type Micros, micros } from '../core/units.ts';
import type { EncodedHistogram } from '../metrics/encoded-histogram.ts';
import { nearestRank } from '../metrics/histogram.ts';
import { histogramShape, middleOf, slotOf } from '../metrics/histogram-shape.ts';

/**
 * Latencies by slot, from which whole seconds can be taken away again and many percentiles read in one pass: a report that
 * needs eleven percentiles for each second of the run cannot afford a search for each.
 */
export class LatencyCounts {
  readonly #counts = new Int32Array(histogramShape.slots);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(encoded: EncodedHistogram): void {
    this.#change(encoded, 1);
  }

  /** Takes away what was added before. */
  remove(encoded: EncodedHistogram): void {
    this.#change(encoded, -1);
  }

  /**
   * Nearest-rank percentiles in µs, `quantiles` ascending in (0, 1]; empty while there is nothing to read.
   * `least` and `greatest` are the exact ends, which the slots do not know.
   */
  percentiles(quantiles: readonly number[], least: number, greatest: number): readonly Micros[] {
    if (this.#count === 0) return [];
    const values: Micros[] = [];
    let slot = slotOf(micros(least)) - 1;
    let seen = 0;
    for (const quantile of quantiles) {
      const rank = nearestRank(quantile, this.#count);
      while (seen < rank) seen += this.#counts[++slot] ?? 0;
      if (rank === 1) values.push(micros(least));
      else if (rank === this.#count) values.push(micros(greatest));
      else values.push(micros(Math.min(Math.max(middleOf(slot), least), greatest)));
    }
    return values;
  }

  #change(encoded: EncodedHistogram, sign: 1 | -1): void {
    for (let i = 3; i < encoded.length; i += 2) {
      const slot = encoded[i] ?? 0;
      const count = (encoded[i + 1] ?? 0) * sign;
      this.#counts[slot] = (this.#counts[slot] ?? 0) + count;
      this.#count += count;
    }
  }
}
