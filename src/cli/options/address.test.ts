import { expect, test } from 'vitest';
import { parseAddress, showAddress } from './address.ts';

test.each([
  ['http://a', 'http://a', ''],
  ['HTTPS://Staging.Example:443/', 'https://staging.example', ''],
  ['http://localhost:8000/api/v2//', 'http://localhost:8000', '/api/v2'],
  ['http://[::1]:8000/a%20b', 'http://[::1]:8000', '/a%20b'],
])('parseAddress() takes %s apart', (text, origin, basePath) => {
  const address = parseAddress(text);
  expect(address).toEqual({ origin, basePath, userInfo: null });
  expect(showAddress(address)).toBe(origin + basePath);
});

test('parseAddress() decodes user name and password, and showAddress() leaves them out', () => {
  const address = parseAddress('http://me%40work:p%3Aw@a:1/base');
  expect(address.userInfo).toEqual({ user: 'me@work', password: 'p:w' });
  expect(showAddress(address)).toBe('http://a:1/base');
  expect(parseAddress('http://me@a').userInfo).toEqual({ user: 'me', password: '' });
});

test('parseAddress() refuses a user name that Basic authorization cannot carry', () => {
  expect(() => parseAddress('http://a%3Ab:c@d')).toThrow('must have a user name without a colon');
});
