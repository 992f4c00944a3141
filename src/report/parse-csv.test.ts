import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csv } from './csv.ts';
import { parseCsv, unescapeCell } from './parse-csv.ts';

const printable = fc.string({ unit: fc.constantFrom(...' "\',;=+-@|.aé日1\\') });
const rows = fc.array(
  fc.array(printable, { minLength: 1, maxLength: 5 }).filter((cells) => cells.length > 1 || cells[0] !== ''),
);

test('parseCsv() reads back what csv() wrote, and unescapeCell() takes the apostrophe away that it added', () => {
  fc.assert(
    fc.property(rows, (cells) => {
      const read = parseCsv(csv(cells)).map((row) => row.map(unescapeCell));
      expect(read).toEqual(cells.map((row) => row.map((cell) => cell.replace(/^'(?=[=+\-@])/, ''))));
    }),
  );
});

test.each([
  [
    'a,b\r\nc,d\r\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a,b\nc,d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['\ufeffa,b\n\n\nc\n', [['a', 'b'], ['c']]],
  ['"a\nb",c\n', [['a\nb', 'c']]],
  ['', []],
])('parseCsv() reads %j', (text, cells) => {
  expect(parseCsv(text)).toEqual(cells);
});

test.each([
  ['a,b\nc,"d', 'line 2: a quote is not closed'],
  ['a,"b"c\n', 'line 1: there is text after a closing quote'],
  ['a,b"c\n', 'line 1: there is a quote in the middle of a cell'],
])('parseCsv() refuses %j', (text, message) => {
  expect(() => parseCsv(text)).toThrow(new RangeError(message));
});
