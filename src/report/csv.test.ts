import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csv } from './csv.ts';

test('csv() ends every line with CRLF and quotes only what needs it', () => {
  expect(csv([['a', 'b c', 'd,e', 'say "hi"', '', 1.5, -2]])).toBe('a,b c,"d,e","say ""hi""",,1.5,-2\r\n');
});

test.each([
  ['=1+1', "'=1+1"],
  ['+49', "'+49"],
  ['-x', "'-x"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', '\\x09=1'],
  ['\r=1', '\\x0d=1'],
  ['=a,b', '"\'=a,b"'],
  ['a\nb', 'a\\x0ab'],
])('csv() makes the cell %j harmless', (cell, written) => {
  expect(csv([[cell, 'x']])).toBe(`${written},x\r\n`);
});

test('csv() writes rows of several cells as csv-stringify does', () => {
  const text = fc.string({ unit: fc.constantFrom(...'aB0 .,:;%/_-+=@"\'|é＝') });
  const cell = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 6 })), (rows) => {
      expect(csv(rows)).toBe(stringify(rows, { record_delimiter: '\r\n', escape_formulas: true }));
    }),
  );
});

test('csv() gives an empty text when there are no rows', () => {
  expect(csv([])).toBe('');
});
