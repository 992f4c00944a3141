import { expect, test } from 'vitest';
import { formatByteSize, parseByteSize } from './byte-size.ts';

test.each([
  ['512MB', 512e6],
  ['2GiB', 2 ** 31],
  ['1.5 gb', 1.5e9],
  ['100b', 100],
])('%s', (text, bytes) => expect(parseByteSize(text)).toBe(bytes));

test.each(['', '512', 'MB', '-1MB', '0MB', '1e3MB', '9999999TB', '1 M B'])('refuses %j', (text) =>
  expect(() => parseByteSize(text)).toThrow(/size like 512MB/),
);

test.each([
  [512e6, '512 MB'],
  [2 ** 31, '2.15 GB'],
  [12_340_000, '12.3 MB'],
  [900, '0.9 kB'],
])('shows %d', (bytes, text) => expect(formatByteSize(bytes)).toBe(text));
