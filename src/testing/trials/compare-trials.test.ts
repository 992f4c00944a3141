import { expect, test } from 'vitest';
import { millis, seconds } from '../../core/units.ts';
import { compareTrials } from './compare-trials.ts';
import { aggregatedOf, comparePair } from './compared-pair.ts';

const law = (factor: number) => ({ kind: 'lognormal', p50: millis(120 * factor), p95: millis(350 * factor) }) as const;
const load = { users: 30, runTime: seconds(120) };

/** The pairs of the trials are runs of 10 minutes, which is for the benchmark; the same in small is for here. */
test('a pair of virtual runs: one server is not called different, and one that takes 60 % longer is', {
  timeout: 60_000,
}, async () => {
  const same = await comparePair('test', { baseline: { latency: law(1) }, candidate: { latency: law(1) }, load });
  expect(same.outcome).toBe('no-regression');
  const slower = await comparePair('test', { baseline: { latency: law(1) }, candidate: { latency: law(1.6) }, load });
  expect(aggregatedOf(slower, 'p95').verdict).toBe('worse');
});

test('each trial has an id of its own and says what it is about', () => {
  expect(new Set(compareTrials.map(({ id }) => id)).size).toBe(compareTrials.length);
  for (const { about } of compareTrials) expect(about).not.toBe('');
});
