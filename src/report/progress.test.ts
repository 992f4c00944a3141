import { describe, expect, test } from 'vitest';
import { perSecond } from '../core/units.ts';
import {
  mcpSessionRows,
  type Planted,
  type PlantedRun,
  plantRecord,
  plantSetUp,
  steadyRequests,
  tenSeconds,
} from '../testing/record-builder.ts';
import { Progress } from './progress.ts';

/** The line after each second of a planted run. */
function lines(requests: readonly Planted[], more: Partial<PlantedRun> = {}): string[] {
  const record = plantRecord({ requests, ...more });
  const progress = new Progress(record.header);
  const shown: string[] = [];
  for (const event of record.events()) {
    progress.add(event);
    if (event.kind === 'second') shown.push(progress.line());
  }
  return shown;
}

describe('Progress.line()', () => {
  test('tells of a run that has not begun', () => {
    const { header } = plantRecord({ requests: [] });
    expect(new Progress(header).line()).toBe('0:10 left · 0 of 4 users · 0.0 requests/s · 0 failed · p95 – · climb');
  });

  test('tells time, phase, users, rate, p95 and failures', () => {
    const shown = lines(
      [...steadyRequests(0, [0, 9.5], 0.1, () => 25), { row: 1, at: 6, ms: 10, failed: ['reset', 0] }],
      { users: (second) => Math.min(4, second + 1) },
    );
    expect(shown[0]).toBe('0:09 left · 1 of 4 users · 10.0 requests/s · 0 failed · p95 25 ms · climb');
    expect(shown[4]).toBe('0:05 left · 4 users · 10.0 requests/s · 0 failed · p95 25 ms · hold');
    expect(shown[6]).toBe('0:03 left · 4 users · 10.1 requests/s · 1 failed · p95 25 ms · hold');
  });

  test('looks back over 10 s for rate and p95, and over the whole run for failures', () => {
    const shown = lines(
      [{ row: 0, at: 0, ms: 900, failed: ['timeout', 0] }, ...steadyRequests(0, [9, 11], 0.2, () => 5)],
      { seconds: 20, users: () => 0 },
    );
    expect(shown[8]).toContain('1 failed · p95 among the failed');
    expect(shown[10]).toBe(
      '0:00 left · 0 of 4 users · 1.0 requests/s · 1 failed · p95 5 ms · waiting for the last replies',
    );
    expect(shown.at(-1)).toContain('0.5 requests/s · 1 failed · p95 5 ms');
  });

  test('tells how far the sessions are while nobody can ask yet, and of failed set-ups ever after', () => {
    const refused = ['http-5xx', 503] as const;
    const sessions = [
      ...plantSetUp(0.1, 20, refused),
      ...plantSetUp(1.2, 20),
      ...plantSetUp(1.3, 20, refused),
      ...plantSetUp(8, 20, refused),
    ];
    const shown = lines(
      steadyRequests(0, [3, 9.5], 0.1, () => 25),
      { sessions, users: (second) => Math.min(4, second), header: { sessionRows: mcpSessionRows } },
    );
    expect(shown.slice(0, 2)).toEqual([
      '0:09 left · 0 of 4 users · 0.0 requests/s · 0 failed · 1 session set-up failed · p95 – · climb',
      '0:08 left · 1 of 4 users · setting up sessions: 1 done, 2 failed · climb',
    ]);
    expect(shown[3]).toBe(
      '0:06 left · 3 of 4 users · 2.5 requests/s · 0 failed · 2 session set-ups failed · p95 25 ms · hold',
    );
    expect(shown[8]).toContain('0 failed · 3 session set-ups failed · ');
  });

  test('tells the CPU and memory of the busiest server, as long as they are just measured', () => {
    const limit = { amount: 1, of: '' };
    const monitors = ['a', 'b'].map((name) => ({ name, source: name, slice: 0, cpu: limit, memory: limit }));
    const shown = lines([], {
      users: () => 4,
      header: { monitors },
      monitored: (second) =>
        second < 3
          ? [
              [0.1, 0.7],
              [0.34, 0.5],
            ]
          : [null, [0.2, 0.5]],
    });
    expect(shown[2]).toBe('0:07 left · 4 users · 0.0 requests/s · 0 failed · p95 – · CPU 34 % · memory 70 % · hold');
    expect(shown[8]).toContain('CPU 20 % · memory 50 % · hold');
    const silent = lines([], { header: { monitors: [{ name: 'a', source: '', slice: 0, cpu: limit, memory: null }] } });
    expect(silent[5]).toContain(' · CPU – · hold');
  });

  test('does not speak of sessions where there are none', () => {
    expect(lines([], { users: () => 4 })[3]).toBe('0:06 left · 4 users · 0.0 requests/s · 0 failed · p95 – · hold');
  });

  test('tells of dropped arrivals once there are any, and of the users of open load without a target', () => {
    const arrivals = { points: [], process: 'even', peak: perSecond(5), limit: 100 } as const;
    const shown = lines(
      steadyRequests(0, [0, 9.5], 0.1, () => 25),
      {
        users: () => 3,
        dropped: (second) => (second === 2 || second === 3 ? 4 : 0),
        header: { profile: { ...tenSeconds, peak: 0, arrivals } },
      },
    );
    expect(shown[1]).toBe('0:08 left · 3 users · 10.0 requests/s · 0 failed · p95 25 ms · climb');
    expect(shown[2]).toContain(' · 0 failed · 4 dropped · p95');
    expect(shown[9]).toContain(' · 8 dropped · ');
  });
});
