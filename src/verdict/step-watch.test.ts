import { describe, expect, test } from 'vitest';
import type { ThresholdText } from '../record/record.ts';
import { mcpSessionRows, type PlantedRun, plantHeader, plantRecord, plantSetUp } from '../testing/record-builder.ts';
import { profileOf } from '../testing/virtual-run.ts';
import { appendSteps } from '../workload/append-steps.ts';
import { type BrokenStep, StepWatch } from './step-watch.ts';

// Step 1 is second 10 to 35, judged from 15; step 2 is 35 to 60, judged from 40.
const profile = appendSteps(profileOf('{ users: 10, spawn_rate: 10/s, run_time: 10s }'), {
  levels: [12, 14],
  climb: 2,
  settle: 3,
  judged: () => 20,
});
const limit = (...texts: string[]): ThresholdText[] => texts.map((text) => ({ text, source: 'option' }));

/** Ten requests in each second, as slow as `ms` says. */
function watch(texts: readonly string[], ms: (second: number, i: number) => number, more: Partial<PlantedRun> = {}) {
  const requests = Array.from({ length: 600 }, (_, i) => {
    const second = Math.floor(i / 10);
    return { row: 1, at: second + (i % 10) / 20, ms: ms(second, i % 10) };
  });
  const { header, events } = plantRecord({
    ...more,
    header: { ...plantHeader({ profile, thresholds: limit(...texts) }), ...more.header },
    requests,
  });
  const steps = new StepWatch(header);
  for (const event of events()) {
    const broken = steps.add(event);
    if (broken) return { ...broken, second: event.kind === 'second' ? event.second : -1 };
  }
  return null;
}

describe('StepWatch', () => {
  test('tells the step, its users and the limit that broke, once it is sure', () => {
    const broken = watch(['p95<100ms', 'error_rate<1%'], (second) => (second < 35 ? 50 : 150));
    expect(broken).toMatchObject({ step: 2, users: 14 } satisfies Partial<BrokenStep>);
    expect(broken?.limits.map(({ text }) => text)).toEqual(['p95<100ms']);
    expect(broken?.reason).toMatch(/^(\d+) of \1 requests took longer or failed$/);
    // Five seconds are left out at any time, and the first five are there to settle.
    expect(broken?.second).toBeGreaterThanOrEqual(45);
    expect(broken?.second).toBeLessThan(50);
  });

  test('passes over the scenario itself, the time to settle, and one burst of five seconds', () => {
    expect(watch(['p95<100ms'], (second) => (second < 15 ? 150 : 50))).toBeNull();
    expect(watch(['p95<100ms'], (second) => (second >= 20 && second < 25 ? 150 : 50))).toBeNull();
    expect(watch(['p95<100ms'], (second) => (second >= 20 && second < 32 ? 150 : 50))).not.toBeNull();
  });

  test('a share of slow requests as large as the limit tolerates breaks nothing', () => {
    expect(watch(['p90<100ms'], (_, i) => (i === 3 ? 150 : 50))).toBeNull();
    expect(watch(['p90<100ms'], (_, i) => (i % 2 === 1 ? 150 : 50))).toMatchObject({ step: 1 });
  });

  test('watches a mean and the server by whole seconds, at the end of the step', () => {
    expect(watch(['avg<100ms'], () => 120)).toMatchObject({ step: 1, second: 34 });
    const monitors = [{ name: 'db', source: '', slice: 0, cpu: { amount: 4, of: '' }, memory: null }];
    const cpu = (from: number) => ({
      header: { monitors },
      monitored: (second: number) => [[second >= from ? 0.9 : 0.5, null]] as const,
    });
    expect(watch(['cpu<70%'], () => 5, cpu(30))).toMatchObject({ step: 2, limits: [{ text: 'cpu<70%' }] });
    expect(watch(['cpu<70%'], () => 5, cpu(50))).toBeNull();
  });

  test('watches what hooks time, of which a step may have little', () => {
    const slow = { timed: (second: number) => ({ lookup: second < 35 ? [20, 20, 20] : [90, 90, 90] }) };
    expect(watch(['p95<100ms', 'custom.lookup.p50<50ms'], () => 5, slow)).toMatchObject({
      step: 2,
      limits: [{ text: 'custom.lookup.p50<50ms' }],
      reason: expect.stringMatching(/^\d+ of \d+ values were beyond it$/),
    });
    expect(watch(['custom.lookup.p50<95ms'], () => 5, slow)).toBeNull();
    expect(watch(['custom.lookup.avg<50ms'], () => 5, slow)).toMatchObject({ step: 2, second: 59 });
    expect(watch(['custom.other.p50<50ms'], () => 5, slow)).toBeNull();
  });

  test('watches set-ups of sessions from the first second of a step on, the worst second left out', () => {
    const refused = (from: number, to: number) => ({
      header: { sessionRows: mcpSessionRows },
      sessions: Array.from({ length: 40 }, (_, i) => 35 + i / 10).flatMap((at) =>
        plantSetUp(at, 5, at >= from && at < to ? ['http-5xx', 503] : undefined),
      ),
    });
    expect(watch(['session.error_rate<5%'], () => 5, refused(35, 39))).toMatchObject({
      step: 2,
      limits: [{ text: 'session.error_rate<5%' }],
      reason: '40 of 40 session set-ups failed, 100 %',
    });
    expect(watch(['session.error_rate<5%'], () => 5, refused(36, 37))).toBeNull();
  });

  test('tells all limits that break at once', () => {
    expect(watch(['p95<100ms', 'initial.p95<100ms'], () => 150)?.limits.map(({ text }) => text)).toEqual([
      'p95<100ms',
      'initial.p95<100ms',
    ]);
  });

  test('a second in which a load thread was saturated is no evidence', () => {
    const threads = () => [{ slice: 0, delay: [], utilisation: 0.99, collecting: 0 as never }];
    expect(watch(['p95<100ms'], () => 150, { threads })).toBeNull();
  });
});
