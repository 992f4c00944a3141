import { describe, expect, test } from 'vitest';
import { millis } from '../../core/units.ts';
import { readSeries } from '../../record/series.ts';
import { climbOf, playClimb, stepsOf, thresholdsOf } from '../../testing/climb-run.ts';
import {
  mcpSessionRows,
  type Planted,
  type PlantedRun,
  plantHeader,
  plantRecord,
  plantSetUp,
} from '../../testing/record-builder.ts';
import { parseThreshold, sessionRow } from '../../verdict/threshold.ts';
import type { LoadProfile } from '../../workload/load-profile.ts';
import { usersAt } from '../../workload/load-profile.ts';
import { breakingPoint } from './breaking-point.ts';

const thresholds = thresholdsOf('p95<500ms', 'error_rate<1%', 'rps>1000');

/** Each user asks once in 5 s, at even distances; `answer` says what a request gets that is due under so many users. */
function served(
  profile: LoadProfile,
  answer: (users: number, i: number) => Pick<Planted, 'ms' | 'failed'>,
  more: Partial<PlantedRun> = {},
) {
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
  return readSeries(plantRecord({ ...more, requests, header: { profile, load, ...more.header } }));
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
      'All thresholds held up to 82 users (16 requests/s); from 125 users (22 requests/s) on, p95 < 500 ms did not hold.',
    );
  });

  test('reads steps as the loads they are', () => {
    const steps = stepsOf(200, 20, 120);
    expect(sentenceOf(served(steps, (users, i) => (users > 130 && i % 20 === 0 ? failed : fast)))).toBe(
      'All thresholds held up to 101 users (20 requests/s); from 140 users (27 requests/s) on, errors < 1 % did not hold.',
    );
  });

  test('holds a mean against its limit, that of successes', () => {
    const sentenceAt = (...texts: readonly string[]) =>
      breakingPoint(
        served(climb, (users, i) => (users < 120 ? fast : i % 10 === 0 ? failed : slow)),
        thresholdsOf(...texts),
      )[0]?.sentence;
    expect(sentenceAt('avg<500ms')).toBe(
      'All thresholds held up to 85 users (17 requests/s); from 135 users (23 requests/s) on, avg < 500 ms did not hold.',
    );
    // A tenth fails at once, and is in no mean.
    expect(sentenceAt('avg<890ms', 'initial.avg<1s')).toMatch(/; from 150 users .* on, avg < 890 ms did not hold\.$/);
    expect(sentenceAt('avg<910ms')).toMatch(/^Nothing broke up to 200 users/);
  });

  test('says how far it came when nothing broke', () => {
    expect(sentenceOf(served(climb, () => fast))).toBe(
      'Nothing broke up to 200 users (39 requests/s): p95 < 500 ms and errors < 1 % held at every load, and the breaking point lies above.',
    );
    const remedyOf = (profile: LoadProfile) =>
      breakingPoint(
        served(profile, () => fast),
        thresholds,
      )[0]?.remedy;
    expect(remedyOf(climb)).toContain('--until-broken');
    expect(remedyOf({ ...climb, steps: [{ users: 200, phase: 1, judgedFrom: 50 }] })).toBe('A higher --max-users.');
  });

  describe('of what hooks time', () => {
    const timed = (ms: (users: number) => number, from = 0) => ({
      timed: (second: number) =>
        second < from ? {} : { lookup: [0.9, 1, 1.1].map((each) => each * ms(Math.min(200, second / 2))) },
    });
    const sentenceWith = (more: Partial<PlantedRun>, ...texts: readonly string[]) =>
      breakingPoint(
        served(climb, () => fast, more),
        thresholdsOf('p95<500ms', ...texts),
      )[0]?.sentence;
    const slowing = timed((users) => (users < 120 ? 20 : 60));

    test('names the load from which on it is beyond its limit', () => {
      expect(sentenceWith(slowing, 'custom.lookup.p50<50ms')).toBe(
        'All thresholds held up to 80 users (16 requests/s); from 138 users (27 requests/s) on, custom.lookup p50 < 50 ms did not hold.',
      );
      expect(sentenceWith(slowing, 'custom.lookup.avg<50ms')).toMatch(
        /; from 13\d users .* on, custom\.lookup avg < 50 ms did not hold\.$/,
      );
      expect(sentenceWith(slowing, 'custom.lookup.p50<70ms')).toMatch(
        /^Nothing broke up to 200 users .* custom\.lookup p50 < 70 ms held at every load/,
      );
    });

    test('takes no load away from the others where there is too little of it, and says so', () => {
      expect(sentenceWith({}, 'custom.lookup.p95<2s', 'custom.hits.count>5')).toMatch(
        / held at every load, and the breaking point lies above\. Of custom\.lookup\.p95<2s too little was measured to tell by load\.$/,
      );
      const late = timed(() => 20, 590);
      expect(sentenceWith(late, 'custom.lookup.p95<50ms')).toMatch(
        /Of custom\.lookup\.p95<50ms too little was measured/,
      );
    });
  });

  test('of set-ups of sessions', () => {
    const busy = ['http-5xx', 503] as const;
    const sentenceWith = (text: string, from: number) => {
      const sessions = Array.from({ length: 200 }, (_, i) => plantSetUp(2 * i, 20, i > from ? busy : undefined)).flat();
      const limits = [...thresholdsOf('p95<500ms'), parseThreshold(text, 'option', [sessionRow])];
      const more = { sessions, header: { sessionRows: mcpSessionRows } };
      return breakingPoint(
        served(climb, () => fast, more),
        limits,
      )[0]?.sentence;
    };
    expect(sentenceWith('session.error_rate<20%', 100)).toMatch(
      /^All thresholds held up to \d+ users .*; from 1[1-4]\d users \(\S+ requests\/s\) on, session errors < 20 % did not hold\.$/,
    );
    expect(sentenceWith('session.p90<1s', 300)).toMatch(/session p90 < 1 000 ms held at every load/);
    // 200 set-ups cannot show a share of 1 %.
    expect(sentenceWith('session.error_rate<1%', 300)).toMatch(
      /Of session\.error_rate<1% too little was measured to tell by load/,
    );
  });

  test('names what the run as a whole broke, where no load had enough to show it', () => {
    const sentenceWith = (text: string, failed: readonly string[], more: Partial<PlantedRun> = {}) =>
      breakingPoint(
        served(climb, (users) => (users < 150 ? fast : slow), more),
        thresholdsOf(text, 'custom.lookup.max<5s'),
        { failed },
      )[0];
    const hook = 'custom.lookup.p95<40ms';
    const seldom = { timed: (second: number) => (second % 100 === 0 ? { lookup: [90] } : {}) };
    const both = breakingPoint(
      served(climb, (users) => (users < 120 ? fast : slow), seldom),
      thresholdsOf('p95<500ms', hook),
      { failed: [hook] },
    )[0];
    expect(both?.sentence).toMatch(
      /^All other thresholds held up to 8\d users .*; from 12\d users .* on, p95 < 500 ms did not hold\. The run broke custom\.lookup p95 < 40 ms too, but from which load on cannot be told\.$/,
    );
    const alone = breakingPoint(
      served(climb, () => fast, seldom),
      thresholdsOf('p95<500ms', hook),
      { failed: [hook] },
    )[0];
    expect(alone).toMatchObject({
      outcome: 'undecided',
      sentence: expect.stringMatching(
        /^The run broke custom\.lookup p95 < 40 ms, but from which load on cannot be told; all other thresholds held up to 1\d\d users/,
      ),
      remedy: 'A hook that measures more often.',
    });
    // What is broken at a load needs no more words.
    expect(sentenceWith('p95<500ms', ['p95<500ms'])?.sentence).toMatch(/on, p95 < 500 ms did not hold\./);
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

describe('breakingPoint() of a server of known capacity', () => {
  const uneven = { kind: 'lognormal', p50: millis(120), p95: millis(300) } as const;
  const findings = async (capacity: number | null) => {
    const series = await playClimb({ profile: climbOf(150, 5, 100), seed: '1', server: { capacity, latency: uneven } });
    return breakingPoint(series, thresholdsOf('p95<800ms', 'error_rate<1%'));
  };

  test('tells the knee, and what a fast climb cannot tell', async () => {
    const [point, knee] = await findings(3);
    expect(point).toMatchObject({
      id: 'breaking-point',
      outcome: 'shown',
      sentence:
        'From 150 users (25 requests/s) on, p95 < 800 ms did not hold. Up to which load all of them held, this climb was too fast to tell.',
      remedy: expect.stringMatching(/^A slower climb/),
      seconds: [{ start: 0, end: 100 }],
    });
    expect(knee).toMatchObject({
      id: 'knee',
      sentence:
        'Throughput follows the load up to 24.7 requests/s (23.0–26.5), reached at 127 users (118–136); beyond that requests queue.',
    });
    // 3 places, 140 ms a request on average: 23.8 requests/s.
    const capacity = knee?.numbers.find(({ name }) => name === 'capacity');
    expect(capacity?.low).toBeLessThan(23.785);
    expect(capacity?.high).toBeGreaterThan(23.785);
  });

  test('claims neither when there is capacity to spare', async () => {
    expect((await findings(null)).map(({ outcome, sentence }) => [outcome, sentence])).toEqual([
      [
        'not-shown',
        'Nothing broke up to 150 users (29 requests/s): p95 < 800 ms and errors < 1 % held at every load, and the breaking point lies above.',
      ],
    ]);
  });
});

test('breakingPoint() takes users without a session for no queue', () => {
  // Sessions for 100 users: who comes later asks nothing.
  const busy = ['http-5xx', 503] as const;
  const sessions = Array.from({ length: 200 }, (_, i) => plantSetUp(2 * i, 20, i >= 100 ? busy : undefined)).flat();
  const climb = climbOf(200, 0.5, 600);
  const requests = Array.from({ length: 600 }, (_, second) =>
    Array.from({ length: Math.round(Math.min(100, second / 2) / 5.1) }, (_, i) => ({
      row: 1,
      at: second + (i + 0.1) / 20,
      ms: 100,
    })),
  ).flat();
  const kneeOf = (more: Partial<PlantedRun>) => {
    const header = { ...more.header, profile: climb, load: plantHeader().load };
    return breakingPoint(readSeries(plantRecord({ ...more, requests, header })), thresholds).map(({ id }) => id);
  };
  expect(kneeOf({})).toContain('knee');
  expect(kneeOf({ sessions, header: { sessionRows: mcpSessionRows } })).not.toContain('knee');
});

test('breakingPoint() names a server that is busy by its monitor', () => {
  const profile = climbOf(100, 0.5, 300);
  const monitor = { name: 'server', source: '', slice: 0, cpu: { amount: 4, of: '' }, memory: null };
  const busy = (second: number) => Math.min(100, second / 2) / 100;
  const series = served(profile, () => fast);
  const seconds = series.seconds.map((each) => ({
    ...each,
    monitors: [
      { kind: 'monitor', second: each.second, at: millis(0), monitor: 0, cpu: busy(each.second), memory: null },
    ],
  })) satisfies typeof series.seconds;
  const watched = { ...series, header: { ...series.header, monitors: [monitor] }, seconds };
  expect(breakingPoint(watched, thresholdsOf('cpu<70%'))[0]?.sentence).toBe(
    'All thresholds held up to 45 users (8.9 requests/s); from 100 users (20 requests/s) on, CPU < 70 % did not hold.',
  );
});
