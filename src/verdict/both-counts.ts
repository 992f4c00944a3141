import { formatCount } from '../core/format.ts';
import type { RunFold } from '../record/fold.ts';

/**
 * What the server counted held against what sqload sent, in one sentence; nothing where the server does not say. A request that
 * was sent twice may be counted once or twice.
 */
export function bothCounts(fold: RunFold): readonly string[] {
  const { counted, header, connections } = fold;
  if (counted === null || fold.end === null) return [];
  const { before, after, counts, source } = counted;
  if (after < before)
    return [
      `The counter of the server (${source}) fell from ${formatCount(before)} to ${formatCount(after)}: it was restarted, or is another server's.`,
    ];
  const sent = header.rows.reduce(
    (sum, { id }, row) => (counts === 'questions' && id === 'health' ? sum : sum + fold.tally(row).requests),
    counts === 'questions' ? 0 : fold.sessions.slice(1).reduce((sum, tally) => sum + tally.requests, 0),
  );
  const there = after - before;
  if (there >= sent && there <= sent + connections.retried)
    return [`The server counted as many ${counts} as sqload sent: ${formatCount(there)}.`];
  const twice = connections.retried === 0 ? '' : `, and ${formatCount(connections.retried)} of them twice`;
  return [
    `The server counted ${formatCount(there)} ${counts}, sqload sent ${formatCount(sent)}${twice}: a proxy, a retry, a drop or another client lies between.`,
  ];
}
