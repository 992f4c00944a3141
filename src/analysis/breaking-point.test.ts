import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import { readSeries } from '../record/series.ts';
import { climbOf, stepsOf, thresholdsOf } from '../testing/climb-run.ts';
import { type Planted, plantHeader, plantRecord } from '../testing/record-builder.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import { usersAt } from '../workload/load-profile.ts';
import { breakingPoint } from './breaking-point.ts';

const thresholds = thresholdsOf('p95<500ms', 'error_rate<1%', 'rps>1000');

/** Each user asks once in 5 s, at even distances; `answer` says what a request gets that is due under so many users. */
function served(profile: LoadProfile, answer: (users: number, i: number) => Pick<Planted, 'ms' | 'failed'>) {
  const requests: Planted[] = [];
  let owed = 0;
  for (let second = 0; second < profile.seconds; second++) {
    const users = usersAt(profile, millis(second * 1000 + 500));
    owed += users / 5.1;
    const count = Math.floor(owed);
    owed -= count;
    for (let i = 0; i < count; i++)
      requests.push({ row: 1, at: second + (i + 0.1) / count, ...answer(users, requests.length) });
  }
  const { load } = plantHeader();
  return readSeries(plantRecord({ requests, header: { profile, load } }));
}

const fast = { ms: 100 };
const slow = { ms: 900 };
const failed = { ms: 5, failed: ['http-5xx', 503] } as const;
const sentenceOf = (series: ReturnType<typeof served>): string | undefined =>
  breakingPoint(series, thresholds)[0]?.sentence;

describe('breakingPoint()', () => {
  const climb = climbOf(200, 0.5, 600);

  test('names the highest load at which all held and the lowest at which one did not', () => {
    expect(sentenceOf(served(climb, (users) => (users < 120 ? fast : slow)))).toBe(
      'All thresholds held up to 82 users (16 requests/s); from 125 users (22 requests/s) on p95 < 500 ms did not hold.',
    );
  });

  test('reads steps as the loads they are', () => {
    const steps = stepsOf(200, 20, 120);
    expect(sentenceOf(served(steps, (users, i) => (users > 130 && i % 20 === 0 ? failed : fast)))).toBe(
      'All thresholds held up to 101 users (20 requests/s); from 140 users (27 requests/s) on error_rate < 1 % did not hold.',
    );
  });

  test('says how far it came when nothing broke', () => {
    expect(sentenceOf(served(climb, () => fast))).toBe(
      'Nothing broke up to 200 users, 39 requests/s: p95 < 500 ms and error_rate < 1 % held at every load.',
    );
  });

  test('says that it was broken from the start', () => {
    expect(sentenceOf(served(climb, () => slow))).toBe(
      'Broken from the start: p95 < 500 ms did not hold at 51 users (8.6 requests/s), the lowest load that could be judged.',
    );
  });

  test('has nothing to say of a load that does not climb', () => {
    expect(
      breakingPoint(
        served(climbOf(100, 20, 100), () => slow),
        thresholds,
      ),
    ).toEqual([]);
  });
});
