import { expect, test } from 'vitest';
import { clockTime } from './clock-time.ts';

test.each([
  [0, '0:00'],
  [42.9, '0:42'],
  [60, '1:00'],
  [725, '12:05'],
  [3599, '59:59'],
  [3600, '1:00:00'],
  [7325, '2:02:05'],
])('clockTime(%d) is %j', (seconds, text) => {
  expect(clockTime(seconds)).toBe(text);
});
