import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { detectableRise, rateDifference, rateDifferenceP } from './rate-difference.ts';

const rate = fc
  .tuple(fc.integer({ min: 1, max: 20_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([requests, share]) => ({ requests, failures: Math.round(requests * share ** 4) }));

test('rateDifference() holds the difference, turns round with the sides, and p says when it leaves out 0', () => {
  fc.assert(
    fc.property(rate, rate, (a, b) => {
      const { low, high } = rateDifference(a, b, 0.05);
      const difference = b.failures / b.requests - a.failures / a.requests;
      expect(low).toBeLessThanOrEqual(difference + 1e-9);
      expect(high).toBeGreaterThanOrEqual(difference - 1e-9);
      expect(rateDifference(b, a, 0.05).high).toBeCloseTo(-low, 9);
      const p = rateDifferenceP(a, b);
      fc.pre(Math.abs(p - 0.05) > 1e-4);
      expect(p < 0.05).toBe(low > 0 || high < 0);
    }),
    { numRuns: 60 },
  );
});

test('few failures show little: 5 of 12 000 against none may be chance, 8 are not', () => {
  const none = { failures: 0, requests: 12_000 };
  expect(rateDifferenceP(none, none)).toBe(1);
  expect(rateDifferenceP(none, { failures: 5, requests: 12_000 })).toBeGreaterThan(0.04);
  expect(rateDifferenceP(none, { failures: 8, requests: 12_000 })).toBeLessThan(0.02);
  const { low, high } = rateDifference(none, none, 0.05);
  expect(high).toBeCloseTo(3.689 / 12_000, 6);
  expect(low).toBeCloseTo(-high, 9);
});

test.each([
  [0, 2520, 2520],
  [0, 2528, 632],
  [5, 2528, 632],
  [126, 2520, 2520],
])('after %i failures of %i, about nine in ten rises of the size that is printed are shown in %i', (failures, n, m) => {
  const random = seededRandom(`rise ${failures} ${m}`);
  const drawn = (requests: number, share: number): number => {
    let count = 0;
    for (let i = 0; i < requests; i++) count += random.next() < share ? 1 : 0;
    return count;
  };
  const level = 0.05 / 3;
  const rise =
    detectableRise({ failures, requests: n }, { failures: Math.round((failures / n) * m), requests: m }, level, 0) ?? 0;
  let shown = 0;
  for (let i = 0; i < 400; i++) {
    const a = { failures: drawn(n, failures / n), requests: n };
    const b = { failures: drawn(m, failures / n + rise), requests: m };
    shown += rateDifference(a, b, level).low > 0 ? 1 : 0;
  }
  expect(shown / 400).toBeGreaterThan(0.86);
  expect(shown / 400).toBeLessThan(0.98);
});
