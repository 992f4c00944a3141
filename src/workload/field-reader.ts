import { didYouMean } from '../core/did-you-mean.ts';
import { parseDuration } from '../core/duration.ts';
import type { Millis } from '../core/units.ts';
import type { Path, Problem } from './yaml-document.ts';

/**
 * Reads one value of a file. Throws RangeError: a message that begins with "must" is completed with what there is
 * instead, unless it tells that already; any other is shown as it is.
 */
export type Reader<Value> = (value: unknown) => Value;

export type Readers = Readonly<Record<string, Reader<unknown>>>;

/** What could be read of a mapping: a key that is missing or wrong is left out. */
export type FieldsOf<Fields extends Readers> = { readonly [Key in keyof Fields]?: ReturnType<Fields[Key]> };

/** Reads the mapping at `path` and adds everything that is wrong with it to `problems`. */
export function readFields<Fields extends Readers>(
  raw: unknown,
  fields: Fields,
  path: Path,
  problems: Problem[],
): FieldsOf<Fields> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    problems.push({ path, message: `must be a mapping of keys to values, got ${shown(raw)}` });
    return {};
  }
  const read: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    const reader = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const at = [...path, key];
    if (reader) read[key] = readField(value, reader, at, problems);
    else problems.push({ path: at, key: true, message: unknownKey(key, Object.keys(fields)) });
  }
  // Each value came from the reader of its own key.
  return read as FieldsOf<Fields>;
}

/** Reads the value at `path`, or adds what is wrong with it to `problems`. */
export function readField<Value>(
  value: unknown,
  reader: Reader<Value>,
  path: Path,
  problems: Problem[],
): Value | undefined {
  try {
    return reader(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.push({ path, message: withValue(error.message, value) });
    return undefined;
  }
}

/** The entries of the list at `path`; none, and a problem more, when it is not one. */
export function readList(raw: unknown, path: Path, problems: Problem[], mayBeEmpty = false): readonly unknown[] {
  if (raw === undefined) return [];
  if (Array.isArray(raw) && (raw.length > 0 || mayBeEmpty)) return raw;
  problems.push({ path, message: withValue(`must be a list${mayBeEmpty ? '' : ' with at least one entry'}`, raw) });
  return [];
}

/** `must be …, got "many"`. A message that quotes a part of the value, or asks something back, stands as it is. */
export function withValue(message: string, value: unknown): string {
  return /^must /.test(message) && !/, got |there is no "|\?$/.test(message)
    ? `${message}, got ${shown(value)}`
    : message;
}

function unknownKey(key: string, known: readonly string[]): string {
  if (/^(api[-_ ]?key|token|authorization|password)$/i.test(key))
    return 'a secret does not belong in a file; set SQLOAD_API_KEY instead, in the environment or in .env';
  const near = didYouMean(key, known);
  return near === null
    ? `is not a key here; there are ${known.join(', ')}`
    : `is not a key here; did you mean ${near}?`;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  // A file is no place for a password, but may have one.
  const safe = text.replace(/\/\/[^/@\s]*@/, '//…@');
  return safe.length <= 60 ? safe : `${safe.slice(0, 59)}…`;
}

/** Reads `90s`, `1h30m`, `250ms`; a bare number is seconds. */
export const duration: Reader<Millis> = (value) => {
  try {
    return parseDuration(scalar(value));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(error.message.replace(/, got "[\s\S]*"$/, ''));
  }
};

/** Reads `40%` as 0.4; from 0 % to 100 %. */
export const percent: Reader<number> = (value) => {
  const share = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(scalar(value))?.[1]) / 100;
  if (!(share >= 0 && share <= 1)) throw new RangeError('must be a percentage from 0% to 100%');
  return share;
};

/** A whole number within bounds, ends included. */
export const wholeNumber =
  (least: number, most: number): Reader<number> =>
  (value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      throw new RangeError(`must be a whole number from ${least} to ${most}`);
    return value;
  };

export const flag: Reader<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new RangeError('must be true or false');
  return value;
};

/** A text of one line, not empty. */
export const line: Reader<string> = (value) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (typeof value !== 'string' || value.trim() === '' || /[\u0000-\u001f\u007f]/.test(value.trim()))
    throw new RangeError('must be a text of one line');
  return value.trim();
};

/** A name that is shown in tables and becomes a part of file names. */
export const shortName: Reader<string> = (value) => {
  const text = scalar(value);
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u.test(text))
    throw new RangeError('must be a name of letters, digits, spaces, dots and dashes, at most 64 of them');
  return text;
};

/** The text of a string or a number: YAML reads `60` as a number and `60s` as a text. */
export function scalar(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}
