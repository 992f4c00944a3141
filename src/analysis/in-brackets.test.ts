import { expect, test } from 'vitest';
import { inBrackets } from './in-brackets.ts';

test.each([
  [14.2, 9.4, 18.9, ' ms per 10 minutes', '14 ms per 10 minutes (9–19)'],
  [3.14, 2.83, 3.41, ' MB/min', '3.1 MB/min (2.8–3.4)'],
  [0.5, -0.2, 1.2, ' ms', '0.5 ms (−0.2 to 1.2)'],
  [210, 130, 290, ' ms', '210 ms (130–290)'],
  [2, 2, 2, ' ms', '2.00 ms (2.00–2.00)'],
])('inBrackets(%f, %f, %f) has the digits that its width allows', (value, low, high, suffix, text) => {
  expect(inBrackets(value, low, high, { suffix })).toBe(text);
});
