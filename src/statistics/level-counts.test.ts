import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { deviationOf, resample } from './block-bootstrap.ts';
import { chooseBlocks } from './block-length.ts';
import { LevelCounts } from './level-counts.ts';
import { RunningSums } from './stretches.ts';

const series = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 5 }), { minLength: 1, maxLength: 20 });

test('LevelCounts and RunningSums give what sorting and adding the values of the stretches gives', () => {
  fc.assert(
    fc.property(
      series,
      fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { minLength: 1, maxLength: 4 }),
      fc.nat(30),
      (units, pairs, skip) => {
        const stretches = pairs.flatMap(([a, b]) => [
          Math.min(a, b, units.length),
          Math.min(Math.max(a, b), units.length),
        ]);
        const values: number[] = [];
        for (let i = 0; i < stretches.length; i += 2)
          values.push(...units.slice(stretches[i], stretches[i + 1]).flat());
        const sums = new RunningSums(Float64Array.from(units, (unit) => unit.length));
        expect(sums.over(stretches)).toBe(values.length);
        const counts = new LevelCounts([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], units.length, (unit) =>
          (units[unit] ?? []).map((value) => [value, 1] as const),
        );
        const rank = 1 + (skip % (values.length + 1));
        const expected = values.sort((a, b) => a - b)[rank - 1] ?? Number.POSITIVE_INFINITY;
        expect(counts.valueAt(rank, stretches)).toBe(expected);
      },
    ),
  );
});

/** Values that remember the one before with weight `keep`; mean 0, variance 1. */
function remembering(keep: number, n: number, seed: string): Float64Array {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  let at = normal();
  return Float64Array.from({ length: n }, () => {
    at = keep * at + Math.sqrt(1 - keep * keep) * normal();
    return at;
  });
}

const errorOfMean = (values: Float64Array, seed: string): { error: number; count: number } => {
  const blocks = chooseBlocks(values);
  const sums = new RunningSums(values);
  const plan = { length: values.length, blockLength: blocks.length, resamples: 400, random: seededRandom(seed) };
  const means = resample(plan, (drawn) => sums.over(drawn) / values.length);
  const correction = (blocks.inflation * values.length) / (values.length - blocks.length);
  return { error: deviationOf(means) * Math.sqrt(correction), count: blocks.count };
};

test('blocks tell the error of a mean, also where values remember each other, and of ever fewer of them', () => {
  for (const keep of [0, 0.5, 0.9]) {
    const found = Array.from({ length: 40 }, (_, i) => errorOfMean(remembering(keep, 600, `${keep} ${i}`), `${i}`));
    const mean = found.reduce((sum, { error }) => sum + error / found.length, 0);
    const truth = Math.sqrt((1 + keep) / (1 - keep) / 600);
    expect(mean / truth).toBeGreaterThan(0.9);
    expect(mean / truth).toBeLessThan(1.3);
  }
});

test('chooseBlocks() says so when a series wanders too slowly for it', () => {
  expect(chooseBlocks(Float64Array.from({ length: 300 }, (_, i) => i - 149.5)).independent).toBe(false);
  const steady = chooseBlocks(remembering(0, 600, 'steady'));
  expect(steady.independent).toBe(true);
  expect(steady.count).toBeGreaterThanOrEqual(8);
});

test('resample() draws the same for the same seed, and leaves a constant as it is', () => {
  const plan = { length: 100, blockLength: 7, resamples: 50 };
  const ones = new RunningSums(new Float64Array(100).fill(1));
  expect(new Set(resample({ ...plan, random: seededRandom('a') }, (drawn) => ones.over(drawn)))).toEqual(
    new Set([100]),
  );
  const counts = (seed: string) => resample({ ...plan, random: seededRandom(seed) }, (drawn) => drawn[0] ?? 0);
  expect(counts('a')).toEqual(counts('a'));
  expect(counts('a')).not.toEqual(counts('b'));
});
