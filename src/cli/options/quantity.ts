import { parseDuration } from '../../core/duration.ts';
import { type Millis, type PerSecond, perSecond } from '../../core/units.ts';

/** Reads a whole number within bounds. Throws RangeError saying what it must be. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new RangeError(`must be a whole number from ${least} to ${grouped(most)}`);
    return value;
  };
}

/** Reads a rate: `100`, `0.5` or `100/s`. Throws RangeError unless it is above 0 and at most 100 000 per second. */
export function rate(of: 'users' | 'conversations'): (text: string) => PerSecond {
  return (text) => {
    const value = Number(/^(\d+(?:\.\d+)?)(?:\s*\/\s*s)?$/.exec(text)?.[1]);
    if (!(value > 0 && value <= 100_000))
      throw new RangeError(`must be a number of ${of} per second above 0 and at most 100 000`);
    return perSecond(value);
  };
}

/** Reads a span of at least `least` ms. Throws RangeError saying what it must be. */
export function span(least: number, leastText: string): (text: string) => Millis {
  return (text) => {
    const value = readDuration(text);
    if (value < least) throw new RangeError(`must be at least ${leastText}`);
    return value;
  };
}

/** Reads a run time: whole seconds, at least one. Throws RangeError saying what it must be. */
export function runTime(text: string): Millis {
  const value = readDuration(text);
  if (value < 1000 || value % 1000 !== 0) throw new RangeError('must be a whole number of seconds, at least 1s');
  return value;
}

/** As `parseDuration`, but the text itself is left out of the error: the caller shows it. */
export function readDuration(text: string): Millis {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof RangeError) throw new RangeError(error.message.replace(/, got "[\s\S]*"$/, ''));
    throw error;
  }
}

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
