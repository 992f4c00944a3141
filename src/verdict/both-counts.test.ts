import { expect, test } from 'vitest';
import { foldRecord } from '../record/fold.ts';
import { type PlantedRun, plantRecord, steadyRequests } from '../testing/record-builder.ts';
import { bothCounts } from './both-counts.ts';
import { judge } from './judge.ts';

/** 10 health checks and 20 questions, against what the server counted from 1000 on. */
function counted(after: number, counts: 'questions' | 'requests' = 'questions', run: Partial<PlantedRun> = {}) {
  const requests = [...steadyRequests(0, [0, 10], 1, () => 5), ...steadyRequests(1, [0, 10], 0.5, () => 5)];
  const record = plantRecord({ requests, ...run });
  const events = [...record.events()];
  const told = { kind: 'counted', source: 'http://h/m#/n', counts, before: 1000, after } as const;
  return foldRecord({ header: record.header, events: () => [...events.slice(0, -1), told, ...events.slice(-1)] });
}

test('equal counts are told in short, different ones with both numbers', () => {
  expect(bothCounts(counted(1020))).toEqual(['The server counted as many questions as sqload sent: 20.']);
  expect(bothCounts(counted(1030, 'requests'))).toEqual(['The server counted as many requests as sqload sent: 30.']);
  expect(bothCounts(counted(1019))).toEqual([
    'The server counted 19 questions, sqload sent 20: a proxy, a retry, a drop or another client lies between.',
  ]);
  expect(judge(counted(1024)).notes).toContain(
    'The server counted 24 questions, sqload sent 20: a proxy, a retry, a drop or another client lies between.',
  );
});

test('a counter of questions only, and one that counts by what it is read, are told as that', () => {
  expect(bothCounts(counted(1020, 'requests'))).toEqual([
    'The server counted as many questions as sqload sent: 20. The 10 health checks seem not to be in its count.',
  ]);
  expect(bothCounts(counted(1032, 'requests'))).toEqual([
    'The server counted 32 requests, sqload sent 30: a proxy, a retry, a drop or another client lies between. Reading it (--counters, --monitor) may count, too: a counter of the paths of questions leaves that out.',
  ]);
  expect(bothCounts(counted(1025, 'requests'))).toEqual([
    'The server counted 25 requests, sqload sent 30: a proxy, a retry, a drop or another client lies between.',
  ]);
});

test('a request that was sent twice may be counted once or twice', () => {
  for (const after of [1020, 1021, 1022])
    expect(bothCounts(counted(after, 'questions', { retried: 2 }))[0]).toMatch(/^The server counted as many/);
  expect(bothCounts(counted(1023, 'questions', { retried: 2 }))[0]).toContain('sqload sent 20, and 2 of them twice:');
});

test('a counter that fell is another one; without one nothing is said', () => {
  expect(bothCounts(counted(7))).toEqual([
    "The counter of the server (http://h/m#/n) fell from 1 000 to 7: it was restarted, or is another server's.",
  ]);
  expect(bothCounts(foldRecord(plantRecord({ requests: [] })))).toEqual([]);
});
