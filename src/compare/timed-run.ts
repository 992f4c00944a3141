import { encodedCount } from '../metrics/encoded-histogram.ts';
import type { ServerMeasure } from '../record/monitor.ts';
import type { RunSeries, SeriesSecond } from '../record/series.ts';
import type { LevelCounts } from '../statistics/level-counts.ts';
import type { CompareMetric, CompareUnit } from './comparison.ts';
import { steadySpan } from './steady-span.ts';
import { levelCounts, perUnit, type TimeUnits, timeUnits } from './timed-counts.ts';
import { percentileOver, quotientOf, ratioOver, type TimedStatistic } from './timed-statistic.ts';

/** One row of a run, or all (null), unit by unit. */
interface TimedRow {
  readonly ended: Float64Array;
  readonly ok: Float64Array;
  readonly failed: Float64Array;
  readonly levels: LevelCounts;
}

const quantiles: Partial<Record<CompareMetric, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** The steady window of a run, laid out so that its figures can be worked out for any resample of it. */
export class TimedRun {
  readonly #series: RunSeries;
  readonly #units: TimeUnits;
  readonly #rows = new Map<string | null, TimedRow>();

  constructor(series: RunSeries) {
    this.#series = series;
    this.#units = timeUnits(series, steadySpan(series) ?? { start: 0, end: 0 });
  }

  /** A figure of a row, by its id, or of all rows (null). */
  ofRow(metric: CompareMetric, row: string | null): TimedStatistic | null {
    const { ended, ok, failed, levels } = this.#row(row);
    const quantile = quantiles[metric];
    if (quantile !== undefined) return percentileOver(levels, ended, quantile);
    if (metric === 'error_rate') return ratioOver(failed, ended);
    if (metric === 'throughput') return ratioOver(ok, this.#lengths());
    return metric === 'connect' && row === null ? this.#connect() : null;
  }

  /** A figure of a monitor, in the unit asked for. */
  ofMonitor(metric: CompareMetric, name: string, unit: CompareUnit): TimedStatistic | null {
    const index = this.#series.header.monitors.findIndex((monitor) => monitor.name === name);
    const measure: ServerMeasure = metric === 'memory' ? 'memory' : 'cpu';
    const amount = this.#series.header.monitors[index]?.[measure]?.amount ?? null;
    const scale = unit === 'share' || unit === 'cpu-share' ? 1 : amount;
    if (index < 0 || scale === null) return null;
    const read = (second: SeriesSecond): number | null => second.monitors[index]?.[measure] ?? null;
    const used = perUnit(this.#units, (second) => (read(second) ?? 0) * scale);
    const readings = perUnit(this.#units, (second) => (read(second) === null ? 0 : 1));
    const mean = ratioOver(used, readings);
    if (metric !== 'cpu_per_request') return mean;
    const perSecond = ratioOver(this.#row(null).ended, this.#lengths());
    return quotientOf(
      unit === 'cpu-ms'
        ? ratioOver(
            used.map((cores) => cores * 1000),
            readings,
          )
        : mean,
      perSecond,
    );
  }

  #lengths(): Float64Array {
    return new Float64Array(this.#units.seconds.length).fill(this.#units.unitSeconds);
  }

  #connect(): TimedStatistic {
    const levels = levelCounts(this.#units, ({ connect }) => [connect]);
    return percentileOver(
      levels,
      perUnit(this.#units, ({ connect }) => encodedCount(connect)),
      0.5,
    );
  }

  #row(id: string | null): TimedRow {
    const known = this.#rows.get(id);
    if (known) return known;
    const index = id === null ? null : this.#series.header.rows.findIndex((row) => row.id === id);
    const tallies = ({ rows }: SeriesSecond) => (index === null ? rows : rows.slice(index, index + 1));
    const count = (of: 'ok' | 'failed') =>
      perUnit(this.#units, (second) => tallies(second).reduce((sum, tally) => sum + encodedCount(tally[of]), 0));
    const [ok, failed] = [count('ok'), count('failed')];
    const row = {
      ok,
      failed,
      ended: ok.map((value, unit) => value + (failed[unit] ?? 0)),
      levels: levelCounts(this.#units, (second) => tallies(second).map((tally) => tally.ok)),
    };
    this.#rows.set(id, row);
    return row;
  }
}
