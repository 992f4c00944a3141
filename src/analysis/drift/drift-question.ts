import { formatMillis } from '../../core/format.ts';
import { type EncodedHistogram, encodedCount, SparseHistogram } from '../../metrics/encoded-histogram.ts';
import { encodedQuantile } from '../../metrics/encoded-quantile.ts';
import type { EncodedTally } from '../../metrics/tally.ts';
import type { MonitorEvent, ServerMeasure } from '../../record/monitor.ts';
import type { RunSeries, Span } from '../../record/series.ts';
import type { TimedValue } from '../../statistics/theil-sen.ts';
import { isUpper } from '../../verdict/holds.ts';
import type { Threshold } from '../../verdict/threshold.ts';

/** Something that may change over time, and its values in blocks of the steady window. */
export interface DriftQuestion {
  /** `p95`, `errors`, `server memory`. */
  readonly name: string;
  /** Of the finding, and of its numbers. */
  readonly id: string;
  readonly measure: 'time' | 'errors' | ServerMeasure;
  /** Values are ms, per cent or bytes. */
  readonly unit: 'ms' | '%' | 'bytes';
  /** Middle of the block in seconds of the run, ascending. */
  readonly values: readonly TimedValue[];
  /** The lowest upper limit that a threshold sets on it, and its name: `500 ms limit`; null: none. */
  readonly limit: DriftLimit | null;
}

export interface DriftLimit {
  readonly value: number;
  /** In the unit of the question, or a share of a limit in bytes. */
  readonly text: string;
}

/** Most blocks that a window is cut into. */
const mostBlocks = 60;
const fewestBlocks = 20;
/** Fewest requests in a block on average: the least that decide a p95. */
const requestsInBlock = 60;
const shortestBlock = 5;

/** What a window must hold for the drift of response times and errors to be asked. */
export const requestsNeeded = fewestBlocks * requestsInBlock;

/**
 * Response times and errors of all rows, in equal blocks of whole seconds: as many as leave each 100 requests, at most 60.
 * null for fewer than `requestsNeeded`. What the window has beyond whole blocks is left out at its start.
 */
export function requestQuestions(
  series: RunSeries,
  window: Span,
  thresholds: readonly Threshold[],
): readonly DriftQuestion[] | null {
  const inWindow = series.seconds.slice(window.start, window.end);
  const requests = inWindow.reduce((sum, { rows }) => sum + countOf(rows), 0);
  const length = window.end - window.start;
  if (requests < requestsNeeded) return null;
  const roomy = Math.ceil((100 * length) / requests);
  const wanted = Math.max(shortestBlock, Math.ceil(length / mostBlocks), roomy);
  const blocks = cut(window, Math.min(wanted, Math.floor(length / fewestBlocks)));
  const told = blocks.map(({ start, end }) => {
    const rows = series.seconds.slice(start, end).flatMap((second) => second.rows);
    return { at: (start + end) / 2, ok: addUp(rows.map(({ ok }) => ok)), all: countOf(rows) };
  });
  const times = (q: number): TimedValue[] =>
    told.flatMap(({ at, ok }) => {
      const value = encodedQuantile(ok, q);
      return value === undefined ? [] : [{ at, value: value / 1000 }];
    });
  const errors = told.flatMap(({ at, ok, all }) =>
    all === 0 ? [] : [{ at, value: (100 * (all - encodedCount(ok))) / all }],
  );
  const latency = { id: 'latency-drift', measure: 'time', unit: 'ms' } as const;
  return [
    { name: 'p95', ...latency, values: times(0.95), limit: timeLimit(thresholds, 0.95) },
    { name: 'p50', ...latency, values: times(0.5), limit: timeLimit(thresholds, 0.5) },
    { name: 'errors', id: 'error-drift', measure: 'errors', unit: '%', values: errors, limit: errorLimit(thresholds) },
  ];
}

/** CPU and memory of each monitor that read them in most seconds, in blocks of at least 2 s. */
export function monitorQuestions(series: RunSeries, window: Span, thresholds: readonly Threshold[]): DriftQuestion[] {
  const { monitors } = series.header;
  const blocks = cut(window, Math.max(2, Math.ceil((window.end - window.start) / mostBlocks)));
  return monitors.flatMap(({ name, memory }, index) =>
    (['memory', 'cpu'] as const).flatMap((measure) => {
      const amount = measure === 'memory' ? (memory?.amount ?? null) : null;
      const scale = amount ?? 100;
      const values = blocks.flatMap(({ start, end }) => {
        const shares = series.seconds.slice(start, end).flatMap(({ monitors: read }) => shareOf(read[index], measure));
        const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
        return 2 * shares.length < end - start ? [] : [{ at: (start + end) / 2, value: mean * scale }];
      });
      if (values.length < fewestBlocks) return [];
      const one = monitors.length === 1;
      return [
        {
          name: `${one ? 'server' : name} ${measure === 'cpu' ? 'CPU' : measure}`,
          id: one ? `${measure}-drift` : `${measure}-drift-${name}`,
          unit: amount === null ? ('%' as const) : ('bytes' as const),
          limit: shareLimit(thresholds, measure, name, scale),
          ...{ measure, values },
        },
      ];
    }),
  );
}

function cut({ start, end }: Span, length: number): Span[] {
  const count = Math.floor((end - start) / length);
  return Array.from({ length: count }, (_, i) => {
    const from = end - (count - i) * length;
    return { start: from, end: from + length };
  });
}

const countOf = (rows: readonly EncodedTally[]): number =>
  rows.reduce((sum, { ok, failed }) => sum + encodedCount(ok) + encodedCount(failed), 0);

function addUp(histograms: readonly EncodedHistogram[]): EncodedHistogram {
  const sum = new SparseHistogram();
  for (const each of histograms) sum.add(each);
  return sum.encode();
}

const shareOf = (reading: MonitorEvent | null | undefined, measure: ServerMeasure): number[] => {
  const share = reading?.[measure] ?? null;
  return share === null ? [] : [share];
};

function lowest(limits: readonly DriftLimit[]): DriftLimit | null {
  return limits.reduce((low: DriftLimit | null, each) => (low === null || each.value < low.value ? each : low), null);
}

const upper = (thresholds: readonly Threshold[]): Threshold[] => thresholds.filter(isUpper);

const timeLimit = (thresholds: readonly Threshold[], quantile: number): DriftLimit | null =>
  lowest(
    upper(thresholds).flatMap(({ row, metric, limit }) =>
      row === null && metric.kind === 'percentile' && metric.quantile === quantile
        ? [{ value: limit, text: formatMillis(limit) }]
        : [],
    ),
  );

const errorLimit = (thresholds: readonly Threshold[]): DriftLimit | null =>
  lowest(
    upper(thresholds).flatMap(({ row, metric, limit }) =>
      row === null && metric.kind === 'error_rate' ? [percent(limit, 100)] : [],
    ),
  );

const shareLimit = (
  thresholds: readonly Threshold[],
  measure: ServerMeasure,
  monitor: string,
  scale: number,
): DriftLimit | null =>
  lowest(
    upper(thresholds).flatMap(({ row, metric, limit }) =>
      metric.kind === measure && (row === null || row === monitor) ? [percent(limit, scale)] : [],
    ),
  );

const percent = (share: number, scale: number): DriftLimit => ({
  value: share * scale,
  text: `${Number((share * 100).toPrecision(6))} %`,
});
