import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divide, type Slice, shareOf, wholeRun } from './slice.ts';

const usersOf = ({ index, count }: Slice, users: number): number[] =>
  Array.from({ length: users }, (_, user) => user).filter((user) => user % count === index);

describe('divide() and shareOf()', () => {
  test('the parts of a slice are its users, each once, and as many as their shares say', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.nat(),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 200 }),
        (count, draw, parts, users) => {
          const slice = { index: draw % count, count };
          const divided = Array.from({ length: parts }, (_, part) => divide(slice, part, parts));
          const all = divided.flatMap((part) => usersOf(part, users));
          expect(all.sort((a, b) => a - b)).toEqual(usersOf(slice, users));
          for (const part of [slice, ...divided]) expect(shareOf(users, part)).toBe(usersOf(part, users).length);
        },
      ),
    );
  });

  test('a run divided in one part is itself', () => {
    expect(divide(wholeRun, 0, 1)).toEqual(wholeRun);
  });
});
