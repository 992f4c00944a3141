import { describe, expect, test } from 'vitest';
import { foldRecord } from '../record/fold.ts';
import type { RecordMonitor } from '../record/monitor.ts';
import { type PlantedRun, plantHeader, plantRecord } from '../testing/record-builder.ts';
import { gradeThreshold } from './grade.ts';
import { judge } from './judge.ts';
import { outlookOf } from './outlook.ts';
import { mergeThresholds, parseThreshold, type Threshold } from './threshold.ts';

const monitor = (name: string, more: Partial<RecordMonitor> = {}): RecordMonitor => ({
  name,
  source: `process of ${name}`,
  slice: 0,
  cpu: { amount: 4, of: 'this machine' },
  memory: { amount: 1e9, of: 'this machine' },
  ...more,
});

/** The steady window of the planted run is 2 s to 10 s. */
function grade(
  text: string,
  monitors: readonly RecordMonitor[],
  monitored: PlantedRun['monitored'],
  { source = 'option', ...run }: Partial<PlantedRun> & { source?: Threshold['source'] } = {},
) {
  const record = plantRecord({ requests: [], ...run, header: { monitors }, ...(monitored ? { monitored } : {}) });
  return gradeThreshold(parseThreshold(text, source, record.header.rows), foldRecord(record));
}

const one = [monitor('server')];

describe('gradeThreshold() of CPU and memory', () => {
  test('holds the mean over the steady window against the limit, and tells the peak', () => {
    const loaded = (second: number) => [[second < 2 ? 1 : second === 5 ? 0.9 : 0.5, 0.25] as const];
    expect(grade('cpu<70%', one, loaded)).toEqual({
      text: 'cpu<70%',
      source: 'option',
      row: null,
      metric: 'cpu',
      op: '<',
      unit: '%',
      limit: 70,
      measured: 55,
      beyondFailures: false,
      interval: null,
      samples: 8,
      samplesNeeded: 7,
      grade: 'passed',
      reason: 'server: mean 55 %, peak 90 % over 8 s',
    });
    expect(grade('cpu<50%', one, loaded)).toMatchObject({ grade: 'failed', measured: 55 });
    expect(grade('memory<=25%', one, loaded)).toMatchObject({ grade: 'passed', measured: 25 });
    expect(grade('memory<25%', one, loaded)).toMatchObject({ grade: 'failed' });
  });

  test('the worst monitor decides, and is named; a name chooses one', () => {
    const monitors = [monitor('web'), monitor('db')];
    const loaded = () => [[0.2, 0.9] as const, [0.8, 0.1] as const];
    expect(grade('cpu<70%', monitors, loaded)).toMatchObject({
      grade: 'failed',
      measured: 80,
      reason: 'db: mean 80 %, peak 80 % over 8 s, the worst of 2 monitors',
    });
    expect(grade('memory<70%', monitors, loaded)).toMatchObject({
      measured: 90,
      reason: expect.stringMatching(/^web:/),
    });
    expect(grade('web.cpu<70%', monitors, loaded)).toMatchObject({ grade: 'passed', row: 'web', measured: 20 });
    expect(grade('cpu>50%', monitors, loaded)).toMatchObject({ grade: 'failed', measured: 20 });
  });

  test.each([
    [7, 'passed'],
    [6, 'inconclusive'],
    [0, 'inconclusive'],
  ])('with %i of 8 seconds measured it is %s: one in ten may be missing', (seconds, expected) => {
    const loaded = (second: number) => (second < 2 + seconds ? [[0.1, 0.1] as const] : [null]);
    for (const source of ['option', 'default'] as const) {
      const graded = grade('cpu<70%', one, loaded, { source });
      expect(graded).toMatchObject({ grade: expected, samples: seconds, samplesNeeded: 7 });
      if (expected === 'inconclusive')
        expect(graded.reason).toBe(`the monitor server measured ${seconds} of the window's 8 s, 7 are needed`);
    }
  });

  test('a monitor that went silent keeps a limit from being held, but not from being broken by another', () => {
    const monitors = [monitor('web'), monitor('db')];
    const silentAfter4 = (web: number) => (second: number) => [
      [web, 0] as const,
      second < 4 ? ([0.1, 0] as const) : null,
    ];
    expect(grade('cpu<70%', monitors, silentAfter4(0.1))).toMatchObject({
      grade: 'inconclusive',
      reason: "the monitor db measured 2 of the window's 8 s, 7 are needed",
    });
    expect(grade('cpu<70%', monitors, silentAfter4(0.9))).toMatchObject({ grade: 'failed', measured: 90 });
    expect(grade('cpu<70%', [monitor('web'), monitor('db', { cpu: null })], silentAfter4(0.1)).grade).toBe('passed');
  });

  test('is not graded, or undecided when one asked for it, where nothing measures it', () => {
    const blind = [monitor('db', { memory: null })];
    const loaded = () => [[0.1, null] as const];
    expect(grade('memory<70%', blind, loaded, { source: 'default' })).toMatchObject({
      grade: 'not-graded',
      reason: 'no monitor is configured that measures memory',
    });
    expect(grade('db.memory<70%', blind, loaded)).toMatchObject({
      grade: 'inconclusive',
      reason: 'the monitor db does not measure memory',
    });
    expect(grade('dc.cpu<70%', blind, loaded).reason).toBe('there is no monitor "dc" (did you mean db?)');
  });

  test('is graded over the part of the window that an interrupted run came to', () => {
    const loaded = () => [[0.1, 0.1] as const];
    expect(grade('cpu<70%', one, loaded, { seconds: 5, end: null })).toMatchObject({
      grade: 'passed',
      samples: 3,
      samplesNeeded: 2,
    });
    expect(grade('cpu<70%', one, loaded, { seconds: 2, end: null })).toMatchObject({
      grade: 'inconclusive',
      reason: 'the run ended before its steady window began',
    });
  });
});

describe('judge()', () => {
  const judged = (source: Threshold['source'], text: string) =>
    judge(
      foldRecord(
        plantRecord({
          requests: [{ row: 1, at: 4, ms: 100 }],
          header: {
            monitors: one,
            thresholds: [
              { text: 'p95<500ms', source: 'default' },
              { text, source },
            ],
          },
          monitored: () => [[0.1, 0.1]],
        }),
      ),
    );

  test('no run passes by the ease of the server alone, unless that is what was asked', () => {
    expect(judged('option', 'cpu<60%').outcome).toBe('passed');
    const verdict = judged('default', 'cpu<70%');
    expect(verdict.exitCode).toBe(3);
    expect(verdict.sentence).toMatch(
      /^Inconclusive: no limit on requests could be graded \(p95<500ms: needs 59 .*\); within limits: cpu 10 % \(limit 70 %\);/,
    );
    expect(judged('default', 'cpu<5%')).toMatchObject({ outcome: 'failed', exitCode: 1 });
  });
});

test('the outlook of a limit on the server depends on the monitors, and on the window', () => {
  const decidable = (text: string, monitors: readonly RecordMonitor[], steady = true) => {
    const header = plantHeader({ monitors });
    const profile = steady ? header.profile : { ...header.profile, steady: null };
    return outlookOf(parseThreshold(text, 'option', header.rows), { ...header, profile }).decidable;
  };
  expect(decidable('cpu<70%', one)).toBe(true);
  expect(decidable('server.cpu<70%', one)).toBe(true);
  expect(decidable('db.cpu<70%', one)).toBe(false);
  expect(decidable('cpu<70%', [])).toBe(false);
  expect(decidable('cpu<70%', one, false)).toBe(false);
});

describe('mergeThresholds()', () => {
  const rows = [{ id: 'health', weight: 1 }];
  const merge =
    (text: string, ...monitors: readonly [string, boolean, boolean][]) =>
    () =>
      mergeThresholds({
        defaults: false,
        scenario: [],
        option: [text],
        rows,
        monitors: monitors.map(([name, cpu, memory]) => ({ name, measures: { cpu, memory } })),
      });

  test('takes a limit that a monitor measures', () => {
    expect(merge('cpu<50%', ['db', true, false])).not.toThrow();
    expect(merge('db.cpu<50%', ['db', true, false])).not.toThrow();
  });

  test('refuses one that none measures', () => {
    expect(merge('cpu<50%')).toThrow('no monitor is configured that measures cpu');
    expect(merge('db.cpu<50%')).toThrow('no monitor is configured that measures cpu');
    expect(merge('memory<50%', ['db', true, false])).toThrow('no monitor is configured that measures memory');
    expect(merge('db.memory<50%', ['db', true, false])).toThrow('the monitor db does not measure memory');
    expect(merge('dn.cpu<50%', ['db', true, false])).toThrow('there is no monitor "dn" (did you mean db?)');
  });
});
