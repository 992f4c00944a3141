import { formatCount, formatMillis, formatPercent, formatRate } from '../core/format.ts';
import type { GradedThreshold } from './verdict.ts';

/** A limit or a measured value with its unit: `287 ms`, `0.4 %`, `19.8/s`, `1 024`. */
export function formatValue(value: number, unit: GradedThreshold['unit']): string {
  switch (unit) {
    case 'ms':
      return formatMillis(value);
    case '%':
      return formatPercent(value / 100);
    case '1/s':
      return formatRate(value);
    case 'count':
      return formatCount(value);
  }
}

/** What follows a number of a unit. */
export const suffixes = { ms: ' ms', '%': ' %', '1/s': '/s', count: '' } as const;

/** The measured value, unrounded where rounding would make it look like a limit that it only comes close to. */
export function formatMeasured(measured: number, { limit, unit }: Pick<GradedThreshold, 'limit' | 'unit'>): string {
  const text = formatValue(measured, unit);
  if (text !== formatValue(limit, unit) || measured === limit) return text;
  return `${Number(measured.toFixed(4))}${suffixes[unit]}`;
}
