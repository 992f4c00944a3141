import { durationWords } from '../core/duration.ts';
import { formatCount } from '../core/format.ts';
import { seconds } from '../core/units.ts';

interface Bounded {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A value with its unit, and its interval in brackets, all to the digits that the width of the interval allows, at most three or so: `14 ms (9–19)`,
 * `3.1 MB/min (2.8–3.4)`. The numbers are divided by `factor`.
 */
export function inBrackets(
  { value, low, high }: Bounded,
  { factor = 1, suffix }: { readonly factor?: number; readonly suffix: string },
): string {
  const half = (high - low) / 2 / factor;
  const least = Math.abs(value / factor) / 200;
  const digits = -Math.floor(Math.log10(Math.max(half / 2, least, 1e-6)));
  const places = Math.min(6, Math.max(0, digits));
  // Three digits of a wide interval: no single milliseconds where it spans seconds.
  const step = 10 ** Math.max(0, -digits - 1);
  const text = (number: number): string =>
    grouped(step > 1 ? String(Math.round(number / factor / step) * step) : (number / factor).toFixed(places));
  return `${text(value)}${suffix} (${text(low)}${low < 0 ? ' to ' : '–'}${text(high)})`;
}

/** A time in ms, from 10 s on in seconds: `306 ms (290–320)`, `12.4 s (11.9–12.8)`. */
export const millisInBrackets = (bounded: Bounded): string =>
  inBrackets(bounded, bounded.value < 9_999.5 ? { suffix: ' ms' } : { factor: 1000, suffix: ' s' });

/** A span in seconds: `6 s (2–9)`, and from two minutes on `2 h 40 min (2 h 10 min – 3 h 25 min)`; a null as its end is open. */
export function spanInBrackets({ value, low, high }: Omit<Bounded, 'high'> & { readonly high: number | null }): string {
  const [words, least] = [spanWords(value), spanWords(low)];
  if (high === null) return `${words} (${least} or more)`;
  if (Math.max(value, high) < 60) return `${words} (${formatCount(low)}–${formatCount(high)})`;
  return `${words} (${least} – ${spanWords(high)})`;
}

/** `14 s`, `9 min 30 s`, from ten minutes on `2 h 40 min`. */
export function spanWords(length: number): string {
  const step = length >= 600 ? 60 : 1;
  return durationWords(seconds(Math.round(Math.max(0, length) / step) * step));
}

function grouped(text: string): string {
  const [whole = '', fraction] = text.replace(/^-(0(\.0+)?)$/, '$1').split('.');
  const sign = whole.startsWith('-') ? '−' : '';
  return `${sign}${formatCount(Math.abs(Number(whole)))}${fraction === undefined ? '' : `.${fraction}`}`;
}
