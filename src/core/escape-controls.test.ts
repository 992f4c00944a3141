import { expect, test } from 'vitest';
import { escapeControls } from './escape-controls.ts';

test('escapeControls() spells what a terminal would obey', () => {
  expect(escapeControls('a\x1b[31mred\x07\r\n\tb\x7f')).toBe('a\\x1b[31mred\\x07\\x0d\\x0a\\x09b\\x7f');
});

test('escapeControls() spells the one-byte CSI, direction overrides, invisible characters and lone surrogates', () => {
  expect(escapeControls('\x9b2J')).toBe('\\x9b2J');
  expect(escapeControls('\u202etxt.exe\u200b\u2028\ufeff')).toBe('\\u{202e}txt.exe\\u{200b}\\u{2028}\\u{feff}');
  expect(escapeControls('\ud800x')).toBe('\\u{d800}x');
});

test('escapeControls() leaves words of every language as they are', () => {
  const text = 'Où? Ünïcode 漢字 עברית 😀 <b>&amp;</b> C:\\x';
  expect(escapeControls(text)).toBe(text);
});
