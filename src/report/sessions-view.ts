import type { RunFold } from '../record/fold.ts';
import { type Latencies, latenciesOf } from './latencies.ts';

/** What it took to set sessions up and to end them, in the whole run. */
export interface SessionsView {
  /** Sessions that turned out to be gone, and had to be set up again. */
  readonly lost: number;
  /** Whole set-ups first, each attempt counted, then the requests one by one. */
  readonly rows: readonly SessionRowView[];
}

export interface SessionRowView {
  readonly id: string;
  readonly name: string;
  readonly requests: number;
  readonly failures: number;
  readonly failedRatio: number | null;
  readonly ok: Latencies | null;
}

/** null where the dialect has no sessions. */
export function sessionsOf({ header, sessions, sessionsLost }: RunFold): SessionsView | null {
  if (header.sessionRows.length === 0) return null;
  return {
    lost: sessionsLost,
    rows: header.sessionRows.flatMap(({ id, name }, index) => {
      const tally = sessions[index];
      if (!tally) return [];
      const { requests, failed, errorRate, ok } = tally;
      return [{ id, name, requests, failures: failed.count, failedRatio: errorRate ?? null, ok: latenciesOf(ok) }];
    }),
  };
}
