import { counted, formatCount } from '../core/format.ts';
import type { RunFold } from '../record/fold.ts';

/**
 * What the server counted held against what sqload sent, in one sentence; nothing where the server does not say. A request that
 * was sent twice may be counted once or twice. A counter that a user named may count questions only, or every request, those among
 * them by which sqload reads it.
 */
export function bothCounts(fold: RunFold): readonly string[] {
  const { counted: told, header, connections } = fold;
  if (told === null || fold.end === null) return [];
  const { before, after, counts, source } = told;
  if (after < before)
    return [
      `The counter of the server (${source}) fell from ${formatCount(before)} to ${formatCount(after)}: it was restarted, or is another server's.`,
    ];
  const requestsOf = (isCounted: (id: string) => boolean): number =>
    header.rows.reduce((sum, { id }, row) => (isCounted(id) ? sum + fold.tally(row).requests : sum), 0);
  const questions = requestsOf((id) => id !== 'health');
  const checks = requestsOf((id) => id === 'health');
  const sessions = fold.sessions.slice(1).reduce((sum, tally) => sum + tally.requests, 0);
  const sent = counts === 'questions' ? questions : questions + checks + sessions;
  const there = after - before;
  const isAsMany = (as: number): boolean => there >= as && there <= as + connections.retried;
  if (isAsMany(sent)) return [`The server counted as many ${counts} as sqload sent: ${formatCount(there)}.`];
  if (counts === 'requests' && questions > 0 && isAsMany(questions))
    return [
      `The server counted as many questions as sqload sent: ${formatCount(there)}. ${leftOut(checks, sessions)} not to be in its count.`,
    ];
  const twice = connections.retried === 0 ? '' : `, and ${formatCount(connections.retried)} of them twice`;
  const reads =
    counts === 'requests' && there > sent
      ? ' Reading it (--counters, --monitor) may count, too: a counter of the paths of questions leaves that out.'
      : '';
  return [
    `The server counted ${formatCount(there)} ${counts}, sqload sent ${formatCount(sent)}${twice}: a proxy, a retry, a drop or another client lies between.${reads}`,
  ];
}

/** `The 49 health checks seem`. */
function leftOut(checks: number, sessions: number): string {
  const parts = [
    ...(checks === 0 ? [] : [counted(checks, 'health check')]),
    ...(sessions === 0 ? [] : [`${formatCount(sessions)} of sessions`]),
  ];
  return `The ${parts.join(' and ')} ${checks + sessions === 1 ? 'seems' : 'seem'}`;
}
