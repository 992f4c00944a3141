import { expect, test } from 'vitest';
import type { RunFold } from '../record/fold.ts';
import { foldRecord } from '../record/fold.ts';
import { plantRecord, plantThread } from '../testing/record-builder.ts';
import { remedyOf } from './remedy.ts';

/** Two load threads in each process; `cpu` in cores, by second. */
const run = (workers: number, cpu: ((second: number) => number) | null): RunFold =>
  foldRecord(
    plantRecord({
      requests: [],
      header: { workers },
      threads: () => Array.from({ length: workers }, () => plantThread([0.5])),
      processes: (second) => (cpu === null ? [] : [{ cpu: cpu(second), memory: 1e8 }]),
    }),
  );

test('remedyOf() advises more threads where those there are use their cores', () => {
  expect(remedyOf(run(2, () => 1.7))).toMatch(/^Use more threads \(--workers 4\), fewer users per worker/);
  expect(remedyOf(run(2, null))).toMatch(/^Use more threads \(--workers 4\)/);
});

test('remedyOf() advises a quieter machine where they do not', () => {
  expect(remedyOf(run(2, () => 1.5))).toMatch(/probably other programs on this machine took it: use a quieter machine/);
  expect(remedyOf(run(64, () => 30))).not.toContain('--workers');
});

test('remedyOf() looks at the steady window, or at the seconds that it is told', () => {
  expect(remedyOf(run(2, (second) => (second < 2 ? 0 : 1.8)))).toMatch(/^Use more threads/);
  const last = run(2, (second) => (second < 8 ? 0.2 : 1.9));
  expect(remedyOf(last)).toMatch(/quieter machine, or slices/);
  expect(remedyOf(last, (second) => second >= 8)).toMatch(/^Use more threads/);
});

test('remedyOf() advises slices and not ever more threads', () => {
  expect(remedyOf(run(7, () => 7))).toContain('--workers 14');
  expect(remedyOf(run(8, () => 8))).toMatch(
    /^Divide the run into slices on more machines \(--slice\), or use fewer users/,
  );
});
