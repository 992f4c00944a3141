import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../record/record.ts';
import { plantRecord } from '../../testing/record-builder.ts';
import { compareSources } from './library-compare.ts';

/** A minute of requests, each of them `ms` and a little more. */
function minute(ms: number, seed: string, thinkMax?: number): RunRecord {
  const record = plantRecord({
    requests: Array.from({ length: 1200 }, (_, i) => ({ row: 1, at: 2 + i / 20, ms: ms + ((i * 37) % 60) })),
    seconds: 63,
    header: {
      seed,
      profile: {
        phases: [
          { name: 'climb', start: 0, end: 2, steady: false },
          { name: 'hold', start: 2, end: 62, steady: true },
        ],
        points: [{ at: 0 as never, users: 4 }],
        peak: 4,
        arrivals: null,
        seconds: 62,
        steady: { start: 2, end: 62 },
      },
    },
  });
  if (thinkMax === undefined) return record;
  const { header } = record;
  return { ...record, header: { ...header, load: { ...header.load, thinkMax: thinkMax as never } } };
}

const compare = (candidate: RunRecord, request = {}) => compareSources(minute(100, 'a'), candidate, request, '/');

describe('compareSources()', () => {
  test('compares records at hand, and tells what the command line tells', () => {
    const { comparison, exitCode, text, markdown } = compare(minute(140, 'b'));
    expect([comparison.outcome, exitCode]).toEqual(['regression', 1]);
    expect(text().trimEnd().split('\n').at(-1)).toBe(comparison.sentence);
    expect(markdown()).toMatch(/^### ❌ Worse/);
    expect(compare(minute(140, 'b'), { minEffect: 3 }).exitCode).toBe(0);
  });

  test('takes several runs a side', () => {
    const runs = (ms: number) => [1, 2, 3, 4, 5].map((i) => minute(ms + i, `${ms} ${i}`));
    expect(compareSources(runs(100), runs(140), {}, '/').comparison.method).toBe('ranks');
  });

  test.each([
    [() => compare(minute(100, 'b', 9000)), 'The think time differs'],
    [() => compareSources([], minute(100, 'b'), {}, '/'), 'The baseline has no run.'],
    [() => compareSources('nowhere', minute(100, 'b'), {}, '/'), 'Cannot read nowhere'],
    [() => compare(minute(100, 'b'), { minEffect: -1 }), 'must be a share of the baseline'],
    [() => compare(minute(100, 'b'), { failOn: ['p95'] }), 'it has no amount'],
  ])('throws what is wrong, with exit code 2 (%#)', (act, message) => {
    expect(act).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }));
  });
});
