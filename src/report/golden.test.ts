import { describe, expect, test } from 'vitest';
import { judged } from '../testing/judged.ts';
import { plantedFindings } from '../testing/planted-findings.ts';
import { cutShortRun, emptyRun, failingRun, invalidRun, passedRun } from '../testing/planted-runs.ts';
import { noSessionRun, sessionsRun } from '../testing/planted-session-runs.ts';
import { renderConsole } from './console-report.ts';
import { renderFiles } from './run-files.ts';
import { buildView } from './view.ts';

// The outputs of seven runs as files, to be read by people when they change: `npx vitest run golden -u` writes them anew.
describe.each([
  ['passed', passedRun],
  ['failing', failingRun],
  ['empty', emptyRun],
  ['cut-short', cutShortRun],
  ['invalid', invalidRun],
  ['sessions', sessionsRun],
  ['no-session', noSessionRun],
])('a %s run', (name, build) => {
  const run = judged(build(), name === 'failing' ? plantedFindings : []);
  // The formatter of the sources must not touch JSON that sqload wrote.
  const golden = (file: string): string => `golden/${name}.${file.replace(/json$/, 'json.txt')}`;

  test('renderConsole() prints the golden report', async () => {
    await expect(renderConsole(buildView(run), { color: false })).toMatchFileSnapshot(golden('console.txt'));
  });

  test.each(renderFiles(run, { fullHistory: false }))(
    'renderFiles() writes the golden $name',
    async ({ name: file, text }) => {
      await expect(text).toMatchFileSnapshot(golden(file));
    },
  );

  test('renderFiles() writes the golden full history', async () => {
    const full = renderFiles(run, { fullHistory: true }).find(({ name: file }) => file === 'stats_history.csv');
    await expect(full?.text).toMatchFileSnapshot(golden('stats_full_history.csv'));
  });
});
