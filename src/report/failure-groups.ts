import type { FailureKind } from '../core/failure.ts';
import type { RunFold } from '../record/fold.ts';
import type { RecordRow } from '../record/record.ts';

/** The requests of one row that failed in one way. */
export interface FailureGroup {
  readonly row: RecordRow;
  readonly kind: FailureKind;
  /** HTTP status; 0 where no status line arrived. */
  readonly status: number;
  readonly count: number;
  /** First and last second of the run in which one ended. */
  readonly first: number;
  readonly last: number;
  /** What the first of them said: redacted and cut, but still a stranger's text. null: none was kept. */
  readonly example: string | null;
}

/** All failures of a run by row, kind and status: rows in the order of the header, then the most frequent first. */
export function failureGroups(fold: RunFold): readonly FailureGroup[] {
  return fold.header.rows.flatMap((row, index) =>
    fold
      .tally(index)
      .failures.map(([kind, status, count]) => ({
        row,
        kind,
        status,
        count,
        ...(fold.failureSeconds(index, kind, status) ?? { first: 0, last: 0 }),
        example: fold.examples.find((e) => e.row === index && e.failure === kind && e.status === status)?.text || null,
      }))
      .sort((a, b) => b.count - a.count),
  );
}

/** A kind of failure in words: `http-5xx (HTTP 503)`, `reset`. */
export const failureName = ({ kind, status }: { kind: FailureKind; status: number }): string =>
  status > 0 ? `${kind} (HTTP ${status})` : kind;
