import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failure, failureKinds, type Outcome, success } from '../core/failure.ts';
import { millis } from '../core/units.ts';
import type { Sample } from './sample.ts';
import { emptyTally, mergeTallies, Tally, TallyCollector, tallyCount } from './tally.ts';

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant(success),
  fc
    .tuple(fc.constantFrom(...failureKinds), fc.constantFrom(0, 404, 429, 500, 503))
    .map(([kind, status]) => failure(kind, '', status)),
);

const sample: fc.Arbitrary<Sample> = fc
  .record({
    due: fc.integer({ min: 0, max: 1e6 }),
    wait: fc.nat(20),
    wire: fc.nat(60_000),
    outcome,
    bytes: fc.nat(5000),
  })
  .map(({ due, wait, wire, outcome, bytes }) => ({
    row: 0,
    due: millis(due),
    handed: millis(due + wait),
    sent: millis(due + wait),
    firstByte: millis(due + wait),
    firstEvent: millis(due + wait),
    ended: millis(due + wait + wire),
    outcome,
    bytesSent: bytes,
    bytesReceived: 2 * bytes,
  }));

const collect = (samples: readonly Sample[]) => {
  const collector = new TallyCollector();
  for (const each of samples) collector.record(each);
  return collector.encode();
};

/** `ok` successes of 1, 2, 3 … ms and `failed` failures that took no time. */
const tallyOf = (ok: number, failed: number): Tally => {
  const ended = (ms: number, outcome: Outcome): Sample => ({
    row: 0,
    due: millis(0),
    handed: millis(0),
    sent: millis(0),
    firstByte: millis(0),
    firstEvent: millis(0),
    ended: millis(ms),
    outcome,
    bytesSent: 0,
    bytesReceived: 0,
  });
  const tally = new Tally();
  tally.add(
    collect([
      ...Array.from({ length: ok }, (_, i) => ended(i + 1, success)),
      ...Array.from({ length: failed }, () => ended(0, failure('http-5xx', '', 500))),
    ]),
  );
  return tally;
};

describe('tallies', () => {
  test('merge in any order and grouping to the tally of the whole', () => {
    const samples = fc.array(sample, { maxLength: 60 });
    fc.assert(
      fc.property(samples, samples, samples, (a, b, c) => {
        const [x, y, z] = [collect(a), collect(b), collect(c)];
        const whole = JSON.stringify(collect([...a, ...b, ...c]));
        expect(JSON.stringify(mergeTallies(mergeTallies(x, y), z))).toBe(whole);
        expect(JSON.stringify(mergeTallies(y, mergeTallies(z, x)))).toBe(whole);
        expect(JSON.stringify(mergeTallies(emptyTally, mergeTallies(x, emptyTally)))).toBe(JSON.stringify(x));
        const tally = new Tally();
        for (const part of [z, x, y]) tally.add(part);
        expect(JSON.stringify(tally.encode())).toBe(whole);
      }),
    );
  });

  test('count every sample exactly once, whatever became of it', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 100 }), (samples) => {
        const tally = collect(samples);
        const failed = samples.filter((each) => !each.outcome.ok).length;
        expect(tallyCount(tally)).toBe(samples.length);
        expect(tally.failures.reduce((sum, [, , count]) => sum + count, 0)).toBe(failed);
      }),
    );
  });
});

describe('Tally.adjustedPercentile()', () => {
  test('is the percentile of the successes when nothing failed', () => {
    expect(tallyOf(100, 0).adjustedPercentile(0.95)).toBeCloseTo(95_000, -2);
  });

  test('moves up when fast failures are added, where a percentile over everything would move down', () => {
    const failing = tallyOf(100, 4);
    expect(failing.adjustedPercentile(0.95)).toBeCloseTo(99_000, -2);
    expect(failing.everything().percentile(0.95)).toBeLessThan(99_000);
  });

  test('is infinite when the rank falls among the failures', () => {
    expect(tallyOf(90, 10).adjustedPercentile(0.95)).toBe(Number.POSITIVE_INFINITY);
    expect(tallyOf(90, 10).adjustedPercentile(0.9)).toBeCloseTo(90_000, -2);
    expect(tallyOf(0, 3).adjustedPercentile(0.5)).toBe(Number.POSITIVE_INFINITY);
  });

  test('is undefined when there was no request', () => {
    expect(tallyOf(0, 0).adjustedPercentile(0.5)).toBeUndefined();
  });
});
