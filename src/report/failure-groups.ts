import type { FailureKind } from '../core/failure.ts';
import type { FailedRow, RunFold } from '../record/fold.ts';
import type { RecordRow, SessionRow } from '../record/record.ts';

/** The requests of one row that failed in one way. */
export interface FailureGroup {
  readonly row: RecordRow | SessionRow;
  /** Whether they were requests that set up or end a session; they are in no other count of failed requests. */
  readonly session: boolean;
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

/**
 * All failures of a run by row, kind and status: rows in the order of the header, then those of sessions, each with the most
 * frequent first. A set-up that failed is told by the request of it that did.
 */
export function failureGroups(fold: RunFold): readonly FailureGroup[] {
  const { rows, sessionRows } = fold.header;
  return [
    ...rows.flatMap((row, index) => groupsOf(fold, row, { session: false, row: index })),
    ...sessionRows.flatMap((row, index) => (index === 0 ? [] : groupsOf(fold, row, { session: true, row: index }))),
  ];
}

function groupsOf(fold: RunFold, row: RecordRow | SessionRow, from: FailedRow): FailureGroup[] {
  const tally = from.session ? fold.sessions[from.row] : fold.tally(from.row);
  const examples = fold.examples.filter((example) => example.session === from.session && example.row === from.row);
  return (tally?.failures ?? [])
    .map(([kind, status, count]) => ({
      row,
      session: from.session,
      kind,
      status,
      count,
      ...(fold.failureSeconds(from, kind, status) ?? { first: 0, last: 0 }),
      example: examples.find((example) => example.failure === kind && example.status === status)?.text || null,
    }))
    .sort((a, b) => b.count - a.count);
}

/** A kind of failure in words: `http-5xx (HTTP 503)`, `reset`. */
export const failureName = ({ kind, status }: { kind: FailureKind; status: number }): string =>
  status > 0 ? `${kind} (HTTP ${status})` : kind;
