import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';
import { millis } from './units.ts';

describe('parseDuration()', () => {
  test.each([
    ['250ms', 250],
    ['20s', 20_000],
    ['3m', 180_000],
    ['1h30m', 5_400_000],
    ['90', 90_000],
    ['0.5', 500],
    ['1.5s', 1500],
    ['0s', 0],
    [' 10s ', 10_000],
  ])('reads %s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test.each(['', '5x', 's', '-3s', '1m1h', '10 s', '1e3', 'Infinity', '٣s', '9999999h'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
  });
});

test('formatDuration() writes what parseDuration() reads', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (span) => {
      expect(parseDuration(formatDuration(millis(span)))).toBe(span);
    }),
  );
});
