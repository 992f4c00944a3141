import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis } from '../core/units.ts';
import { drawFault, faultKinds, formatFault, parseFault } from './fault.ts';

describe('parseFault()', () => {
  test.each(faultKinds)('%s alone hits every request at all times', (kind) =>
    expect(parseFault(kind)).toEqual({ kind, share: 1, from: 0, to: null }),
  );

  test.each([
    ['500:10%', { kind: '500', share: 0.1, from: 0, to: null }],
    ['reset:0.25', { kind: 'reset', share: 0.25, from: 0, to: null }],
    ['not-json@30s-60s', { kind: 'not-json', share: 1, from: 30_000, to: 60_000 }],
    ['missing-ids:2.5%@1m30s-', { kind: 'missing-ids', share: 0.025, from: 90_000, to: null }],
    [' hang:1@5-10 ', { kind: 'hang', share: 1, from: 5000, to: 10_000 }],
  ])('reads %j', (text, fault) => expect(parseFault(text)).toEqual(fault));

  test.each([
    ['', 'must begin with one of slow, 500'],
    ['rest', 'did you mean reset?'],
    ['503', 'did you mean 500?'],
    ['500:', 'must have a share like 10% or 0.1'],
    ['500:0%', 'must have a share'],
    ['500:-1%', 'must have a share'],
    ['500:10', 'must have a share'],
    ['500:101%', 'must have a share'],
    ['500:10%:5%', 'must have a share'],
    ['500@30s', 'must have a time like @30s-60s'],
    ['500@-', 'must have a time like'],
    ['500@30s-40s-50s', 'must have a time like'],
    ['500@soon-', 'must have a time like'],
    ['500@60s-30s', 'must end after it begins'],
    ['500@30s-30s', 'must end after it begins'],
  ])('refuses %j', (text, message) => {
    expect(() => parseFault(text)).toThrow(RangeError);
    expect(() => parseFault(text)).toThrow(message);
  });

  test.each(['slow', '500:10%', 'reset:2.5%@30s-1m', 'hang@30s-', '429:7%'])(
    'reads what formatFault() writes: %s',
    (text) => expect(formatFault(parseFault(text))).toBe(text),
  );
});

describe('drawFault()', () => {
  const hits = (texts: readonly string[], elapsed: number, count = 20_000) => {
    const faults = texts.map(parseFault);
    const random = seededRandom('faults');
    return Array.from({ length: count }, (_, n) => drawFault(faults, millis(elapsed), random.fork(n)));
  };
  const share = (drawn: readonly (string | null)[], kind: string): number =>
    drawn.filter((hit) => hit === kind).length / drawn.length;

  test('hits its share', () => expect(share(hits(['500:10%'], 0), '500')).toBeCloseTo(0.1, 2));

  test('hits within its time only, the end excluded', () => {
    const at = (elapsed: number) => hits(['hang@30s-60s'], elapsed, 1)[0];
    expect([29_999, 30_000, 59_999, 60_000].map(at)).toEqual([null, 'hang', 'hang', null]);
    expect(hits(['hang@30s-'], 1e9, 1)).toEqual(['hang']);
  });

  test('the first of two that both hit is the one', () => {
    expect(hits(['slow', '500'], 0, 1)).toEqual(['slow']);
    expect(hits(['slow@10s-', '500'], 0, 1)).toEqual(['500']);
  });

  test('a fault does not move the draws of the one after it', () => {
    const faults = ['500:20%@1h-2h', 'reset:20%'];
    const [before, during] = [hits(faults, 0), hits(faults, 3_600_000)];
    expect(share(during, '500')).toBeCloseTo(0.2, 1);
    const moved = during.filter((hit, n) => hit !== '500' && hit !== before[n]);
    expect(moved).toEqual([]);
  });
});
