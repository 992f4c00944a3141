import { expect, test } from 'vitest';
import { secondRanges } from './second-ranges.ts';

test.each([
  [[14], '0:14'],
  [[14, 15, 16, 17, 123], '0:14–0:17, 2:03'],
  [[1, 3, 5, 7, 9], '0:01, 0:03, 0:05, 0:07, 0:09'],
  [[1, 3, 5, 7, 9, 11, 12, 20], '0:01, 0:03, 0:05, 0:07, 0:09 and 2 more'],
  [[3600, 3601], '1:00:00–1:00:01'],
  [[], ''],
])('secondRanges(%j) is %j', (seconds, text) => {
  expect(secondRanges(seconds)).toBe(text);
});
