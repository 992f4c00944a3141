import { describe, expect, test } from 'vitest';
import { seededRandom, uuid } from './random.ts';

const draw = (seed: string, n: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => random.next());
};

describe('seededRandom()', () => {
  test('gives the same numbers for the same seed, and others for another', () => {
    expect(draw('a', 50)).toEqual(draw('a', 50));
    expect(draw('a', 5)).not.toEqual(draw('b', 5));
  });

  test('is uniform: a chi-square of 100 cells over 100 000 draws stays within its 99.9 % bound', () => {
    const cells = new Array<number>(100).fill(0);
    for (const x of draw('uniform', 100_000)) cells[Math.floor(x * 100)] = (cells[Math.floor(x * 100)] ?? 0) + 1;
    const chiSquare = cells.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(148.2);
    expect(chiSquare).toBeGreaterThan(61);
  });

  test('fork() depends on seed and label, not on how much was drawn', () => {
    const fresh = seededRandom('s');
    const used = seededRandom('s');
    used.next();
    expect(used.fork(7).next()).toBe(fresh.fork(7).next());
    expect(fresh.fork(7).next()).not.toBe(fresh.fork(8).next());
  });

  test('first draws of neighbouring forks are uncorrelated', () => {
    const root = seededRandom('users');
    const first = Array.from({ length: 10_000 }, (_, user) => root.fork(user).next());
    const mean = first.reduce((a, b) => a + b) / first.length;
    const lag = first.slice(1).reduce((sum, x, i) => sum + (x - mean) * ((first[i] ?? 0) - mean), 0) / first.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(Math.abs(lag * 12)).toBeLessThan(0.04);
  });
});

test('uuid() gives version-4 UUIDs that do not repeat', () => {
  const random = seededRandom('ids');
  const ids = Array.from({ length: 10_000 }, () => uuid(random));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
});
