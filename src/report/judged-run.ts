import type { Finding } from '../analysis/finding.ts';
import type { RunFold } from '../record/fold.ts';
import type { RunRecord } from '../record/record.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** One run, read, judged and analysed: all that a report is made of. */
export interface JudgedRun {
  readonly record: RunRecord;
  readonly fold: RunFold;
  readonly verdict: Verdict;
  /** What the run means, most important first; none where nothing can be asked of it. */
  readonly findings: readonly Finding[];
}
