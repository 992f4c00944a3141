import { Histogram } from '../metrics/histogram.ts';
import type { Tally } from '../metrics/tally.ts';
import type { ServerMeasure } from '../record/monitor.ts';
import { type RunSeries, type Span, tallyOf } from '../record/series.ts';
import type { MonitorFigures, RowFigures, RunFigures } from './compared-run.ts';
import { steadySpan } from './steady-span.ts';

/** How figures are taken: those of a record over its steady window, those of a stats.csv over the whole run at measured times. */
export type Basis = Pick<RunFigures, 'over' | 'percentiles'>;

export const ownBasis: Basis = { over: 'steady', percentiles: 'adjusted' };

/**
 * The figures of a run, of what *ended* in its steady window; where another basis is asked for, as in a stats.csv, so that both can be
 * held against each other. Everything is null when there is no such window.
 */
export function figuresOf(series: RunSeries, basis: Basis = ownBasis): RunFigures {
  const { header } = series;
  const span = spanOf(series, basis) ?? { start: 0, end: 0 };
  const figures = (row: number | null) => rowFigures(tallyOf(series, span, row), span, basis);
  return {
    ...basis,
    all: figures(null),
    rows: header.rows.map(({ id, name }, row) => ({ id, name, ...figures(row) })),
    monitors: header.monitors.map((_, monitor) => monitorFigures(series, span, monitor)),
    connect: connectMedian(series, span),
  };
}

/** The seconds that figures are taken over; null where there is no such window. */
export const spanOf = (series: RunSeries, { over }: Pick<Basis, 'over'>): Span | null =>
  over === 'run' ? { start: 0, end: series.seconds.length } : steadySpan(series);

function rowFigures(tally: Tally, { start, end }: Span, { percentiles }: Basis): RowFigures {
  const all = percentiles === 'measured' ? tally.everything() : null;
  const percentile = (quantile: number): number | null => {
    const micros = all === null ? tally.adjustedPercentile(quantile) : all.percentile(quantile);
    return micros === undefined ? null : micros / 1000;
  };
  return {
    requests: tally.requests,
    failures: tally.failed.count,
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    errorRate: tally.errorRate ?? null,
    throughput: end > start ? tally.ok.count / (end - start) : null,
  };
}

function monitorFigures(series: RunSeries, span: Span, index: number): MonitorFigures {
  const monitor = series.header.monitors[index];
  const mean = (measure: ServerMeasure): number | null => {
    const read = series.seconds.slice(span.start, span.end).flatMap(({ monitors }) => monitors[index]?.[measure] ?? []);
    return read.length === 0 ? null : read.reduce((sum, share) => sum + share, 0) / read.length;
  };
  const [cpu, memory] = [mean('cpu'), mean('memory')];
  const amountOf = (share: number | null, measure: ServerMeasure): number | null => {
    const amount = monitor?.[measure]?.amount ?? null;
    return share === null || amount === null ? null : share * amount;
  };
  return {
    name: monitor?.name ?? '',
    cores: amountOf(cpu, 'cpu'),
    cpu,
    bytes: amountOf(memory, 'memory'),
    memory,
  };
}

function connectMedian({ seconds }: RunSeries, { start, end }: Span): number | null {
  const times = new Histogram();
  for (const { connect } of seconds.slice(start, end)) times.add(connect);
  const median = times.percentile(0.5);
  return median === undefined ? null : median / 1000;
}
