import type { RunFold } from '../record/fold.ts';
import { csv } from './csv.ts';
import { elapsedSeconds } from './elapsed-seconds.ts';
import { statsHeader, statsLine } from './stats-line.ts';

/**
 * `sessions.csv`: what it took to open and close sessions, in the columns of Locust's `stats.csv`, which has no line of it.
 * The type of the first line is `SETUP`, a set-up as a whole, each attempt counted; of the others `STEP`, the requests one by
 * one. A request that was never sent has no line.
 */
export function sessionsCsv(fold: RunFold): string {
  const elapsed = elapsedSeconds(fold);
  return csv([
    statsHeader,
    ...fold.header.sessionRows.flatMap(({ name }, index) => {
      const tally = fold.sessions[index];
      if (!tally || (index > 0 && tally.requests === 0)) return [];
      return [statsLine([index === 0 ? 'SETUP' : 'STEP', name], tally, elapsed)];
    }),
  ]);
}
