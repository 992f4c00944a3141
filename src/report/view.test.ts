import { describe, expect, test } from 'vitest';
import type { RecordPart } from '../record/record.ts';
import { judged } from '../testing/judged.ts';
import { cutShortRun, emptyRun, failingRun, type PlantedReport } from '../testing/planted-runs.ts';
import { type Planted, plantRecord, plantThread } from '../testing/record-builder.ts';
import { buildView, type ReportView } from './view.ts';

const view = ({ record, verdict }: PlantedReport): ReportView => buildView(judged({ record, verdict }));
const viewOf = (requests: readonly Planted[]): ReportView =>
  view({ record: plantRecord({ requests }), verdict: emptyRun().verdict });

describe('buildView()', () => {
  test('gives percentiles of successes in ms, and p95 with the failed as slower than any', () => {
    const requests: Planted[] = Array.from({ length: 100 }, (_, i) => ({ row: 1, at: 3, ms: i + 1 }));
    const { total, rows } = viewOf([...requests, { row: 1, at: 3, ms: 0.5, failed: ['reset', 0] }]);
    const exact = { min: 1, mean: 50.5, p50: 50, p90: 90, p95: 95, p99: 99, p999: 100, max: 100 } as const;
    for (const key of ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const)
      expect(Math.abs((total.ok?.[key] ?? 0) / exact[key] - 1), key).toBeLessThan(0.001);
    expect(total.adjustedP95).toBeCloseTo(96, 1);
    expect(total).toMatchObject({ id: null, requests: 101, failures: 1, failedRatio: 1 / 101 });
    expect(rows.map(({ id, requests: ended }) => [id, ended])).toEqual([
      ['health', 0],
      ['initial', 101],
      ['follow-up', 0],
    ]);
  });

  test('has no number where there was nothing to measure', () => {
    const { total, generator, connections, run } = view(emptyRun());
    expect(total).toMatchObject({ requests: 0, failedRatio: null, ok: null, adjustedP95: null });
    expect(generator).toEqual({
      lateness: null,
      threads: 0,
      delay: null,
      utilisation: null,
      collectingRatio: null,
      processes: 1,
      cpu: null,
      memory: null,
      dropped: 0,
    });
    expect(connections).toMatchObject({ connect: null, tls: null, firstByte: null, service: null });
    expect(connections.reusedRatio).toBeNull();
    expect(run).toMatchObject({ end: 'interrupted', seconds: 0.34, steady: { start: 2, end: 10, recorded: 0 } });
  });

  test('says beyond-failures when the percentile falls among the failed', () => {
    expect(view(failingRun()).total.adjustedP95).toBe('beyond-failures');
    expect(view(failingRun()).thresholds[0]?.failedRatio).toBeCloseTo(32 / 145);
  });

  test('puts requests into the phase in which they were due, and successes per second into that in which they ended', () => {
    const { phases } = viewOf([
      { row: 0, at: 1.9, ms: 300 },
      { row: 0, at: 5, ms: 300 },
      { row: 0, at: 6, ms: 300, failed: ['timeout', 0] },
      { row: 0, at: 9.9, ms: 300 },
    ]);
    expect(phases.map(({ requests, failures, successRate }) => [requests, failures, successRate])).toEqual([
      [1, 0, 0],
      [3, 1, 2 / 8],
    ]);
  });

  test('counts rates over the recorded part when the record was cut short', () => {
    const { run, phases, total } = view(cutShortRun());
    expect(run).toMatchObject({ end: 'cut-short', seconds: 5, steady: { recorded: 3 } });
    expect(total.rate).toBe(total.requests / 5);
    expect(phases[1]?.successRate).toBe((total.requests - 31) / 3);
  });

  test('counts the processes, and does not judge a thread by the fraction of a second that a cut record ends with', () => {
    const part = (index: number) => ({ index, startedAt: '2026-03-01T12:00:00.000Z' });
    const busyIn = (fraction: number, parts: readonly RecordPart[]) =>
      view({
        record: plantRecord({
          requests: [],
          seconds: 6,
          end: null,
          threads: (second) => [plantThread([], { utilisation: second === fraction ? 1 : 0.2 })],
          header: { slices: { count: 3, parts } },
        }),
        verdict: emptyRun().verdict,
      }).generator;
    const all = [part(0), part(1), part(2)];
    expect(busyIn(5, all)).toMatchObject({ processes: 3, utilisation: { max: 0.2 } });
    expect(busyIn(3, [part(0), { ...part(1), cutAfter: 4 }, part(2)]).utilisation?.max).toBe(0.2);
    expect(busyIn(3, all).utilisation?.max).toBe(1);
  });

  test('lists failures by row, kind and status with their seconds and the first example', () => {
    const { failures } = viewOf([
      { row: 1, at: 1, ms: 10, failed: ['http-5xx', 500, 'first'] },
      { row: 1, at: 4, ms: 10, failed: ['http-5xx', 500, 'second'] },
      { row: 1, at: 2, ms: 10, failed: ['http-5xx', 503] },
      { row: 0, at: 3, ms: 10, failed: ['reset', 0, 'gone'] },
    ]);
    expect(failures.map(({ row, session: _, ...group }) => ({ row: row.id, ...group }))).toEqual([
      { row: 'health', kind: 'reset', status: 0, count: 1, first: 3, last: 3, example: 'gone' },
      { row: 'initial', kind: 'http-5xx', status: 500, count: 2, first: 1, last: 4, example: 'first' },
      { row: 'initial', kind: 'http-5xx', status: 503, count: 1, first: 2, last: 2, example: null },
    ]);
  });

  test('lists what failed in sessions after all rows, a failed set-up by the request of it that failed', () => {
    const refused = ['http-4xx', 401, 'no key'] as const;
    const record = plantRecord({
      requests: [{ row: 1, at: 5, ms: 10, failed: ['http-4xx', 401, 'of a question'] }],
      sessions: [
        { row: 0, at: 1, ms: 10, failed: refused },
        { row: 1, at: 1, ms: 10, failed: refused },
      ],
      header: {
        sessionRows: [
          { id: 'session', name: 'MCP Session Setup' },
          { id: 'initialize', name: 'initialize' },
        ],
      },
    });
    const { failures, total } = buildView(judged({ record, verdict: emptyRun().verdict }));
    const group = { kind: 'http-4xx', status: 401, count: 1 };
    expect(failures).toMatchObject([
      { ...group, row: { id: 'initial' }, session: false, first: 5, example: 'of a question' },
      { ...group, row: { id: 'initialize' }, session: true, first: 1, last: 1, example: 'no key' },
    ]);
    expect(total).toMatchObject({ requests: 1, failures: 1 });
  });
});
