import { describe, expect, test } from 'vitest';
import type { WireRequest } from '../protocol/wire.ts';
import { endOfHead, RequestText } from './request-text.ts';

const get: WireRequest = { method: 'GET', path: '/health?deep=1', headers: ['accept', 'text/plain'], body: null };
const withHeader = (name: string, value: string): WireRequest => ({ ...get, headers: [name, value] });

describe('RequestText', () => {
  test('begins a request with its line, the host, what becomes of the connection, and its headers', () => {
    expect(new RequestText('example.com:8000', 'keep-alive').prefix(get).text).toBe(
      'GET /health?deep=1 HTTP/1.1\r\nhost: example.com:8000\r\nconnection: keep-alive\r\naccept: text/plain\r\n',
    );
    expect(new RequestText('example.com', 'close').prefix(get).text).toContain('\r\nconnection: close\r\n');
  });

  test('says a host once, and one of the caller takes the place of the own', () => {
    const { text } = new RequestText('127.0.0.1', 'keep-alive').prefix(withHeader('Host', 'shop.example'));
    expect(text.match(/host: .*/gi)).toEqual(['host: shop.example']);
  });

  test('makes a prefix once, and tells apart what differs in method, path or headers', () => {
    const requests = new RequestText('h', 'keep-alive');
    expect(requests.prefix({ ...get, body: 'x' })).toBe(requests.prefix(get));
    expect(requests.prefix({ ...get, method: 'POST' }).text).toMatch(/^POST \/health/);
    expect(requests.prefix({ ...get, path: '/other' }).text).toMatch(/^GET \/other /);
    expect(requests.prefix(withHeader('accept', 'other')).text).toContain('accept: other\r\n');
    // More forms than are remembered.
    for (let i = 0; i < 40; i++) expect(requests.prefix({ ...get, path: `/${i % 20}` }).text).toContain(` /${i % 20} `);
    expect(requests.prefix(get).text).toMatch(/^GET \/health/);
  });

  test('remembers those of each user, who has headers of its own, while others come and go', () => {
    const requests = new RequestText('h', 'keep-alive');
    const users = Array.from(
      { length: 100 },
      (_, user): WireRequest => ({ ...get, headers: ['mcp-session-id', `${user}`] }),
    );
    const ofUsers = users.map((request) => requests.prefix(request));
    expect(ofUsers.map(({ text }) => /id: (.*)\r/.exec(text)?.[1])).toEqual(users.map((_, user) => `${user}`));
    for (const [user, request] of users.entries()) expect(requests.prefix(request)).toBe(ofUsers[user]);
    // Where paths hold an id there is no end of them: the last ones stay.
    for (let i = 0; i < 1000; i++) requests.prefix({ ...get, path: `/${i}` });
    expect(requests.prefix({ ...get, path: '/999' })).toBe(requests.prefix({ ...get, path: '/999' }));
    expect(requests.prefix({ ...get, path: '/0' }).text).toContain('GET /0 HTTP/1.1\r\nhost: h\r\n');
  });

  test('knows what is no ASCII', () => {
    const requests = new RequestText('h', 'keep-alive');
    expect([requests.prefix(get).ascii, requests.prefix(withHeader('x', 'é')).ascii]).toEqual([true, false]);
  });

  test.each<[string, Partial<WireRequest>]>([
    ['a path with a line end', { path: '/a\r\nX: y' }],
    ['a path with a space', { path: '/a b' }],
    ['a path that is none', { path: 'a' }],
    ['a value with a line end', { headers: ['x', 'a\r\nY: z'] }],
    ['a value with a bare LF', { headers: ['x', 'a\nY: z'] }],
    ['a value that Latin-1 lacks', { headers: ['x', '€'] }],
    ['a name with a colon', { headers: ['x:', 'a'] }],
    ['an empty name', { headers: ['', 'a'] }],
    ['a second length', { headers: ['Content-Length', '3'] }],
    ['a second framing', { headers: ['Transfer-Encoding', 'chunked'] }],
  ])('never sends %s', (_, change) => {
    const requests = new RequestText('h', 'keep-alive');
    for (let i = 0; i < 2; i++) expect(() => requests.prefix({ ...get, ...change })).toThrow(RangeError);
  });
});

describe('endOfHead()', () => {
  test('tells the length of a body, and of none where one is expected', () => {
    expect(endOfHead('GET', 0)).toBe('\r\n');
    expect(endOfHead('POST', 0)).toBe('content-length: 0\r\n\r\n');
    expect(endOfHead('POST', 12)).toBe('content-length: 12\r\n\r\n');
  });
});
