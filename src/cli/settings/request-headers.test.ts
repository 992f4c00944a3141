import { expect, test } from 'vitest';
import { createRedactor } from '../../core/redactor.ts';
import { parseAddress } from '../options/address.ts';
import { parseHeader } from '../options/header-field.ts';
import { requestHeaders, secretsOf } from './request-headers.ts';

const nobody = { host: null, apiKey: null, headers: [] };

test('requestHeaders() sends a key as Bearer token, before the own headers', () => {
  const headers = [parseHeader('X-Tenant: acme'), parseHeader('x-tenant:other')];
  expect(requestHeaders({ ...nobody, apiKey: 'k', headers })).toEqual([
    'authorization',
    'Bearer k',
    'X-Tenant',
    'acme',
    'x-tenant',
    'other',
  ]);
});

test('requestHeaders() sends user name and password of the address as Basic authorization', () => {
  // RFC 7617, section 2.1: the user "test" and the password "123£" in UTF-8.
  const host = parseAddress('http://test:123%C2%A3@a');
  expect(requestHeaders({ ...nobody, host })).toEqual(['authorization', 'Basic dGVzdDoxMjPCow==']);
  expect(requestHeaders({ ...nobody, host: parseAddress('http://a') })).toEqual([]);
});

test('secretsOf() finds what a server could hand back', () => {
  const credentials = {
    host: parseAddress('http://me:pass%20word@a'),
    apiKey: 'key',
    headers: ['Cookie: sid=12345678; a=1', 'X-Auth-Token: tok', 'X-My-Secret: s', 'X-Tenant: acme'].map(parseHeader),
  };
  const secrets = secretsOf(credentials);
  expect(secrets).toEqual(expect.arrayContaining(['key', 'me:pass word', 'pass word', '12345678', 'tok', 's']));
  expect(secrets).not.toContain('acme');
  const redact = createRedactor(secretsOf({ ...nobody, host: credentials.host }));
  for (const header of requestHeaders({ ...nobody, host: credentials.host }).slice(1))
    expect(redact(header)).not.toContain(header.replace('Basic ', ''));
});

test('secretsOf() holds no empty text, which would match everywhere', () => {
  expect(secretsOf({ ...nobody, headers: [parseHeader('Cookie:')] })).toEqual([]);
});
