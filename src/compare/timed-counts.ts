import type { EncodedHistogram } from '../metrics/encoded-histogram.ts';
import { middleOf } from '../metrics/histogram-shape.ts';
import type { RunSeries, SeriesSecond, Span } from '../record/series.ts';
import { LevelCounts } from '../statistics/level-counts.ts';

/** A span of a run in units of time that blocks are made of: a second each, or more in a run of hours. */
export interface TimeUnits {
  readonly seconds: readonly (readonly SeriesSecond[])[];
  readonly unitSeconds: number;
}

/** More units would not tell more about a spread, and cost time. */
const mostUnits = 1200;

/** What is over after the last whole unit is left out: it would be a shorter one. */
export function timeUnits({ seconds }: RunSeries, { start, end }: Span): TimeUnits {
  const unitSeconds = Math.max(1, Math.ceil((end - start) / mostUnits));
  const units = Math.floor((end - start) / unitSeconds);
  return {
    unitSeconds,
    seconds: Array.from({ length: units }, (_, unit) =>
      seconds.slice(start + unit * unitSeconds, start + (unit + 1) * unitSeconds),
    ),
  };
}

/** One number of each unit: the sum over its seconds. */
export const perUnit = ({ seconds }: TimeUnits, of: (second: SeriesSecond) => number): Float64Array =>
  Float64Array.from(seconds, (each) => each.reduce((sum, second) => sum + of(second), 0));

/** More levels than these would cost much and tell a spread no better: neighbouring slots are joined, at worst to 1/128 of their value. */
const mostLevels = 2048;

/** The histograms of each unit, as counts by level in ms. */
export function levelCounts(
  { seconds }: TimeUnits,
  of: (second: SeriesSecond) => readonly EncodedHistogram[],
): LevelCounts {
  const units = seconds.map((each) => slotCounts(each.flatMap(of)));
  let shift = 0;
  let levels: number[];
  do {
    levels = distinct(units, shift);
    shift += 1;
  } while (levels.length > mostLevels && shift <= 3);
  shift -= 1;
  const indexOf = new Map(levels.map((level, index) => [level, index]));
  return new LevelCounts(
    levels.map((level) => middleOf((level << shift) + ((1 << shift) >> 1)) / 1000),
    units.length,
    (unit) => (units[unit] ?? []).map(([slot, count]) => [indexOf.get(slot >> shift) ?? 0, count] as const),
  );
}

function slotCounts(histograms: readonly EncodedHistogram[]): readonly (readonly [slot: number, count: number])[] {
  const counts: (readonly [number, number])[] = [];
  for (const encoded of histograms)
    for (let i = 3; i < encoded.length; i += 2) counts.push([encoded[i] ?? 0, encoded[i + 1] ?? 0]);
  return counts;
}

function distinct(units: readonly (readonly (readonly [number, number])[])[], shift: number): number[] {
  const slots = new Set<number>();
  for (const unit of units) for (const [slot] of unit) slots.add(slot >> shift);
  return [...slots].sort((a, b) => a - b);
}
