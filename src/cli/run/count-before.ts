import { usageError } from '../../core/errors.ts';
import type { CountBefore } from '../../io/monitors/server-counter.ts';
import { type CounterSource, parseCounter } from '../../monitor/counter-source.ts';
import type { Slice } from '../../workload/slice.ts';
import type { Machinery } from '../machinery.ts';
import type { Target } from '../preflight/target.ts';
import type { SettledRun } from '../settings/settle-run.ts';

/** Where the upstream server tells what it has counted: questions, and no health checks. */
const upstreamCounter = '/mcp-internal/monitoring/metrics#/total_requests';

/**
 * What the server has counted so far, read just before the load; null where it does not say, or where others load it too.
 * @throws SqloadError (exit 2) when a counter was asked for and cannot be read.
 */
export async function countBefore(
  { settings, plan }: SettledRun,
  {
    target,
    share,
  }: { readonly target: Pick<Target, 'address' | 'transport'>; readonly share: { readonly slice: Slice } },
  machinery: Machinery,
): Promise<CountBefore | null> {
  if (share.slice.count > 1) return null;
  const asked = settings.counters.value;
  const upstream = plan.dialect.name === 'upstream';
  const source: CounterSource | null = asked ?? (upstream ? parseCounter(`${target.address}${upstreamCounter}`) : null);
  if (source === null) return null;
  try {
    return {
      source,
      counts: upstream ? 'questions' : 'requests',
      before: await machinery.readCounter(source, target.transport.tls),
    };
  } catch (error) {
    if (asked === null || !(error instanceof Error)) return null;
    throw usageError(
      `The counter at ${source.url.shown} cannot be read: ${error.message}.`,
      'Correct --counters, or leave it out: it only compares what the server counted with what sqload sent.',
    );
  }
}
