import type { EncodedHistogram } from './encoded-histogram.ts';
import { middleOf } from './histogram-shape.ts';

/**
 * The q-quantile of what lies behind the values, in µs with a fraction, about as often too high as too low however few they are:
 * between the values of two ranks (Hyndman and Fan 1996, definition 8). The nearest rank of the values themselves, which reports
 * show, is too low for few of them. undefined while empty.
 */
export function encodedQuantile(encoded: EncodedHistogram, q: number): number | undefined {
  let count = 0;
  for (let i = 4; i < encoded.length; i += 2) count += encoded[i] ?? 0;
  if (count === 0) return undefined;
  const place = Math.min(count, Math.max(1, (count + 1 / 3) * q + 1 / 3));
  const rank = Math.floor(place);
  const below = valueAt(encoded, rank);
  return rank === place ? below : below + (place - rank) * (valueAt(encoded, rank + 1) - below);
}

/** The value of a rank from 1 on: the middle of its slot, never outside the exact least and greatest. */
function valueAt(encoded: EncodedHistogram, rank: number): number {
  const [least = 0, greatest = 0] = encoded;
  let seen = 0;
  for (let i = 3; i < encoded.length; i += 2) {
    seen += encoded[i + 1] ?? 0;
    if (seen >= rank) return Math.min(greatest, Math.max(least, middleOf(encoded[i] ?? 0)));
  }
  return greatest;
}
