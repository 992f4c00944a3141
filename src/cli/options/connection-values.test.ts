import { describe, expect, test } from 'vitest';
import { parseConnections, parseKeepAlive, showConnections, showKeepAlive } from './connection-values.ts';

describe('parseConnections()', () => {
  test.each([
    ['per-user', { kind: 'per-user' }],
    ['shared:1', { kind: 'shared', count: 1 }],
    ['shared:100000', { kind: 'shared', count: 100_000 }],
  ])('reads %s, and shows it as it was', (text, value) => {
    expect(parseConnections(text)).toEqual(value);
    expect(showConnections(parseConnections(text))).toBe(text);
  });

  test.each([
    '',
    'shared',
    'shared:',
    'shared:0',
    'shared:-1',
    'shared:1.5',
    'shared:100001',
    'shared:x',
    'per-users',
    '5',
  ])('refuses "%s"', (text) => {
    expect(() => parseConnections(text)).toThrow(/must be per-user, or shared:<n> with a whole number/);
  });
});

describe('parseKeepAlive()', () => {
  test.each([
    ['keep', { kind: 'keep' }],
    ['off', { kind: 'off' }],
    ['4s', { kind: 'idle', limit: 4000 }],
    ['250ms', { kind: 'idle', limit: 250 }],
  ])('reads %s, and shows it as it was', (text, value) => {
    expect(parseKeepAlive(text)).toEqual(value);
    expect(showKeepAlive(parseKeepAlive(text))).toBe(text);
  });

  test.each([
    ['', /must be keep, off, or a duration/],
    ['on', /must be keep, off, or a duration/],
    ['-1s', /must be keep, off, or a duration/],
    ['0s', /must be above 0/],
    ['4 parsecs', /must be/],
  ])('refuses "%s"', (text, why) => {
    expect(() => parseKeepAlive(text)).toThrow(why);
  });
});
