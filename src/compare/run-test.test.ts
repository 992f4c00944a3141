import { expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { jointRankTest } from '../statistics/joint-rank-test.ts';
import { rankedTest } from './run-test.ts';

test.each([4, 5, 6])(
  'of %i runs a side, about nine in ten shifts of the size that is printed are called, among three metrics',
  (n) => {
    const random = seededRandom(`detects ${n}`);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    const side = (): number[] => Array.from({ length: n }, () => 1000 + normal());
    const sets = Array.from({ length: 1000 }, () => [0, 1, 2].map(() => ({ a: side(), b: side() })));
    const printed = sets.map(([first]) => {
      const tested = first && rankedTest(first.a, first.b).test;
      return (tested?.kind === 'tested' && tested.detectable(0.05 / 3, 0)) || 0;
    });
    const shift = printed.reduce((sum, each) => sum + each, 0) / sets.length;
    const called = sets.filter(([first, ...others]) => {
      const moved = { a: first?.a ?? [], b: (first?.b ?? []).map((value) => value + shift) };
      return (jointRankTest([moved, ...others], random)[0] ?? 1) <= 0.05;
    });
    expect(called.length / sets.length).toBeGreaterThan(0.88);
    expect(called.length / sets.length).toBeLessThan(0.95);
  },
);
