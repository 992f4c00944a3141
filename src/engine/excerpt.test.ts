import { expect, test } from 'vitest';
import { excerpt } from './excerpt.ts';

test.each([
  ['a\n  b', 'a b'],
  ['x'.repeat(30), `${'x'.repeat(19)}…`],
  ['<!DOCTYPE html>\n<html lang="en"><head><title>\n 502 Bad Gateway </title></head>', 'an HTML page, "502 …'],
  ['\n<html><title>No</title>', 'an HTML page, "No"'],
  ['<html><body>gone', 'an HTML page'],
  ['<htmlish> no', '<htmlish> no'],
  ['see <html>', 'see <html>'],
])('excerpt(%j) is %j', (text, line) => {
  expect(excerpt(text, 20)).toBe(line);
});
