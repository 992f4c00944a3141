import { formatCount, formatPercent } from '../core/format.ts';
import type { RunFold } from '../record/fold.ts';
import type { RecordMonitor, ServerMeasure } from '../record/monitor.ts';
import type { MonitoredSpan } from '../record/monitor-fold.ts';
import type { RecordHeader } from '../record/record.ts';
import { holds, isUpper } from './holds.ts';
import { isServerMeasure } from './metric.ts';
import { noSuchMonitor } from './refuse-unwatched.ts';
import type { Threshold } from './threshold.ts';
import type { GradedThreshold } from './verdict.ts';

/** One in ten seconds of the window may be missing: a monitor that was silent for longer does not speak for all of it. */
const leastShare = 0.9;

/** Seconds of the steady window that must be measured to judge by a monitor: nine in ten, rounded down, at least one. */
export const monitoredSecondsNeeded = ({ steadySeconds }: Pick<RunFold, 'steadySeconds'>): number =>
  Math.max(1, Math.floor(leastShare * steadySeconds));

/**
 * Whether a limit on the server is one that nobody asked for: that the server had an easy time is worth telling, but no run passes
 * by that alone.
 */
export const isAside = ({ source, metric }: Pick<GradedThreshold, 'source' | 'metric'>): boolean =>
  source === 'default' && isServerMeasure(metric);

/** Why no run of this header can decide a limit on the server's CPU or memory; null when it can. */
export function serverObstacle(threshold: Threshold, measure: ServerMeasure, header: RecordHeader): string | null {
  const named = header.monitors.filter(({ name }) => threshold.row === null || name === threshold.row);
  if (header.monitors.length > 0 && named.length === 0) return noSuchMonitor(threshold.row ?? '', header.monitors);
  if (named.some((monitor) => monitor[measure] !== null)) return null;
  return threshold.row === null
    ? `no monitor is configured that measures ${measure}`
    : `the monitor ${threshold.row} does not measure ${measure}`;
}

/** What the monitors of a run say about a limit: `share` is that of the worst, `holds` null when they cannot decide. */
export interface ServerFinding {
  readonly holds: boolean | null;
  readonly share: number | null;
  /** Seconds that it rests on. */
  readonly seconds: number;
  readonly reason: string;
}

interface Watched {
  readonly monitor: RecordMonitor;
  readonly span: MonitoredSpan | null;
}

/**
 * Holds a limit on CPU or memory against the mean of each monitor that it means over the steady window. The worst of them
 * decides; one that was silent for too long keeps the limit from being held, and breaks none.
 */
export function findServerLoad(threshold: Threshold, measure: ServerMeasure, fold: RunFold): ServerFinding {
  const obstacle = serverObstacle(threshold, measure, fold.header);
  const { steady } = fold.header.profile;
  const nothing = { holds: null, share: null, seconds: 0 };
  if (obstacle !== null) return { ...nothing, reason: obstacle };
  if (steady === null || fold.steadySeconds === 0)
    return { ...nothing, reason: 'the run ended before its steady window began' };
  const end = steady.start + fold.steadySeconds;
  const watched = fold.header.monitors.flatMap((monitor, index): Watched[] =>
    monitor[measure] === null || (threshold.row !== null && monitor.name !== threshold.row)
      ? []
      : [{ monitor, span: fold.monitors.span(index, measure, { start: steady.start, end }) }],
  );
  const needed = monitoredSecondsNeeded(fold);
  const known = watched.flatMap(({ monitor, span }) =>
    span !== null && span.seconds >= needed ? [{ monitor, span }] : [],
  );
  const worst = [...known].sort((a, b) => (isUpper(threshold) ? 1 : -1) * (b.span.mean - a.span.mean))[0];
  if (worst && !holds(worst.span.mean, threshold)) return { ...found(worst, known.length), holds: false };
  const silent = watched.find(({ span }) => (span?.seconds ?? 0) < needed);
  if (silent) return { ...nothing, ...silence(silent, fold.steadySeconds, needed) };
  return worst ? { ...found(worst, known.length), holds: true } : { ...nothing, reason: 'nothing was measured' };
}

function found(
  { monitor, span }: { monitor: RecordMonitor; span: MonitoredSpan },
  of: number,
): Omit<ServerFinding, 'holds'> {
  const among = of === 1 ? '' : `, the worst of ${formatCount(of)} monitors`;
  return {
    share: span.mean,
    seconds: span.seconds,
    reason: `${monitor.name}: mean ${formatPercent(span.mean)}, peak ${formatPercent(span.peak)} over ${formatCount(span.seconds)} s${among}`,
  };
}

function silence({ monitor, span }: Watched, window: number, needed: number): Omit<ServerFinding, 'holds'> {
  const seconds = span?.seconds ?? 0;
  return {
    share: span?.mean ?? null,
    seconds,
    reason: `the monitor ${monitor.name} measured ${formatCount(seconds)} of the window's ${formatCount(window)} s, ${formatCount(needed)} are needed`,
  };
}
