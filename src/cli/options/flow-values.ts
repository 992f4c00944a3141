import { formatDuration } from '../../core/duration.ts';
import { type RowId, rowIds } from '../../protocol/dialect.ts';
import type { Mix } from '../../protocol/flow.ts';
import type { ThinkTime } from '../../workload/think-time.ts';
import { readNamed, showNamed } from './named-values.ts';
import { readDuration } from './quantity.ts';

/** A row that is left out keeps the path of the dialect. */
export type Paths = Readonly<Partial<Record<RowId, string>>>;

/** Reads `3s-7s`, or one span for a constant pause; `0s` is none. Throws RangeError saying what it must be. */
export function parseThink(text: string): ThinkTime {
  const [low = '', high = low, ...rest] = text.split('-');
  if (rest.length > 0) throw new RangeError('must be two durations like 3s-7s, or one');
  const think = { min: readDuration(low), max: readDuration(high) };
  if (think.min > think.max) throw new RangeError('must have the shorter duration first');
  return think;
}

export const showThink = ({ min, max }: ThinkTime): string =>
  min === max ? formatDuration(min) : `${formatDuration(min)}-${formatDuration(max)}`;

/** Reads `health=1,initial=3,follow-up=5`; a name left out is 0. Throws RangeError saying what it must be. */
export function parseMix(text: string): Mix {
  const mix: Record<RowId, number> = { health: 0, initial: 0, 'follow-up': 0, automatic: 0 };
  for (const [row, weight] of readNamed(text, rowIds, 'health=1,initial=3,follow-up=5')) {
    if (!/^\d+(\.\d+)?$/.test(weight)) throw new RangeError(`must have a number of 0 or more for ${row}`);
    mix[row] = Number(weight);
  }
  if (rowIds.every((row) => mix[row] === 0)) throw new RangeError('must have at least one weight above 0');
  return mix;
}

/** Reads `initial=/x,follow-up=/y,health=/z`. Throws RangeError saying what it must be. */
export function parsePaths(text: string): Paths {
  const paths: Partial<Record<RowId, string>> = {};
  for (const [row, path] of readNamed(text, rowIds, 'initial=/ask,health=/healthz')) {
    if (!isPath(path)) throw new RangeError(`must have a path for ${row} that begins with / and has no space and no #`);
    paths[row] = path;
  }
  return paths;
}

/** Reads the path of one thing. Throws RangeError saying what it must be. */
export function parsePath(text: string): string {
  if (!isPath(text)) throw new RangeError('must be a path that begins with / and has no space and no #');
  return text;
}

const isPath = (text: string): boolean => /^\/[\x21\x22\x24-\x7e]*$/.test(text);

export const showRows = (values: Readonly<Partial<Record<RowId, string | number>>>): string =>
  showNamed(rowIds, values);
