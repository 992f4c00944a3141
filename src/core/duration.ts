import { type Millis, millis } from './units.ts';

const unitMillis = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
type DurationUnit = keyof typeof unitMillis;

const shape = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/**
 * Reads `250ms`, `20s`, `3m`, `1h30m`; a bare number is seconds.
 * @throws RangeError saying what was expected; the caller adds where.
 */
export function parseDuration(text: string): Millis {
  const trimmed = text.trim();
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return finite(Number(trimmed) * 1000, text);
  const match = shape.exec(trimmed);
  if (!match || trimmed === '')
    throw new RangeError(`must be a duration like "30s", "250ms" or "1h30m", got "${text}"`);
  const [, h = '0', m = '0', s = '0', ms = '0'] = match;
  return finite(Number(h) * unitMillis.h + Number(m) * unitMillis.m + Number(s) * unitMillis.s + Number(ms), text);
}

function finite(value: number, text: string): Millis {
  if (!Number.isSafeInteger(Math.round(value)) || value > 365 * 24 * unitMillis.h)
    throw new RangeError(`must be at most a year, got "${text}"`);
  return millis(value);
}

/** Writes a span as `parseDuration` reads it: `90_000` is `1m30s`, `250` is `250ms`. Fractions of a millisecond are rounded. */
export function formatDuration(span: Millis): string {
  let rest = Math.round(span);
  if (rest === 0) return '0s';
  let text = '';
  for (const name of ['h', 'm', 's', 'ms'] as const satisfies readonly DurationUnit[]) {
    const count = Math.floor(rest / unitMillis[name]);
    rest -= count * unitMillis[name];
    if (count > 0) text += `${count}${name}`;
  }
  return text;
}

/** A span as prose has it, in whole seconds: `6 s`, `9 min 30 s`, `2 h 40 min`. */
export function durationWords(span: Millis): string {
  let rest = Math.round(span / 1000);
  if (rest === 0) return '0 s';
  const parts: string[] = [];
  for (const [name, size] of [
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(' ');
}
