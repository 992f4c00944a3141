import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { type Curve, capacityError, fitCapacity } from './capacity-fit.ts';
import { closedThroughput } from './queue-curve.ts';

const curve: Curve = (offered, fit) => closedThroughput(offered, { ...fit, think: 5, service: 0.1 });
const offers = Array.from({ length: 40 }, (_, i) => (i + 1) * 0.8);
const spreads = [0.3, 1.5] as const;

/** What a server answers, with noise of so many requests per second on it. */
function answersOf(truth: { capacity: number; spread: number }, noise = 0, seed = '1') {
  const random = seededRandom(seed);
  return offers.map((offered) => ({ offered, answered: curve(offered, truth) + noise * (2 * random.next() - 1) }));
}

describe('fitCapacity()', () => {
  test.each([
    [20, 0.5],
    [22, 0.65],
    [24, 1.2],
  ])('finds a capacity of %d requests/s with a bend %d times as wide', (capacity, spread) => {
    const fit = fitCapacity(answersOf({ capacity, spread }), curve, spreads);
    expect(fit?.capacity).toBeCloseTo(capacity, 1);
    expect(fit?.spread).toBeCloseTo(spread, 1);
  });

  test('gives a server that bends late too much when its bend is not looked at', () => {
    const fit = fitCapacity(answersOf({ capacity: 22, spread: 0.5 }), curve, [1, 1]);
    expect(fit?.capacity).toBeGreaterThan(22.2);
  });

  test('finds none where throughput follows the offer, or nothing is answered', () => {
    const follows = offers.map((offered) => ({ offered, answered: offered }));
    expect(fitCapacity(follows, curve, spreads)).toBeNull();
    expect(fitCapacity([{ offered: 5, answered: 0 }], curve, spreads)).toBeNull();
    expect(fitCapacity([], curve, spreads)).toBeNull();
  });
});

describe('capacityError()', () => {
  test('is as large as the estimates swing, the spread being fitted too', () => {
    const tries = Array.from({ length: 40 }, (_, i) => {
      const blocks = answersOf({ capacity: 22, spread: 0.8 }, 2, `try ${i}`);
      const fit = fitCapacity(blocks, curve, spreads) ?? { capacity: Number.NaN, spread: 1 };
      return { off: fit.capacity - 22, error: capacityError(blocks, fit, curve).error };
    });
    const swing = Math.sqrt(tries.reduce((sum, { off }) => sum + off ** 2, 0) / tries.length);
    const claimed = tries.reduce((sum, { error }) => sum + error, 0) / tries.length;
    expect(claimed / swing).toBeGreaterThan(0.8);
    expect(claimed / swing).toBeLessThan(1.25);
  });
});
