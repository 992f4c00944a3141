import { expect, test } from 'vitest';
import { inBrackets, millisInBrackets, spanInBrackets } from './in-brackets.ts';

test.each([
  [14.2, 9.4, 18.9, ' ms per 10 minutes', '14 ms per 10 minutes (9–19)'],
  [3.14, 2.83, 3.41, ' MB/min', '3.1 MB/min (2.8–3.4)'],
  [0.5, -0.2, 1.2, ' ms', '0.5 ms (−0.2 to 1.2)'],
  [210, 130, 290, ' ms', '210 ms (130–290)'],
  [2, 2, 2, ' ms', '2.00 ms (2.00–2.00)'],
  [8.24, 6.94, 9.55, ' requests/s', '8.2 requests/s (6.9–9.6)'],
  [1015, 11, 2018, ' ms per 10 minutes', '1 020 ms per 10 minutes (10–2 020)'],
  [-4712, -4731, -4690, ' ms', '−4 712 ms (−4 731 to −4 690)'],
])('inBrackets(%f, %f, %f) has the digits that its width allows', (value, low, high, suffix, text) => {
  expect(inBrackets({ value, low, high }, { suffix })).toBe(text);
});

test('millisInBrackets() is in seconds from 10 s on', () => {
  expect(millisInBrackets({ value: 306, low: 290, high: 320 })).toBe('306 ms (290–320)');
  expect(millisInBrackets({ value: 12_410, low: 9_900, high: 14_820 })).toBe('12 s (10–15)');
});

test('spanInBrackets() says minutes and hours as they are', () => {
  expect(spanInBrackets({ value: 6, low: 2, high: 9 })).toBe('6 s (2–9)');
  expect(spanInBrackets({ value: 61, low: 58, high: 68 })).toBe('1 min 1 s (58 s – 1 min 8 s)');
  expect(spanInBrackets({ value: 9600, low: 7840, high: null })).toBe('2 h 40 min (2 h 11 min or more)');
});
