import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { foldRecord } from '../record/fold.ts';
import {
  cutShortRun,
  emptyRun,
  failingRun,
  invalidRun,
  type PlantedReport,
  passedRun,
} from '../testing/planted-runs.ts';
import { plantRecord } from '../testing/record-builder.ts';
import type { GradedThreshold } from '../verdict/verdict.ts';
import { renderConsole } from './console-report.ts';
import { buildView } from './view.ts';

const render = ({ record, verdict }: PlantedReport, color = false, width?: number): string =>
  renderConsole(buildView(foldRecord(record), verdict), width === undefined ? { color } : { color, width });
const runs = [
  ['passed', passedRun],
  ['failing', failingRun],
  ['empty', emptyRun],
  ['cut short', cutShortRun],
  ['invalid', invalidRun],
] as const;

/** The passed run with its first threshold changed. */
function withThreshold(changes: Partial<GradedThreshold>): PlantedReport {
  const { record, verdict } = passedRun();
  return {
    record,
    verdict: { ...verdict, thresholds: verdict.thresholds.slice(0, 1).map((t) => ({ ...t, ...changes })) },
  };
}

describe('renderConsole()', () => {
  test('says how many processes the numbers of the generator are of', () => {
    const { record, verdict } = passedRun();
    const parts = [0, 1, 2].map((index) => ({ index, startedAt: record.header.startedAt }));
    const merged = { header: { ...record.header, slices: { count: 3, parts } }, events: () => record.events() };
    expect(render({ record, verdict })).toMatch(/ whole process +0\.28 CPU cores/);
    expect(render({ record: merged, verdict })).toMatch(/ 3 processes +0\.28 CPU cores/);
    expect(render({ record: merged, verdict })).not.toContain('whole process');
  });

  test.each(runs)('ends with the verdict in words (%s)', (_, build) => {
    const planted = build();
    expect(render(planted).endsWith(`\n${planted.verdict.sentence}\n`)).toBe(true);
  });

  test.each(runs)('lets no control character through, whatever a server wrote (%s)', (_, build) => {
    expect(render(build())).toMatch(/^[\P{C}\n]*$/u);
  });

  test.each(runs)('is the same text with and without colour (%s)', (_, build) => {
    const coloured = render(build(), true);
    expect(coloured).toContain('\x1b[');
    expect(stripVTControlCharacters(coloured)).toBe(render(build()));
  });

  test.each(runs)('fits 100 columns when texts allow it (%s)', (_, build) => {
    const long = render(build())
      .split('\n')
      .filter((line) => line.length > 100);
    expect(long).toEqual([]);
  });

  test('breaks notes and reasons to the width asked for', () => {
    const text = render(passedRun(), false, 60);
    expect(text).toContain('\n- Replies of the built-in reference server say nothing about\n  a server of your own');
  });

  test('says that nothing ended and nothing succeeded instead of empty tables', () => {
    expect(render(emptyRun())).toContain('\nNo request ended.\n');
    const record = plantRecord({ requests: [{ row: 0, at: 1, ms: 5, failed: ['refused', 0] }] });
    const text = render({ record, verdict: { ...emptyRun().verdict, thresholds: [] } });
    expect(text).toContain('No request succeeded: there is no response time to show.');
    expect(text).toContain('Thresholds: none were asked for.');
  });

  test('leaves out rows that the mix leaves out', () => {
    const { load } = plantRecord({ requests: [] }).header;
    const header = { load: { ...load, expectedShare: [0, 0.4, 0.6] } };
    const record = plantRecord({ requests: [{ row: 1, at: 1, ms: 5 }], header });
    const text = render({ record, verdict: passedRun().verdict });
    expect(text).not.toContain('Health Check');
    expect(text).toContain('Follow-up Question Generation');
  });

  test('names the most frequent failures and counts the rest', () => {
    const record = plantRecord({
      requests: Array.from({ length: 15 }, (_, i) => ({
        row: 0,
        at: 1,
        ms: 5,
        failed: ['http-4xx', 400 + i] as const,
      })),
    });
    const text = render({ record, verdict: passedRun().verdict });
    expect(text).toContain('http-4xx (HTTP 411)');
    expect(text).not.toContain('http-4xx (HTTP 412)');
    expect(text).toContain('… and 3 more kinds in failures.csv');
  });

  test('never shows a measured value as the limit that it is below', () => {
    expect(render(withThreshold({ measured: 499.812, limit: 500 }))).toMatch(/< 500 ms +499.812 ms /);
    expect(render(withThreshold({ measured: 500, limit: 500 }))).toMatch(/< 500 ms +500 ms /);
  });

  test.each([
    [{ low: 1, high: 2 }, '1 – 2 ms'],
    [{ low: null, high: 12_345 }, 'up to 12.3 s'],
    [{ low: 9000, high: 12_345 }, '9 000 ms – 12.3 s'],
    [{ low: 3, high: null }, 'from 3 ms'],
    [{ low: null, high: null }, 'open'],
    [null, '–'],
  ])('shows the interval %j as %j', (interval, text) => {
    expect(render(withThreshold({ interval }))).toMatch(new RegExp(`301 ms +${text} +143`));
  });

  test.each([
    ['%', 1, '1 %'],
    ['%', 0.25, '0.25 %'],
    ['1/s', 1500, '1 500/s'],
    ['count', 2_000_000, '2 000 000'],
    ['ms', 12_345, '12345 ms'],
  ] as const)('shows a limit in %s (%d) as %j', (unit, limit, text) => {
    expect(render(withThreshold({ unit, limit, measured: null }))).toContain(`< ${text}  `);
  });
});
