import { formatCount, formatPercent, formatRate } from '../../core/format.ts';
import { z975 } from '../../statistics/normal-quantiles.ts';
import { rankSum } from '../../statistics/rank-sum.ts';
import type { Finding } from '../finding.ts';
import { inBrackets } from '../in-brackets.ts';
import { surely } from './contrast.ts';
import { type LoadView, spansOf } from './load-view.ts';
import { shown } from './shown.ts';

/** Limits are often kept over some seconds; a shorter stretch may hold nothing but refusals. */
const stretch = 10;
/** A stretch with fewer refusals was within the limit for a part of it. */
const leastShare = 0.1;
const leastRefused = 3;

interface Stretch {
  readonly seconds: readonly number[];
  readonly requests: number;
  readonly refused: number;
}

/** The server refuses requests with status 429: how many, and from which rate on. */
export function findRateLimit(view: LoadView): Finding | null {
  const seconds = stretchesOf(view, 1).filter((each) => each.requests > 0);
  const refusing = seconds.filter((each) => each.refused > 0);
  const refused = refusing.reduce((sum, each) => sum + each.refused, 0);
  const requests = seconds.reduce((sum, each) => sum + each.requests, 0);
  if (refused < leastRefused) return null;
  const rate = (each: Stretch): number => each.requests / each.seconds.length;
  const quiet = seconds.filter((each) => each.refused === 0);
  const taken = stretchesOf(view, stretch)
    .filter((each) => each.refused > leastShare * each.requests)
    .map((each) => (each.requests - each.refused) / each.seconds.length);
  const mean = taken.reduce((a, b) => a + b, 0) / taken.length;
  const error =
    taken.length < 2
      ? null
      : Math.sqrt(taken.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (taken.length - 1) / taken.length);
  const tied = taken.length > 0 && rankSum(refusing.map(rate), quiet.map(rate)) >= surely;
  const where = tied
    ? `where more came, it accepted ${acceptedText(mean, error)} and refused the rest`
    : `at ${anyRate(refusing.map(rate))}`;
  return shown('rate-limited', {
    sentence: `The server refused ${formatCount(refused)} of ${formatCount(requests)} requests (${formatPercent(refused / requests)}) with status 429; ${where}.`,
    cause:
      'A rate limit of the server, of a proxy, or of a model behind it. All load comes from one address and API key, so that a limit for each client meets all of it.',
    remedy: 'Test below the limit if it is meant; otherwise raise it, or let the generator through while you test.',
    numbers: [
      { name: 'refused', unit: 'requests', value: refused, low: null, high: null },
      ...(tied
        ? [
            {
              ...{ name: 'accepted_rate', unit: '1/s', value: mean },
              low: error === null ? null : Math.max(0, mean - z975 * error),
              high: error === null ? null : mean + z975 * error,
            },
          ]
        : []),
    ],
    seconds: spansOf(refusing.flatMap(({ seconds }) => [...seconds])),
  });
}

const acceptedText = (mean: number, error: number | null): string =>
  error === null
    ? `${formatCount(mean)} requests/s`
    : inBrackets(
        { value: mean, low: Math.max(0, mean - z975 * error), high: mean + z975 * error },
        { suffix: ' requests/s' },
      );

function anyRate(rates: readonly number[]): string {
  const [least, most] = [formatRate(Math.min(...rates)), formatRate(Math.max(...rates))];
  return least === most ? least : `any rate from ${least.replace('/s', '')} to ${most}`;
}

/** By the second in which they ended: a refusal takes no time. */
function stretchesOf({ series, seconds }: LoadView, stretch: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (let start = 0; start + stretch <= seconds.length; start += stretch) {
    let [requests, refused] = [0, 0];
    for (const { rows } of series.seconds.slice(start, start + stretch))
      for (const { ok, failures } of rows) {
        for (let i = 4; i < ok.length; i += 2) requests += ok[i] ?? 0;
        for (const [, status, count] of failures) {
          requests += count;
          if (status === 429) refused += count;
        }
      }
    stretches.push({ seconds: Array.from({ length: stretch }, (_, i) => start + i), requests, refused });
  }
  return stretches;
}
