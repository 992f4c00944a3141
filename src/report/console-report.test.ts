import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { judged } from '../testing/judged.ts';
import {
  cutShortRun,
  emptyRun,
  failingRun,
  invalidRun,
  type PlantedReport,
  passedRun,
} from '../testing/planted-runs.ts';
import { noSessionRun, sessionsRun } from '../testing/planted-session-runs.ts';
import { mcpSessionRows, type Planted, plantRecord, plantSetUp } from '../testing/record-builder.ts';
import type { GradedThreshold } from '../verdict/verdict.ts';
import { renderConsole } from './console-report.ts';
import { buildView } from './view.ts';

const render = (report: PlantedReport, color = false, width?: number): string =>
  renderConsole(buildView(judged(report)), width === undefined ? { color } : { color, width });
const runs = [
  ['passed', passedRun],
  ['failing', failingRun],
  ['empty', emptyRun],
  ['cut short', cutShortRun],
  ['invalid', invalidRun],
  ['sessions', sessionsRun],
  ['no-session', noSessionRun],
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
    const planted = build();
    const long = render(planted)
      .split('\n')
      .filter((line) => line.length > 100 && line !== planted.verdict.sentence);
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

  test('shows whole set-ups, the requests of them that were sent, and how many sessions were lost', () => {
    const report = (sessions: readonly Planted[], lost = 0) => {
      const header = { sessionRows: mcpSessionRows };
      const record = plantRecord({
        requests: [],
        sessions,
        sessionsLost: (second) => (second === 1 ? lost : 0),
        header,
      });
      return render({ record, verdict: emptyRun().verdict });
    };
    expect(render(passedRun())).not.toMatch(/session/i);
    const none = report([]);
    expect(none).toMatch(/\nMCP Session Setup +0 +0 +– +– +– +– +–\n\(opened/);
    const text = report(plantSetUp(1, 20), 3);
    expect(text).toMatch(
      /\nSessions .*\nMCP Session Setup +1 .*\n {2}initialize +1 .*\n {2}initialized +1 .*\nlost +3\n\(opened before/,
    );
    expect(text).not.toContain('end   ');
  });

  test('marks what failed in sessions, and explains failures that come with status 200', () => {
    const header = { sessionRows: mcpSessionRows };
    const sessions = Array.from({ length: 15 }, (_, i) => plantSetUp(1, 5, ['http-4xx', 400 + i])).flat();
    const requests: Planted[] = [0, 1, 2].map(() => ({ row: 1, at: 1, ms: 5, failed: ['tool-error', 200] }));
    const text = render({ record: plantRecord({ requests, sessions, header }), verdict: passedRun().verdict });
    expect(text).toMatch(/\ntool-error \(HTTP 200\) +Initial Question Generation +3 /);
    expect(text).toMatch(/\nhttp-4xx \(HTTP 400\) +initialize \(session\) +1 /);
    // Locust's file knows of no sessions.
    expect(text).toContain('… and 4 more kinds in summary.json\n(tool-error: the tool says that it failed)\n');
    expect(render(failingRun())).not.toContain('tool-error');
  });

  test('shows the time to the first event where answers were streams of events', () => {
    const text = (firstEvent?: number) =>
      render({
        record: plantRecord({ requests: [{ row: 1, at: 1, ms: 50, ...(firstEvent ? { firstEvent } : {}) }] }),
        verdict: passedRun().verdict,
      });
    expect(text(20)).toMatch(/\nsent to first byte .*\nsent to first event +1 +20 +20 +20 +20\nsent to last byte/);
    expect(text()).not.toContain('first event');
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
