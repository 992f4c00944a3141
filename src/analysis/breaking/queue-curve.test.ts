import { describe, expect, test } from 'vitest';
import { closedThroughput } from './queue-curve.ts';

const server = { capacity: 8 / 0.17, think: 5, service: 0.17, spread: 1 };

describe('closedThroughput()', () => {
  // Simulated once: 8 places, exponential service of 170 ms, users who think 3 s to 7 s, over 4 000 s.
  test.each([
    [170, 0.697],
    [219, 0.885],
    [243, 0.958],
    [268, 0.993],
  ])('of %d users is what a simulation of 8 places had, within 0.5 %%', (users, share) => {
    expect(closedThroughput(users / 5.17, server) / server.capacity).toBeCloseTo(share, 2);
  });

  // Simulated once: 2 places, of nine requests eight of 100 ms and one of 10 ms, users who think 3 s to 7 s, over 16 000 s.
  test.each([
    [90, 17.47],
    [105, 20.09],
    [115, 21.55],
    [125, 22.19],
    [135, 22.22],
  ])('of %d users is what a simulation of even service times had, within 0.15 requests/s', (users, rate) => {
    const even = { capacity: 2 / 0.09, think: 5, service: 0.09, spread: 0.65 };
    expect(Math.abs(closedThroughput(users / 5.09, even) - rate)).toBeLessThan(0.15);
    if (users === 105 || users === 115)
      expect(closedThroughput(users / 5.09, { ...even, spread: 1 })).toBeLessThan(rate - 0.4);
  });

  test('follows a low load, and ends at the capacity', () => {
    expect(closedThroughput(1, server)).toBeCloseTo(1, 2);
    expect(closedThroughput(500, server)).toBeCloseTo(server.capacity, 6);
  });

  test('has no bend without spread', () => {
    expect([10, 60].map((offered) => closedThroughput(offered, { ...server, spread: 0 }))).toEqual([
      10,
      server.capacity,
    ]);
  });

  test('has no bend without think time', () => {
    expect([10, 60].map((offered) => closedThroughput(offered, { ...server, think: 0 }))).toEqual([
      10,
      server.capacity,
    ]);
  });
});
