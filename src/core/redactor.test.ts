import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from './redactor.ts';

const key = 'k"e/y+1&<2>';

describe('createRedactor()', () => {
  const redact = createRedactor([key]);

  test.each([
    ['as it is', key],
    ['in JSON', JSON.stringify({ echo: key })],
    ['in a URL', `/x?key=${encodeURIComponent(key)}`],
    ['in HTML', key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')],
    ['in JSON within JSON', JSON.stringify({ body: JSON.stringify({ echo: key }) })],
    ['in JSON that is safe in HTML', JSON.stringify(key).replaceAll('<', '\\u003c').replaceAll('&', '\\u0026')],
    ['in JSON with escaped slashes', JSON.stringify(key).replaceAll('/', '\\/')],
    ['in a URL within a URL', encodeURIComponent(`/x?key=${encodeURIComponent(key)}`)],
    ['in HTML by numbers', [...key].map((each) => `&#${each.charCodeAt(0)};`).join('')],
    ['in base64', btoa(key)],
    ['in hex', [...key].map((each) => each.charCodeAt(0).toString(16)).join('')],
  ])('takes the key out %s', (_, text) => {
    const clean = redact(`before ${text} after`);
    expect(clean).toContain('[redacted]');
    for (const form of [key, JSON.stringify(key).slice(1, -1), encodeURIComponent(key), btoa(key)])
      expect(clean).not.toContain(form);
    expect(clean).toMatch(/^before .*\[redacted\]\W* after$/);
  });

  test.each(['', 'a', 'ab', 'Bearer '])(
    'takes the key out of base64 in which %j precedes it and more follows',
    (before) => {
      const secret = 'sk-0815/very+secret?>~';
      const text = btoa(`${before}${secret};more`);
      for (const each of [text, text.replaceAll('+', '-').replaceAll('/', '_')])
        expect(createRedactor([secret])(each)).toMatch(/^.{0,10}\[redacted\].{7,10}$/);
    },
  );

  // A search that were quadratic would take longer than a test may.
  test.each(['a.', '\\', '&#0000', 'cookie ', 'cookie:"\\', 'bearer ', 'a://', ' '])(
    'gets through a megabyte of %j',
    (text) => {
      expect(redact(text.repeat(2 ** 20 / text.length))).toBeTypeOf('string');
    },
  );

  test.each([
    ['https://joe:pw123@host/x', 'https://[redacted]@host/x'],
    ['Authorization: Token abc.def', 'Authorization: [redacted]'],
    ['{"x-api-key":"abc","n":1}', '{"x-api-key":[redacted],"n":1}'],
    ['Cookie: a=1; b=2\r\nHost: x', 'Cookie: [redacted]\r\nHost: x'],
    ['sent Bearer eyJhbGciOi.J9 twice', 'sent Bearer [redacted] twice'],
  ])('knows secrets that it was not told: %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test('leaves ordinary sentences alone', () => {
    const text = 'Bearer authentication failed: the basic question was not answered';
    expect(redact(text)).toBe(text);
  });

  test('lets no secret through, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, a, b) => {
        fc.pre(!'[redacted]'.includes(secret));
        expect(createRedactor([secret])(`${a}${secret}${b}`).split('[redacted]').join('')).not.toContain(secret);
      }),
    );
  });
});
