import { expect, test } from 'vitest';
import { counted, formatCount, formatMillis, formatPercent, formatRate } from './format.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1024, '1 024'],
  [1_234_567, '1 234 567'],
])('formatCount(%d) is %j', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test.each([
  [0, '0 users'],
  [1, '1 user'],
  [1.2, '1 user'],
  [2000, '2 000 users'],
])('counted(%d) is %j', (count, text) => {
  expect(counted(count, 'user')).toBe(text);
});

test.each([
  [0, '0 ms'],
  [0.414, '0.41 ms'],
  [3.249, '3.25 ms'],
  [12.04, '12 ms'],
  [45.67, '45.7 ms'],
  [286.6, '287 ms'],
  [500, '500 ms'],
  [1204, '1 204 ms'],
  [9999.4, '9 999 ms'],
  [9999.6, '10 s'],
  [12_345, '12.3 s'],
  [3_600_000, '3 600 s'],
])('formatMillis(%d) is %j', (ms, text) => {
  expect(formatMillis(ms)).toBe(text);
});

test.each([
  [0, '0 %'],
  [0.000001, '< 0.01 %'],
  [0.004, '0.4 %'],
  [0.0123, '1.2 %'],
  [0.07, '7 %'],
  [0.936, '94 %'],
  [0.9961, '99.61 %'],
  [0.999999, '> 99.99 %'],
  [1, '100 %'],
])('formatPercent(%d) is %j', (share, text) => {
  expect(formatPercent(share)).toBe(text);
});

test.each([
  [0, '0/s'],
  [0.05, '0.05/s'],
  [19.84, '19.8/s'],
  [1204.4, '1 204/s'],
])('formatRate(%d) is %j', (rate, text) => {
  expect(formatRate(rate)).toBe(text);
});
