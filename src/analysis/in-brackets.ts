/**
 * A value with its unit, and its interval in brackets, all to the digits that the width of the interval allows, at most three or so: `14 ms (9–19)`,
 * `3.1 MB/min (2.8–3.4)`. The numbers are divided by `factor`.
 */
export function inBrackets(
  value: number,
  low: number,
  high: number,
  { factor = 1, suffix }: { readonly factor?: number; readonly suffix: string },
): string {
  const half = (high - low) / 2 / factor;
  const least = Math.abs(value / factor) / 200;
  const places = Math.min(6, Math.max(0, -Math.floor(Math.log10(Math.max(half, least, 1e-6)))));
  const show = (number: number): string =>
    (number / factor)
      .toFixed(places)
      .replace(/^-(0(\.0+)?)$/, '$1')
      .replace('-', '−');
  return `${show(value)}${suffix} (${show(low)}${low < 0 ? ' to ' : '–'}${show(high)})`;
}
