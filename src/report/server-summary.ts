import type { MeasureView, ServerView } from './monitors-view.ts';

/** `server` of `summary.json`: what monitors read over the window. */
export const serverSummary = ({ window, seconds, monitors }: ServerView) => ({
  window,
  window_s: seconds,
  monitors: monitors.map(({ name, source, slice, cpu, memory }) => ({
    name,
    source,
    slice,
    cpu: cpu && { limit_cores: cpu.limit.amount, limit_of: cpu.limit.of, ...shares(cpu) },
    memory: memory && { limit_bytes: memory.limit.amount, limit_of: memory.limit.of, ...shares(memory) },
  })),
});

const shares = ({ span }: MeasureView) => ({
  mean_ratio: span && round(span.mean),
  peak_ratio: span && round(span.peak),
  measured_s: span?.seconds ?? 0,
});

const round = (share: number): number => Number(share.toFixed(6));
