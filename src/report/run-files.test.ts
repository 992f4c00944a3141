import { expect, test } from 'vitest';
import { judged } from '../testing/judged.ts';
import { passedRun } from '../testing/planted-runs.ts';
import { sessionsRun } from '../testing/planted-session-runs.ts';
import { renderFiles } from './run-files.ts';

test('renderFiles() gives every file of a run folder but the record, that of sessions where there are some, with the full history on demand', () => {
  const files = (fullHistory: boolean) => renderFiles(judged(passedRun()), { fullHistory });
  expect(files(false).map(({ name }) => name)).toEqual([
    'stats.csv',
    'stats_history.csv',
    'failures.csv',
    'exceptions.csv',
    'thresholds.csv',
    'generator.csv',
    'monitors.csv',
    'summary.json',
  ]);
  const names = renderFiles(judged(sessionsRun()), {
    fullHistory: false,
  });
  expect(names.map(({ name }) => name)).toContain('sessions.csv');
  expect(names.map(({ name }) => name)).not.toContain('monitors.csv');
  const lines = (fullHistory: boolean) => files(fullHistory)[1]?.text.trimEnd().split('\r\n').length;
  expect(lines(false)).toBe(11);
  expect(lines(true)).toBe(41);
});
