import { expect, test } from 'vitest';
import { wrapText } from './wrap-text.ts';

test('wrapText() breaks at spaces, fills lines to the width, and leaves a long word whole', () => {
  expect(wrapText('one two three incomprehensibilities x', 8)).toEqual([
    'one two',
    'three',
    'incomprehensibilities',
    'x',
  ]);
  expect(wrapText('one two', 7)).toEqual(['one two']);
  expect(wrapText('', 7)).toEqual(['']);
});

test('wrapText() leaves a number with its unit, and a number in one piece', () => {
  expect(wrapText('busy for 2 %; late by 1 204 ms', 10)).toEqual(['busy for', '2 %; late', 'by', '1 204 ms']);
});
