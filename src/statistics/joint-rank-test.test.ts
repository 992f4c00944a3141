import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { holm } from './holm.ts';
import { jointRankTest, type TwoSided } from './joint-rank-test.ts';
import { rankTest } from './rank-test.ts';

const joint = (measures: readonly TwoSided[]) => jointRankTest(measures, seededRandom('divisions'));

/** Standard normal values. */
function normals(seed: string): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

const few = fc.integer({ min: 0, max: 5 });
const four = fc.array(few, { minLength: 4, maxLength: 4 });
const measures = fc.array(fc.record({ a: four, b: four }), { minLength: 1, maxLength: 4 });

describe('jointRankTest()', () => {
  test('shows with 4 against 4 what stands out among others, at the p of the rank test', () => {
    const [p95, errors, throughput] = joint([
      { a: [341, 345, 343, 340], b: [512, 509, 515, 511] },
      { a: [0.001, 0.003, 0.002, 0.0015], b: [0.002, 0.001, 0.0025, 0.0017] },
      { a: [19.8, 19.9, 20.1, 19.7], b: [19.6, 20.0, 19.75, 19.85] },
    ]);
    expect(p95).toBeCloseTo(2 / 70, 12);
    expect(errors).toBeGreaterThan(0.5);
    expect(throughput).toBeGreaterThan(0.5);
  });

  test('counts each division in which another measure lies as far out', () => {
    const [ranked, wide] = joint([
      { a: [1, 2, 3, 4], b: [5, 6, 7, 8] },
      { a: [0, 100, 0, 100], b: [1, 101, 1, 101] },
    ]);
    // {0, 0, 1, 1} against {100, 100, 101, 101} is one division, and its mirror the other.
    expect(ranked).toBeCloseTo(4 / 70, 12);
    expect(wide).toBeGreaterThan(0.1);
    expect(joint([])).toEqual([]);
    expect(joint([{ a: [1, 1, 1, 1], b: [1, 1, 1, 1] }])).toEqual([1]);
  });

  test('is the rank test of one measure, and between it and Holm of several', () => {
    fc.assert(
      fc.property(measures, (family) => {
        const alone = family.map(({ a, b }) => rankTest(a, b));
        const held = holm(alone);
        joint(family).forEach((p, i) => {
          expect(p).toBeGreaterThanOrEqual((alone[i] ?? 0) - 1e-12);
          expect(p).toBeLessThanOrEqual((held[i] ?? 0) + 1e-12);
        });
        expect(joint(family.slice(0, 1))[0]).toBeCloseTo(alone[0] ?? 0, 12);
      }),
      { numRuns: 100 },
    );
  });

  test('does not mind the order of units and measures', () => {
    fc.assert(
      fc.property(measures, (family) => {
        const p = joint(family);
        const turned = family.map(({ a, b }) => ({ a: b.toReversed(), b: a.toReversed() })).toReversed();
        joint(turned).forEach((value, i) => {
          expect(value).toBeCloseTo(p[p.length - 1 - i] ?? 0, 12);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('is wrong in at most 5 % of families whose units are alike, related measures and failures without limit too', () => {
    const next = normals('alike');
    for (const [n, m] of [
      [4, 4],
      [5, 3],
      [5, 6],
    ] as const) {
      const families = 600;
      let wrong = 0;
      for (let i = 0; i < families; i++) {
        const units = Array.from({ length: n + m }, () => {
          const [common, own, rate] = [next(), next(), next()];
          return [common, common + own, rate < 1 ? 0 : rate, own > 1 ? Number.POSITIVE_INFINITY : own] as const;
        });
        const family = [0, 1, 2, 3].map((k) => {
          const values = units.map((unit) => unit[k] ?? 0);
          return { a: values.slice(0, n), b: values.slice(n) };
        });
        if (joint(family).some((p) => p <= 0.05)) wrong += 1;
      }
      // 5 % and two standard errors.
      expect(wrong / families).toBeLessThan(0.05 + 2 * Math.sqrt((0.05 * 0.95) / families));
      expect(wrong).toBeGreaterThan(0);
    }
  });

  test('holds what is alike to 5 % while another measure is truly shifted', () => {
    const next = normals('one shifted');
    let wrong = 0;
    let found = 0;
    const families = 600;
    for (let i = 0; i < families; i++) {
      const side = (shift: number) => Array.from({ length: 4 }, () => [next() + shift, next(), next()] as const);
      const [x, y] = [side(0), side(8)];
      const [shifted = 1, ...alike] = joint(
        [0, 1, 2].map((k) => ({ a: x.map((u) => u[k] ?? 0), b: y.map((u) => u[k] ?? 0) })),
      );
      if (shifted <= 0.05) found += 1;
      if (alike.some((p) => p <= 0.05)) wrong += 1;
    }
    expect(wrong / families).toBeLessThan(0.05 + 2 * Math.sqrt((0.05 * 0.95) / families));
    expect(found / families).toBeGreaterThan(0.9);
  });

  test('draws divisions where there are too many, near the exact p, the same for the same seed', () => {
    const next = normals('many');
    const values = Array.from({ length: 20 }, next);
    const family = [{ a: values.slice(0, 10), b: values.slice(10).map((value) => value + 1) }];
    const [p = 0] = joint(family);
    expect(p).toBeGreaterThanOrEqual(rankTest(family[0]?.a ?? [], family[0]?.b ?? []));
    expect(p).toBeLessThan(rankTest(family[0]?.a ?? [], family[0]?.b ?? []) + 0.02);
    expect(joint(family)).toEqual([p]);
  });
});
