import type { RunFold } from '../record/fold.ts';
import type { MonitorLimit, RecordMonitor, ServerMeasure } from '../record/monitor.ts';
import type { MonitoredSpan } from '../record/monitor-fold.ts';

/** What a monitor read of the server over the steady window, or over the whole run where there is none. */
export interface MonitorView {
  readonly name: string;
  /** In words. */
  readonly source: string;
  /** Of a merged run: the slice that it belonged to. */
  readonly slice: number;
  /** null: it does not measure that. */
  readonly cpu: MeasureView | null;
  readonly memory: MeasureView | null;
}

export interface MeasureView {
  /** Shares of the limit, 1 is all of it; null: nothing was read. */
  readonly span: MonitoredSpan | null;
  readonly limit: MonitorLimit;
}

/** What monitors read, and over how many seconds they could. */
export interface ServerView {
  readonly window: 'steady' | 'run';
  /** Seconds of the window that the record tells of. */
  readonly seconds: number;
  readonly monitors: readonly MonitorView[];
}

/** null where nothing watched the server. */
export function serverOf(fold: RunFold): ServerView | null {
  const { monitors, profile } = fold.header;
  if (monitors.length === 0) return null;
  const steady = profile.steady !== null && fold.steadySeconds > 0 ? profile.steady : null;
  const start = steady?.start ?? 0;
  const end = steady === null ? Math.min(fold.seconds, profile.seconds) : start + fold.steadySeconds;
  const measure = (monitor: RecordMonitor, index: number, of: ServerMeasure): MeasureView | null => {
    const limit = monitor[of];
    return limit === null ? null : { span: fold.monitors.span(index, of, { start, end }), limit };
  };
  return {
    window: steady === null ? 'run' : 'steady',
    seconds: end - start,
    monitors: monitors.map((monitor, index) => ({
      name: monitor.name,
      source: monitor.source,
      slice: monitor.slice,
      cpu: measure(monitor, index, 'cpu'),
      memory: measure(monitor, index, 'memory'),
    })),
  };
}
