import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failure, success } from '../core/failure.ts';
import { millis } from '../core/units.ts';
import { Tally, TallyCollector } from '../metrics/tally.ts';
import { breaches, surelyBroken } from './surely-broken.ts';
import { parseThreshold } from './threshold.ts';

function tallyOf(times: readonly number[], failed: number): Tally {
  const collector = new TallyCollector();
  const record = (ms: number, ok: boolean): void =>
    collector.record({
      row: 0,
      due: millis(0),
      handed: millis(0),
      sent: millis(0),
      firstByte: millis(0),
      firstEvent: millis(0),
      ended: millis(ms),
      outcome: ok ? success : failure('reset', ''),
      bytesSent: 0,
      bytesReceived: 0,
    });
  for (const ms of times) record(ms, true);
  for (let i = 0; i < failed; i++) record(1, false);
  const tally = new Tally();
  tally.add(collector.encode());
  return tally;
}

const threshold = (text: string) => parseThreshold(text, 'option', []);

test('breaches() counts the values beyond the limit, the failed ones among the slow', () => {
  const ms = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(fc.array(ms), fc.nat(5), ms, (times, failed, whole) => {
      // Halfway between two values, since a histogram knows them to within 0.1 %.
      const limit = whole + 0.5;
      const tally = tallyOf(times, failed);
      const above = times.filter((time) => time > limit).length;
      expect(breaches(threshold(`p95<${limit}ms`), tally)).toBe(above + failed);
      expect(breaches(threshold(`p95>=${limit}ms`), tally)).toBe(times.length - above);
    }),
  );
});

test.each([
  // 0.95⁴ is 81 %, so 1 of 4 is chance; 0.05² is 0.25 %.
  ['p95<10ms', [5, 5, 5, 20], 0, false],
  ['p95<10ms', [20, 20], 0, true],
  ['p95<10ms', [], 2, true],
  // Four of four below what half should exceed: 6.25 %; five: 3.1 %.
  ['p50>10ms', [5, 5, 5, 5], 0, false],
  ['p50>10ms', [5, 5, 5, 5, 5], 0, true],
  ['p5>10ms', [20, 20, 5], 0, false],
  ['error_rate<1%', [5, 5], 1, true],
  ['error_rate<5%', [5, 5], 1, false],
  ['error_rate<=0', [5, 5, 5, 5], 1, true],
  ['error_rate>50%', [5, 5, 5, 5], 0, false],
  ['error_rate>50%', [5, 5, 5, 5, 5], 0, true],
  ['p95<10ms', [], 0, false],
  ['max<1ms', [5], 0, false],
])('surelyBroken() of %s after %j and %d failed is %s', (text, times, failed, expected) => {
  expect(surelyBroken(threshold(text), tallyOf(times, failed))).toBe(expected);
});
