import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveEndpoint } from './endpoint.ts';

const origin = 'http://127.0.0.1:8000';

test.each([
  ['/mcp/messages/?session_id=0a', '/mcp/messages/?session_id=0a'],
  ['messages?sessionId=1', '/v2/messages?sessionId=1'],
  ['?s=1', '/v2/mcp?s=1'],
  ['http://127.0.0.1:8000/message?sessionId=1', '/message?sessionId=1'],
  ['//127.0.0.1:8000/message', '/message'],
  ['/a b?x=ü', '/a%20b?x=%C3%BC'],
])('%j leads to %j', (data, path) => {
  expect(resolveEndpoint(data, '/v2/mcp', origin)).toEqual({ ok: true, path });
});

test.each([
  ['http://127.0.0.1:9000/message', 'is not at http://127.0.0.1:8000'],
  ['https://127.0.0.1:8000/message', 'is not at'],
  ['//evil.example/message', 'is not at'],
  ['javascript:alert(1)', 'no address of HTTP'],
  ['http://', 'no address'],
  ['', 'empty'],
  [' ', 'empty'],
])('%j leads nowhere', (data, detail) => {
  expect(resolveEndpoint(data, '/mcp', origin)).toMatchObject({
    kind: 'protocol-error',
    detail: expect.stringContaining(detail),
  });
});

test('where nobody knows the address of the server, one counts by its path', () => {
  expect(resolveEndpoint('http://inside:80/message?s=1', '/mcp', null)).toEqual({ ok: true, path: '/message?s=1' });
  expect(resolveEndpoint('/message', '/mcp', null)).toEqual({ ok: true, path: '/message' });
});

test('what it leads to can be asked for, whatever the server writes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.webPath()), (data) => {
      const endpoint = resolveEndpoint(data, '/mcp', null);
      if (endpoint.ok) expect(endpoint.path).toMatch(/^\/[\x21-\x7e]*$/);
    }),
  );
});
