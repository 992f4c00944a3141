import { didYouMean } from '../core/did-you-mean.ts';
import { formatDuration } from '../core/duration.ts';
import { type RowId, rowIds } from '../protocol/dialect.ts';
import type { Mix } from '../protocol/flow.ts';
import { guidePaths } from '../protocol/path-dialect.ts';
import type { ThinkTime } from '../workload/think-time.ts';
import { readDuration } from './quantity.ts';

export type Paths = Readonly<Record<RowId, string>>;

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
  for (const [row, weight] of readRows(text, 'health=1,initial=3,follow-up=5')) {
    if (!/^\d+(\.\d+)?$/.test(weight)) throw new RangeError(`must have a number of 0 or more for ${row}`);
    mix[row] = Number(weight);
  }
  if (rowIds.every((row) => mix[row] === 0)) throw new RangeError('must have at least one weight above 0');
  return mix;
}

/** Reads `initial=/x,follow-up=/y,health=/z`; a name left out keeps the guide's path. Throws RangeError saying what it must be. */
export function parsePaths(text: string): Paths {
  const paths: Record<RowId, string> = { ...guidePaths };
  for (const [row, path] of readRows(text, 'initial=/ask,health=/healthz')) {
    if (!/^\/[\x21\x22\x24-\x7e]*$/.test(path))
      throw new RangeError(`must have a path for ${row} that begins with / and has no space and no #`);
    paths[row] = path;
  }
  return paths;
}

export const showRows = (values: Readonly<Record<RowId, string | number>>): string =>
  rowIds.map((row) => `${row}=${values[row]}`).join(',');

function readRows(text: string, example: string): readonly (readonly [RowId, string])[] {
  const seen = new Set<string>();
  return text.split(',').map((part) => {
    const equals = part.indexOf('=');
    const name = part.slice(0, equals < 0 ? undefined : equals).trim();
    const row = rowIds.find((id) => id === name);
    if (equals < 0) throw new RangeError(`must be a list like ${example}`);
    if (row === undefined) {
      const near = didYouMean(name, rowIds);
      const meant = near === null ? '' : `; did you mean ${near}?`;
      throw new RangeError(`must name only ${rowIds.join(', ')}: there is no "${name}"${meant}`);
    }
    if (seen.has(row)) throw new RangeError(`must name ${row} only once`);
    seen.add(row);
    return [row, part.slice(equals + 1).trim()] as const;
  });
}
