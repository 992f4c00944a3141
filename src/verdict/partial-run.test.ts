import { describe, expect, test } from 'vitest';
import type { RecordPart } from '../record/record.ts';
import { plantHeader } from '../testing/record-builder.ts';
import { partialLoad } from './partial-run.ts';

const noon = Date.parse('2026-03-01T12:00:00.000Z');

/** Slices of a run with a steady window of 8 s that begin these ms after noon. */
const begun = (...starts: readonly number[]): RecordPart[] =>
  starts.map((after, index) => ({ index, startedAt: new Date(noon + after).toISOString() }));

const told = (parts: readonly RecordPart[], count = parts.length) =>
  partialLoad(plantHeader({ slices: { count, parts } }));

describe('partialLoad()', () => {
  test('has nothing to say of a whole run, nor of slices that began within a tenth of the steady window', () => {
    expect(told(begun(0))).toEqual([]);
    expect(told(begun(0, 800, 300))).toEqual([]);
  });

  test('names the slices that began first and last when they were further apart', () => {
    expect(told(begun(0, 801, 300))).toEqual([
      'slice 2/3 began 801ms after slice 1/3: the whole load stood together for 7s199ms of 8s only',
    ]);
    expect(told(begun(9100, 0))).toEqual([
      'slice 1/2 began 9s100ms after slice 2/2: the whole load never stood at its target',
    ]);
  });

  test('measures against the whole run when it has no steady window', () => {
    const profile = { ...plantHeader().profile, steady: null };
    const told = (after: number) => partialLoad(plantHeader({ profile, slices: { count: 2, parts: begun(0, after) } }));
    expect(told(1000)).toEqual([]);
    expect(told(1001)).toHaveLength(1);
  });

  test('names the slices that break off, beside those that are missing', () => {
    const parts = begun(0, 0, 0, 0).map((part) => (part.index % 2 === 1 ? { ...part, cutAfter: part.index } : part));
    expect(told(parts)).toEqual(['slice 2/4 breaks off after 1s', 'slice 4/4 breaks off after 3s']);
    expect(told(parts.slice(0, 3), 4)).toEqual([
      'slice 4/4 of the run is missing: merge its record too',
      'slice 2/4 breaks off after 1s',
    ]);
    const many = Array.from({ length: 9 }, (_, index) => ({ index, startedAt: '2026-03-01T12:00:00Z', cutAfter: 3 }));
    expect(told(many)).toHaveLength(7);
    expect(told(many).at(-1)).toBe('3 more break off');
  });
});
