import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { plantHeader, tenSeconds } from '../testing/record-builder.ts';
import { cutHeader, headerDifferences, mergeHeaders } from './merge-headers.ts';
import type { RecordHeader } from './record.ts';

const slice = (index: number, more: Partial<RecordHeader> = {}): RecordHeader => {
  const startedAt = `2026-03-01T12:00:0${(index * 7) % 10}.000Z`;
  return plantHeader({ startedAt, slices: { count: 3, parts: [{ index, startedAt }] }, ...more });
};

describe('headerDifferences()', () => {
  test('is empty for slices of one run, whoever plays them, whenever and wherever', () => {
    const { settings } = slice(0);
    const other = slice(1, {
      node: '22.0.0',
      sqload: '0.2.0',
      workers: 4,
      preflight: { requests: 0 },
      settings: { ...settings, out: { value: 'elsewhere', from: 'flag' }, workers: { value: '4', from: 'flag' } },
    });
    expect(headerDifferences(slice(0), other)).toEqual([]);
  });

  test('names what was set differently, and only then what came of it', () => {
    const profile = { ...tenSeconds, points: [{ at: millis(0), users: 4 }] };
    const changed = { ...slice(0).settings, users: { value: '5', from: 'flag' } };
    expect(headerDifferences(slice(0), slice(1, { profile, settings: changed, seed: 'other' }))).toEqual([
      { what: 'seed', values: ['planted', 'other'] },
      { what: 'users', values: ['4', '5'] },
    ]);
    expect(headerDifferences(slice(0), slice(1, { profile }))).toMatchObject([{ what: 'users over time' }]);
  });

  test.each<[string, Partial<RecordHeader>]>([
    ['scenario', { scenario: 'spike' }],
    ['target', { target: { address: 'http://127.0.0.1:1', builtIn: null } }],
    ['number of slices', { slices: { count: 4, parts: [] } }],
    ['thresholds', { thresholds: [{ text: 'p95<1s', source: 'option' }] }],
    ['requests', { rows: [] }],
    ['load', { load: { ...slice(0).load, thinkMin: millis(1) } }],
  ])('sees another %s', (what, more) => {
    expect(headerDifferences(slice(0), slice(1, more)).map((difference) => difference.what)).toEqual([what]);
  });
});

describe('mergeHeaders()', () => {
  test('tells of all parts, from the first start on, whatever the order', () => {
    const headers = [slice(2, { workers: 2, node: '22.0.0' }), slice(0), slice(1, { node: '24.0.0' })];
    const merged = mergeHeaders(headers);
    expect(merged).toMatchObject({
      // Slice 0 starts at :00, slice 1 at :07, slice 2 at :04.
      startedAt: '2026-03-01T12:00:00.000Z',
      slices: { count: 3, parts: [{ index: 0 }, { index: 1 }, { index: 2 }] },
      workers: 2,
      preflight: { requests: 6 },
      settings: { slice: { value: 'all 3', from: 'merge' } },
    });
    expect(mergeHeaders([...headers].reverse())).toEqual(merged);
    expect(mergeHeaders([slice(1), slice(2)]).startedAt).toBe('2026-03-01T12:00:04.000Z');
    expect(mergeHeaders([slice(2), slice(1)]).settings['slice']?.value).toBe('2/3, 3/3');
  });

  test('tells which slices were cut short, and after how many seconds', () => {
    const merged = mergeHeaders([slice(0), cutHeader(slice(1), 3)]);
    expect(merged.slices.parts).toMatchObject([{ index: 0 }, { index: 1, cutAfter: 3 }]);
    expect(merged.slices.parts[0]).not.toHaveProperty('cutAfter');
    // The merged record has no end either, and says already why.
    expect(mergeHeaders([cutHeader(merged, 8), slice(2)])).toEqual(
      mergeHeaders([slice(0), cutHeader(slice(1), 3), slice(2)]),
    );
  });

  test('puts the monitors of all slices side by side, in the order of the slices', () => {
    const monitor = (slice: number) => ({ name: 'db', source: 'process 7', slice, cpu: null, memory: null });
    const header = (index: number) =>
      plantHeader({
        monitors: [monitor(index)],
        slices: { count: 2, parts: [{ index, startedAt: '2026-03-01T12:00:00.000Z' }] },
      });
    expect(mergeHeaders([header(1), header(0)]).monitors).toEqual([monitor(0), monitor(1)]);
  });

  test('allows only what every slice allows', () => {
    const allowing = slice(1, { allowed: { saturated: true, dropped: true } });
    expect(mergeHeaders([slice(0, { allowed: { saturated: true, dropped: false } }), allowing]).allowed).toEqual({
      saturated: true,
      dropped: false,
    });
  });
});
