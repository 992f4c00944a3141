import type { FailureCount } from '../../metrics/tally.ts';
import type { SeriesSecond } from '../../record/series.ts';

/** Failures that say something of the server under load; 429 is a refusal by rule, and has one of its own. */
export const isServers = ([kind, status]: FailureCount): boolean =>
  kind !== 'unfinished' && kind !== 'generator-error' && kind !== 'stale-connection' && status !== 429;

/** The kind and status of most of the server's failures that ended in some seconds; null where there are none. */
export function mostFrequentFailure(seconds: readonly SeriesSecond[]): FailureCount | null {
  const counts = new Map<string, FailureCount>();
  for (const { rows } of seconds)
    for (const [kind, status, count] of rows.flatMap(({ failures }) => failures.filter(isServers))) {
      const key = `${kind} ${status}`;
      counts.set(key, [kind, status, (counts.get(key)?.[2] ?? 0) + count]);
    }
  const [most] = [...counts.values()].sort((a, b) => b[2] - a[2]);
  return most ?? null;
}

/** `status 503`, `timeout`. */
export const failureWords = ([kind, status]: FailureCount): string => (status >= 400 ? `status ${status}` : kind);
