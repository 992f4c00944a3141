// Numbers as people read them, the same in every locale: a point before decimals, a space between thousands.

/** `1024` is `1 024`; fractions are rounded. */
export const formatCount = (count: number): string => grouped(count, 0);

/** `1 request`, `1 024 session set-ups`. */
export const counted = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${formatCount(count) === '1' ? '' : 's'}`;

/** Milliseconds with their unit: `0.41 ms`, `3.2 ms`, `287 ms`, `1 204 ms`, and from 10 s on `12.3 s`. */
export function formatMillis(ms: number): string {
  return ms < 9_999.5 ? `${decimals(ms, 3)} ms` : `${decimals(ms / 1000, 3)} s`;
}

/** A share of 1 as per cent: `0.004` is `0.4 %`. Anything between 0 and 1 is never shown as 0 or 100. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return '< 0.01 %';
  if (percent < 100 && percent > 99.99) return '> 99.99 %';
  return `${decimals(percent, percent > 99 ? 4 : 2)} %`;
}

/** A rate: `19.8/s`, `1 204/s`. */
export const formatRate = (perSecond: number): string => `${decimals(perSecond, 3)}/s`;

/** `value` with at least `digits` significant digits, at most two decimals, no trailing zeros. */
function decimals(value: number, digits: number): string {
  const whole = Math.max(1, String(Math.floor(Math.abs(value))).length);
  const places = Math.min(2, Math.max(0, digits - (Math.abs(value) < 1 ? 0 : whole)));
  return grouped(value, places);
}

function grouped(value: number, places: number): string {
  const [whole = '0', fraction = ''] = value.toFixed(places).split('.');
  const rest = fraction.replace(/0+$/, '');
  return whole.replace(/\B(?=(\d{3})+$)/g, ' ') + (rest === '' ? '' : `.${rest}`);
}
