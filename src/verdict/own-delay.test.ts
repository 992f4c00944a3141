import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestRank } from '../metrics/histogram.ts';
import { foldRecord, type RunFold } from '../record/fold.ts';
import { type Planted, plantRecord, plantThread } from '../testing/record-builder.ts';
import type { Metric } from './metric.ts';
import { type OwnDelay, ownDelay } from './own-delay.ts';

const foldOf = (requests: readonly Planted[], delays: readonly number[] = []): RunFold =>
  foldRecord(plantRecord({ requests, threads: () => (delays.length === 0 ? [] : [plantThread(delays)]) }));

const delayOf = (metric: Metric, fold: RunFold, limit = 0): OwnDelay | null =>
  ownDelay({ metric, limit }, fold.steadyTally(null), fold);

const p = (quantile: number): Metric => ({ kind: 'percentile', quantile });
/** What the server took and how late the request left, ms. */
const request = fc.record({
  took: fc.integer({ min: 1, max: 400 }),
  late: fc.oneof(fc.constant(0.1), fc.constant(0.1), fc.integer({ min: 0, max: 300 })),
});

describe('ownDelay()', () => {
  test('bounds how far late requests have moved a percentile, the maximum and the mean', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 80 }), fc.double({ min: 0.1, max: 1 }), (all, q) => {
        const fold = foldOf(all.map(({ took, late }, i) => ({ row: 1, at: 2 + i / 20, ms: took + late, late })));
        const truth = all.map(({ took }) => took).sort((a, b) => a - b);
        const measured = all.map(({ took, late }) => took + late).sort((a, b) => a - b);
        const rank = nearestRank(q, all.length) - 1;
        const moved = (measured[rank] ?? 0) - (truth[rank] ?? 0);
        const bound = delayOf(q === 1 ? { kind: 'max' } : p(q), fold);
        // Slots of the histogram are up to 0.1 % wide.
        expect((bound?.moved ?? 0) / 1000).toBeGreaterThanOrEqual(moved - 0.002 * (measured.at(-1) ?? 0));
        const mean = all.reduce((sum, { late }) => sum + late, 0) / all.length;
        expect((delayOf({ kind: 'avg' }, fold)?.moved ?? 0) / 1000).toBeCloseTo(mean, 2);
      }),
    );
  });

  test('is never more than the longest delay', () => {
    const fold = foldOf(
      Array.from({ length: 100 }, (_, i) => ({ row: 1, at: 2 + i / 20, ms: i * 10, late: i === 50 ? 30 : 0 })),
    );
    expect(delayOf(p(0.95), fold)?.moved).toBe(30_000);
    expect(delayOf(p(0.5), fold)?.moved).toBeLessThanOrEqual(30_000);
  });

  test('tolerates a tenth of the value, 2 % of its limit, and 5 ms in any case', () => {
    const fold = (ms: number) => foldOf([{ row: 1, at: 5, ms }]);
    expect(delayOf(p(0.5), fold(200), 100)?.tolerated).toBe(20_000);
    expect(delayOf(p(0.5), fold(20), 1000)?.tolerated).toBe(20_000);
    expect(delayOf(p(0.5), fold(20), 100)?.tolerated).toBe(5000);
  });

  test('takes no timer for late that is late by the grain of timers', () => {
    const requests = Array.from({ length: 100 }, (_, i) => ({ row: 1, at: 2 + i / 20, ms: 10 + (i % 10) }));
    const fine = foldOf(
      requests,
      Array.from({ length: 50 }, () => 1.9),
    );
    expect(delayOf({ kind: 'avg' }, fine)?.moved).toBe(150);
  });

  test('has nothing to say about what is no response time, or has no finite one', () => {
    const fold = foldOf([{ row: 1, at: 5, ms: 10, failed: ['reset', 0] }]);
    expect(delayOf({ kind: 'rps' }, fold)).toBeNull();
    expect(delayOf({ kind: 'error_rate' }, fold)).toBeNull();
    expect(delayOf(p(0.95), fold)).toBeNull();
    expect(delayOf({ kind: 'avg' }, fold)).toBeNull();
  });
});
