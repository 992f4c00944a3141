import { describe, expect, test } from 'vitest';
import type { FailureKind } from '../../core/failure.ts';
import { millis } from '../../core/units.ts';
import type { RecordHeader } from '../../record/record.ts';
import type { ConnectionCounts } from '../../record/run-event.ts';
import { type RunSeries, readSeries } from '../../record/series.ts';
import { mcpSessionRows, type Planted, type PlantedRun, plantRecord } from '../../testing/record-builder.ts';
import type { LoadProfile } from '../../workload/load-profile.ts';
import { diagnose } from './diagnose.ts';

type Shape = 'climb' | 'flat' | 'surge';

/** 10 users, and 100 from 0:40 until 1:00. */
const surgeUsers = (second: number): number => (second >= 40 && second < 60 ? 100 : 10);

/** A climb of 100 s from 1 to 100 users and 20 s at them; 60 users throughout; or a surge, whose profile no rule reads. */
function profileOf(shape: Shape): LoadProfile {
  const [peak, top] = shape === 'climb' ? [100, 100] : [60, 0];
  return {
    phases: [
      { name: 'climb', start: 0, end: Math.max(1, top), steady: false },
      { name: 'hold', start: Math.max(1, top), end: 120, steady: true },
    ],
    points: [
      { at: millis(0), users: shape === 'climb' ? 0 : peak },
      { at: millis(top * 1000), users: peak },
      { at: millis(120_000), users: peak },
    ],
    peak,
    arrivals: null,
    seconds: 120,
    steady: { start: Math.max(1, top), end: 120 },
  };
}

interface Asked {
  readonly row: number;
  readonly second: number;
  readonly users: number;
  /** Counts the requests of the run. */
  readonly index: number;
  /** 80 to 120 ms, of a health check 8 to 12. */
  readonly usual: number;
}

type Answer = (asked: Asked) => Partial<Omit<Planted, 'row' | 'at'>>;

const mix = [1, 2, 0, 2, 1, 2, 1, 2, 2];

/** A run in which every user asks once in 5 s, and what is said of it. */
function runOf(shape: Shape, answer: Answer, more: Omit<Partial<PlantedRun>, 'requests'> = {}): RunSeries {
  const usersAt = (second: number): number =>
    shape === 'surge' ? surgeUsers(second) : shape === 'climb' ? Math.min(100, second + 1) : 60;
  const requests: Planted[] = [];
  for (let second = 0; second < 120; second++) {
    const count = Math.max(1, Math.round(usersAt(second) / 5));
    for (let i = 0; i < count; i++) {
      const index = requests.length;
      const row = mix[index % mix.length] ?? 1;
      const usual = (row === 0 ? 10 : 100) * (0.8 + (0.4 * ((index * 37) % 101)) / 100);
      const asked = { row, second, users: usersAt(second), index, usual };
      requests.push({ row, at: second + (i + 0.5) / count / 2, ms: usual, ...answer(asked) });
    }
  }
  const header = { profile: profileOf(shape), ...more.header };
  return readSeries(plantRecord({ users: usersAt, ...more, header, requests }));
}

const idsOf = (series: RunSeries): string[] => diagnose(series).map(({ id }) => id);
const sentenceOf = (series: RunSeries, id: string): string | undefined =>
  diagnose(series).find((finding) => finding.id === id)?.sentence;

const asUsual: Answer = () => ({});
const watched: Partial<RecordHeader> = {
  monitors: [
    {
      ...{ name: 'server', source: 'planted', slice: 0 },
      cpu: { amount: 4, of: '' },
      memory: { amount: 2 ** 31, of: '' },
    },
  ],
};
const monitored = (of: (second: number) => readonly [number, number]) => ({
  header: { ...watched },
  monitored: (second: number) => [of(second)],
});

describe('diagnose()', () => {
  test('says nothing of a healthy server', () => {
    expect(diagnose(runOf('climb', asUsual))).toEqual([]);
    expect(diagnose(runOf('flat', asUsual))).toEqual([]);
    expect(diagnose(readSeries(plantRecord({ requests: [] })))).toEqual([]);
  });

  test('CPU near its limit is told with what it costs, and then explains the waiting', () => {
    const cpu = (second: number) => [Math.min(0.97, (second + 1) / 100), 0.4] as const;
    const slower = runOf('climb', ({ second, usual }) => ({ ms: usual * (second < 85 ? 1 : 5) }), monitored(cpu));
    expect(idsOf(slower)).toEqual(['server-cpu-saturated']);
    expect(sentenceOf(slower, 'server-cpu-saturated')).toBe(
      'CPU of server stood at 96 % of its limit (4 cores), on average over 30 s of the load; Follow-up Question Generation took 500 ms (p50) then, and 100 ms while it was below 70 %.',
    );
    expect(idsOf(runOf('climb', asUsual, monitored(cpu)))).toEqual([]);
    const always = runOf(
      'flat',
      asUsual,
      monitored(() => [0.98, 0.4]),
    );
    expect(sentenceOf(always, 'server-cpu-saturated')).toBe(
      'CPU of server stood at 98 % of its limit (4 cores), on average over 120 s of the load.',
    );
  });

  test('memory near its limit', () => {
    const full = (share: number) =>
      runOf(
        'flat',
        asUsual,
        monitored(() => [0.2, share]),
      );
    expect(sentenceOf(full(0.93), 'server-memory-full')).toBe(
      'Memory of server stood at 93 % of its limit (2 048 MiB) in the last 30 s of the load.',
    );
    expect(idsOf(full(0.85))).toEqual([]);
  });

  test('errors that begin at a number of users, and not those of an outage or of any load', () => {
    const fails = (when: (asked: Asked) => boolean) =>
      runOf('climb', (asked) => (when(asked) ? { failed: ['http-5xx', 503] } : {}));
    const from60 = fails(({ users, index }) => users >= 60 && index % 10 === 0);
    expect(idsOf(from60)).toEqual(['errors-begin']);
    expect(sentenceOf(from60, 'errors-begin')).toBe(
      'Requests fail from 63 users (53–63) on, where 1.3 requests are in flight: 105 of 1 044 beyond it (10 %), mostly status 503, and 1 of 368 below.',
    );
    const lost = runOf('climb', ({ users, index }) =>
      users >= 60 && index % 10 === 0 ? { failed: ['http-4xx', 404] } : {},
    );
    expect(diagnose(from60)[0]?.cause).toMatch(/^A pool is used up/);
    expect(diagnose(lost)[0]?.cause).toMatch(/^The server lost what was asked for/);
    expect(diagnose(from60)[0]?.numbers[0]).toMatchObject({ name: 'errors_from', low: 53, high: 63 });
    expect(idsOf(fails(({ second }) => second >= 60 && second < 75))).toEqual(['outage']);
    expect(idsOf(fails(({ index }) => index % 10 === 0))).toEqual([]);
  });

  test('an outage, how long it lasted, and whether it ended', () => {
    const down = (kind: FailureKind, status: number, when: (second: number) => boolean) =>
      runOf('flat', ({ second }) => (when(second) ? { failed: [kind, status], ms: 1 } : {}));
    const crash = down('refused', 0, (second) => second >= 70);
    expect(idsOf(crash)).toEqual(['outage']);
    expect(sentenceOf(crash, 'outage')).toBe(
      'From 1:10 on none of 600 requests succeeded, mostly refused; of the other 840, 100 % did.',
    );
    const restarts = down('http-5xx', 502, (second) => second % 50 >= 40 && second % 50 < 45);
    expect(sentenceOf(restarts, 'outage')).toBe(
      'From 0:40 to 0:45 none of 60 requests succeeded, mostly status 502; of the other 1 320, 100 % did. There was one more such stretch.',
    );
    expect(diagnose(restarts)[0]?.cause).toContain('The proxy in front had no server');
    // Two seconds are a hiccup; half of the requests failing all the time is no outage, whatever their order.
    expect(idsOf(down('reset', 0, (second) => second === 40 || second === 41))).toEqual([]);
    expect(idsOf(runOf('flat', ({ index }) => (index % 2 === 0 ? { failed: ['reset', 0] } : {})))).toEqual([]);
    expect(idsOf(down('reset', 0, () => true))).toEqual([]);
  });

  test('resets that begin at a number of users have another cause than a pool', () => {
    const [found] = diagnose(
      runOf('climb', ({ users, index }) => (users >= 60 && index % 10 === 0 ? { failed: ['reset', 0] } : {})),
    );
    expect(found?.cause).toContain('A limit on connections');
  });

  test('health checks that slow down with questions, and not for themselves', () => {
    const blocked = runOf('climb', ({ users, usual }) => (users < 50 ? {} : { ms: usual + 300 }));
    expect(idsOf(blocked)).toEqual(['event-loop-blocked']);
    expect(sentenceOf(blocked, 'event-loop-blocked')).toBe(
      'Health checks took 310 ms (p50) while 6.8 or more questions were in flight, and 10.1 ms while at most 0.8 were.',
    );
    const altogether = runOf('climb', ({ users, usual }) => ({ ms: usual * (users < 50 ? 1 : 10) }));
    expect(idsOf(altogether)).not.toContain('event-loop-blocked');
    const apart = runOf('climb', ({ users, usual, row }) => (users < 50 || row === 0 ? {} : { ms: usual + 300 }));
    expect(idsOf(apart)).toEqual(['queueing']);
  });

  test('questions that wait for each other, with an idle processor or an unknown one', () => {
    const answer: Answer = ({ users, usual, row }) => (users < 50 || row === 0 ? {} : { ms: usual + 300 });
    const idle = runOf(
      'climb',
      answer,
      monitored(() => [0.3, 0.4]),
    );
    expect(sentenceOf(idle, 'queueing')).toBe(
      'Follow-up Question Generation took 98.4 ms (p50) with at most 25 users, and 400 ms with 75 or more, while the server used 30 % of its CPU: requests wait for each other.',
    );
    expect(diagnose(idle)[0]?.cause).toContain('A pool of connections');
    expect(sentenceOf(runOf('climb', answer), 'queueing')).toBe(
      'Follow-up Question Generation took 98.4 ms (p50) with at most 25 users, and 400 ms with 75 or more: requests wait for each other.',
    );
  });

  test('status 429 from a rate on', () => {
    const limited = runOf('climb', ({ index, users }) =>
      users > 50 && index % 2 ? { ms: 1, failed: ['http-4xx', 429] } : {},
    );
    expect(idsOf(limited)).toEqual(['rate-limited']);
    expect(sentenceOf(limited, 'rate-limited')).toBe(
      'The server refused 578 of 1 412 requests (41 %) with status 429; where more came, it accepted 8.2 requests/s (6.9–9.5) and refused the rest.',
    );
    const anyRate = runOf('flat', ({ index }) => (index % 50 ? {} : { ms: 1, failed: ['http-4xx', 429] }));
    expect(sentenceOf(anyRate, 'rate-limited')).toBe(
      'The server refused 29 of 1 440 requests (2 %) with status 429; at 12/s.',
    );
  });

  test('times that pile up at a timeout of the server, or at the deadline of the generator', () => {
    const late =
      (ms: number, failed?: Planted['failed']): Answer =>
      ({ index, usual }) =>
        index % 50 === 0 ? { ms: ms + usual / 10, ...(failed ? { failed } : {}) } : {};
    const pool = runOf('flat', late(5000, ['http-5xx', 500]));
    expect(idsOf(pool)).toEqual(['timeout-plateau']);
    expect(sentenceOf(pool, 'timeout-plateau')).toBe(
      '29 of 1 440 requests (2 %) took 5.00 s to 5.01 s (all of them failed), none took 3.33 s to 5.00 s, and half took at most 100 ms: that looks like a timeout of 5 s in the server or behind it.',
    );
    expect(idsOf(runOf('flat', late(30_000)))).toEqual(['timeout-plateau']);
    expect(sentenceOf(runOf('flat', late(60_000, ['timeout', 0])), 'timeout-plateau')).toBe(
      '29 of 1 440 requests (2 %) took 60.0 s (all of them failed), none took 40.0 s to 60.0 s, and half took at most 100 ms: the generator gave them up at its own deadline (--timeout).',
    );
    const spread = runOf('flat', ({ index, usual }) =>
      index % 50 === 0 ? { ms: 10 * usual + (index % 7) * 900 } : {},
    );
    expect(idsOf(spread)).toEqual([]);
  });

  test('a limit that is broken at any load', () => {
    const slow = runOf('climb', ({ usual }) => ({ ms: usual * 9 }));
    expect(idsOf(slow)).toEqual(['slow-without-load']);
    expect(sentenceOf(slow, 'slow-without-load')).toBe(
      'With at most 25 users, p95 was 1 065 ms already, above its limit of 500 ms, and 1 062 ms over the whole run with up to 100: load is not what makes it slow.',
    );
    const own = { header: { thresholds: [{ text: 'p95<2s', source: 'option' as const }] } };
    expect(idsOf(runOf('climb', ({ usual }) => ({ ms: usual * 9 }), own))).toEqual([]);
  });

  test('a limit that is broken before a surge, and not only from the surge on', () => {
    const slowFrom =
      (start: number): Answer =>
      ({ second, usual }) => ({ ms: usual * (second < start ? 1 : 9) });
    expect(idsOf(runOf('surge', slowFrom(0)))).toContain('slow-without-load');
    expect(idsOf(runOf('surge', slowFrom(40)))).not.toContain('slow-without-load');
  });

  test('follow-ups that cost more, and more with their history', () => {
    const dearer = runOf('flat', ({ row, usual }) => ({ ms: usual * (row === 2 ? 2 : 1) }));
    expect(idsOf(dearer)).toEqual(['follow-up-cost']);
    expect(sentenceOf(dearer, 'follow-up-cost')).toBe(
      'Follow-ups took 2.00 times (1.99–2.02) as long as initial questions: 200 ms and 99.6 ms (p50).',
    );
    const sizeOf = ({ index, second }: Asked): number => 500 + ((second * 53) % 17) * 100 + (index % 3) * 200;
    const history = withBytes(
      runOf('flat', (asked) => ({ ms: asked.usual + (asked.row === 2 ? sizeOf(asked) / 10 : 0) })),
      (second) => 700 + ((second * 53) % 17) * 100,
    );
    expect(idsOf(history)).toEqual(['history-cost']);
    expect(sentenceOf(history, 'history-cost')).toBe(
      'Each kB more of history made a follow-up 99.2 ms (98.2–100.2) slower. Follow-ups took 253 ms (p50), initial questions 99.6 ms.',
    );
  });

  test('the first seconds are slow, and not the rush of a start', () => {
    const cold = runOf('flat', ({ second, usual }) => ({ ms: usual * (second < 10 ? 4 : 1) }));
    expect(idsOf(cold)).toEqual(['cold-start']);
    expect(sentenceOf(cold, 'cold-start')).toBe(
      'In the first 10 s questions took 397 ms (p50), and 99.6 ms from 20 s to 60 s, when about as many came per second, or more.',
    );
    expect(idsOf(runOf('flat', ({ second, usual }) => ({ ms: usual * (second < 10 ? 1.2 : 1) })))).toEqual([]);
  });

  test('connections that the server closes while users think', () => {
    const half = withConnections(runOf('flat', asUsual), (requests) => ({ opened: requests / 2 }));
    expect(idsOf(half)).toEqual(['stale-connections']);
    expect(sentenceOf(half, 'stale-connections')).toBe(
      'After 50 % of the pauses the server had closed the connection: it closes them after about 5.00 s (4.89–5.11) without a request.',
    );
    expect(diagnose(half)[0]?.cause).toContain('5 s is the default of uvicorn and of Node');
    const every = withConnections(runOf('flat', asUsual), (requests) => ({ opened: requests }));
    expect(sentenceOf(every, 'stale-connections')).toBe(
      'After 100 % of the pauses the server had closed the connection: it closes them after 3.01 s without a request at the latest.',
    );
    const crossed = withConnections(runOf('flat', asUsual), (requests) => ({ opened: requests / 4, retried: 1 }));
    expect(sentenceOf(crossed, 'stale-connections')).toBe(
      'After 25 % of the pauses the server had closed the connection; 120 requests crossed the close, of which none failed: it closes them after about 6.00 s (5.91–6.09) without a request.',
    );
    const streams = runOf('flat', asUsual, { header: { sessionRows: mcpSessionRows } });
    expect(idsOf(withConnections(streams, (_, second) => ({ opened: second >= 5 && second < 10 ? 12 : 0 })))).toEqual(
      [],
    );
    expect(idsOf(withConnections(runOf('flat', asUsual), () => ({})))).toEqual([]);
    const policy = { header: { settings: { 'keep-alive': { value: '4s', from: 'option' } } } };
    expect(idsOf(withConnections(runOf('flat', asUsual, policy), (requests) => ({ opened: requests / 2 })))).toEqual(
      [],
    );
  });
});

/** The series with other connections: the first 60 requests open one, of the others so many as `of` says. */
function withConnections(
  series: RunSeries,
  of: (requests: number, second: number) => Partial<ConnectionCounts>,
): RunSeries {
  let firsts = 60;
  const seconds = series.seconds.map((second) => {
    const all = second.connections.opened + second.connections.reused;
    const first = Math.min(firsts, all);
    firsts -= first;
    const counts = { opened: 0, retried: 0, resumed: 0, ...of(all - first, second.second) };
    const opened = counts.opened + first;
    return { ...second, connections: { ...counts, opened, reused: all - opened } };
  });
  return { ...series, seconds };
}

/** The series with so many bytes sent for each follow-up. */
function withBytes(series: RunSeries, of: (second: number) => number): RunSeries {
  const seconds = series.seconds.map((second) => {
    const rows = second.rows.map((tally, row) => {
      const count = tally.ok.reduce((sum, value, i) => (i >= 4 && i % 2 === 0 ? sum + value : sum), 0);
      return row === 2 ? { ...tally, bytesSent: count * of(second.second) } : tally;
    });
    return { ...second, rows };
  });
  return { ...series, seconds };
}
