import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { defaultLatency, drawLatency, formatLatency, meanLatency, parseLatency } from './latency-law.ts';

describe('parseLatency()', () => {
  test.each([
    ['p50=120ms,p95=350ms', { kind: 'lognormal', p50: 120, p95: 350 }],
    [' p95 = 1s , p50 = 0.5s ', { kind: 'lognormal', p50: 500, p95: 1000 }],
    ['p50=80ms,p95=80ms', { kind: 'constant', span: 80 }],
    ['80ms', { kind: 'constant', span: 80 }],
    ['0ms', { kind: 'constant', span: 0 }],
  ])('reads %j', (text, law) => expect(parseLatency(text)).toEqual(law));

  test.each([
    ['', 'must be like p50='],
    ['fast', 'must be like p50='],
    ['p50=120ms', 'must be like p50='],
    ['p50=120ms,p50=130ms', 'must be like p50='],
    ['p50=120ms,p99=350ms', 'must be like p50='],
    ['p50=120ms,p95=soon', 'must be like p50='],
    ['p50=350ms,p95=120ms', 'must have a p95 that is not below its p50'],
    ['p50=0ms,p95=120ms', 'must have a p50 above 0'],
    ['2h', 'must be at most 1h'],
  ])('refuses %j', (text, message) => {
    expect(() => parseLatency(text)).toThrow(RangeError);
    expect(() => parseLatency(text)).toThrow(message);
  });

  test.each(['p50=120ms,p95=350ms', '1s500ms', 'p50=0.4ms,p95=1.5ms'])(
    'reads what formatLatency() writes: %s',
    (text) => expect(formatLatency(parseLatency(text))).toBe(text),
  );
});

describe('drawLatency()', () => {
  const draws = (count: number): number[] => {
    const random = seededRandom('latency');
    return Array.from({ length: count }, () => drawLatency(defaultLatency, random)).sort((a, b) => a - b);
  };

  test('has the median, the p95 and the mean that the law says, within 1 %', () => {
    const sorted = draws(200_000);
    const mean = sorted.reduce((sum, span) => sum + span, 0) / sorted.length;
    expect((sorted[100_000] ?? 0) / 120).toBeCloseTo(1, 2);
    expect((sorted[190_000] ?? 0) / 350).toBeCloseTo(1, 2);
    expect(mean / meanLatency(defaultLatency)).toBeCloseTo(1, 2);
  });

  test('stays finite at both ends of chance', () => {
    for (const edge of [0, 1 - 2 ** -32]) {
      const span = drawLatency(defaultLatency, { next: () => edge, fork: () => seededRandom('') });
      expect(span).toBeGreaterThan(0);
      expect(span).toBeLessThan(60_000);
    }
  });
});
