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
    ['in base64', btoa(key)],
  ])('takes the key out %s', (_, text) => {
    const clean = redact(`before ${text} after`);
    expect(clean).toContain('[redacted]');
    for (const form of [key, JSON.stringify(key).slice(1, -1), encodeURIComponent(key), btoa(key)])
      expect(clean).not.toContain(form);
  });

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
