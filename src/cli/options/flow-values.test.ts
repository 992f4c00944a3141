import { expect, test } from 'vitest';
import { parseMix, parsePaths, parseThink, showRows, showThink } from './flow-values.ts';

test.each([
  ['3s-7s', 3000, 7000, '3s-7s'],
  ['0s-0s', 0, 0, '0s'],
  ['500ms', 500, 500, '500ms'],
  ['1 - 1m30s', 1000, 90_000, '1s-1m30s'],
])('parseThink() reads %s', (text, min, max, shown) => {
  expect(parseThink(text)).toEqual({ min, max });
  expect(showThink(parseThink(text))).toBe(shown);
});

test('parseMix() gives a name that was left out no weight', () => {
  expect(parseMix('follow-up=0.5, health=2')).toEqual({ health: 2, initial: 0, 'follow-up': 0.5, automatic: 0 });
});

test('parsePaths() leaves out what was not said', () => {
  const paths = parsePaths('health=/up, initial=/ask?lang=en');
  expect(paths).toEqual({ health: '/up', initial: '/ask?lang=en' });
  expect(showRows(paths)).toBe('health=/up,initial=/ask?lang=en');
});
