import { expect, test } from 'vitest';
import { judged } from '../testing/judged.ts';
import { plantedFindings } from '../testing/planted-findings.ts';
import { passedRun } from '../testing/planted-runs.ts';
import { findingLines } from './finding-lines.ts';
import { createStyle } from './style.ts';
import { buildView } from './view.ts';

const lines = (findings = plantedFindings, color = false) =>
  findingLines(buildView(judged(passedRun(), findings)), createStyle(color), 72);

test('findingLines() says what was found, then the likely cause and what helps, within the width', () => {
  expect(lines()).toEqual([
    'What it means',
    '- All thresholds held up to 210 users (41 requests/s); from 240 users',
    '  (46 requests/s) on, p95 < 500 ms did not hold.',
    '- Health checks take 240 ms (p50) while 40 or more questions are in',
    '  flight, and 3 ms when fewer than 5 are, on server \\x1b[31mred.',
    '  Likely cause: One worker answers everything, or its event loop is',
    '  blocked.',
    '  What helps: Move time-consuming work to background workers, or run',
    '  more workers.',
    '- No drift shown over 8 s: p95 of 120 ms changed by less than 6 ms per',
    '  10 minutes.',
    '- Too few requests to say when it recovered.',
  ]);
});

test('findingLines() marks what was shown, and is empty where nothing was asked', () => {
  const [, first] = lines(plantedFindings, true);
  expect(first).not.toBe(lines()[1]);
  expect(lines([])).toEqual([]);
});
