import { samplesForPercentile } from '../verdict/interval.ts';
import type { ComparedRun, MonitorFigures, RowFigures, RunFigures } from './compared-run.ts';
import type { ComparedGroup, CompareMetric, CompareUnit } from './comparison.ts';
import type { Rate } from './rate-difference.ts';

/** One metric of one row or monitor: what is compared. */
export interface Subject {
  readonly group: Pick<ComparedGroup, 'kind' | 'id' | 'name'>;
  readonly metric: CompareMetric;
  readonly unit: CompareUnit;
  /** With fewer requests, connections, readings or seconds a run cannot tell the figure. */
  readonly least: number;
  readonly noun: 'requests' | 'connections' | 'readings' | 'seconds';
  /** null: not measured. */
  readonly valueIn: (figures: RunFigures) => number | null;
  /** What an error rate is made of; null where that is not known, and for all other metrics. */
  readonly countsIn: (figures: RunFigures) => Rate | null;
}

const aggregated = { kind: 'all', id: 'all', name: 'Aggregated' } as const;
/** Fewer values have no middle worth comparing. */
const leastValues = 20;

/** What all runs have in common, in the order of reports. `runs` are the figures of each. */
export function subjectsOf(runs: readonly RunFigures[]): readonly Subject[] {
  const [first, ...others] = runs;
  if (first === undefined) return [];
  const rows = first.rows.filter(({ id }) => others.every((run) => run.rows.some((row) => row.id === id)));
  const monitors = first.monitors.filter(({ name }) =>
    others.every((run) => run.monitors.some((m) => m.name === name)),
  );
  return [
    ...rowSubjects(aggregated, ({ all }) => all),
    subject(aggregated, 'connect', 'ms', (run) => run.connect ?? null),
    ...rows.flatMap(({ id, name }) =>
      rowSubjects({ kind: 'row', id, name }, (run) => run.rows.find((row) => row.id === id) ?? null),
    ),
    ...monitors.flatMap(({ name }) => monitorSubjects(name, runs)),
  ];
}

/** What some runs have and others have not, in words. */
export function notInAll(runs: readonly RunFigures[]): readonly string[] {
  const missing = (names: readonly (readonly string[])[]): string[] =>
    [...new Set(names.flat())].filter((name) => names.some((each) => !each.includes(name)));
  const rows = missing(runs.map((run) => run.rows.map(({ id }) => id)));
  const monitors = missing(runs.map((run) => run.monitors.map(({ name }) => name)));
  return [
    ...(rows.length === 0 ? [] : [`Not all runs have ${rows.join(', ')}, which is therefore not compared by itself.`]),
    ...(monitors.length === 0
      ? []
      : [
          `Not all runs were watched by ${monitors.map((name) => `the monitor "${name}"`).join(', ')}: it is not compared.`,
        ]),
  ];
}

/** The figures of a run that was read as such. */
export const isSeries = (run: ComparedRun): run is Extract<ComparedRun, { kind: 'series' }> => run.kind === 'series';

function rowSubjects(group: Subject['group'], of: (run: RunFigures) => RowFigures | null): Subject[] {
  return [
    subject(group, 'p50', 'ms', (run) => of(run)?.p50 ?? null),
    subject(group, 'p95', 'ms', (run) => of(run)?.p95 ?? null),
    subject(group, 'p99', 'ms', (run) => of(run)?.p99 ?? null),
    subject(
      group,
      'error_rate',
      'share',
      (run) => of(run)?.errorRate ?? null,
      (run) => countsOf(of(run)),
    ),
    subject(group, 'throughput', '1/s', (run) => of(run)?.throughput ?? null),
  ];
}

/** A rate that is known without its failures is of so many, a fraction included. */
function countsOf(figures: RowFigures | null): Rate | null {
  if (figures === null || figures.requests === null || figures.errorRate === null) return null;
  const { requests, failures, errorRate } = figures;
  return { failures: failures ?? errorRate * requests, requests };
}

function monitorSubjects(name: string, runs: readonly RunFigures[]): Subject[] {
  const group = { kind: 'monitor', id: name, name } as const;
  const of = (run: RunFigures): MonitorFigures | undefined => run.monitors.find((monitor) => monitor.name === name);
  const each = (has: (monitor: MonitorFigures) => number | null): boolean =>
    runs.every((run) => {
      const monitor = of(run);
      return monitor !== undefined && has(monitor) !== null;
    });
  const cores = each((monitor) => monitor.cores);
  const bytes = each((monitor) => monitor.bytes);
  const perRequest = (run: RunFigures): number | null => {
    const cpu = cores ? of(run)?.cores : of(run)?.cpu;
    const rate = endedPerSecond(run);
    return cpu == null || rate === null || rate === 0 ? null : (cpu / rate) * (cores ? 1000 : 1);
  };
  return [
    ...(each(({ cpu }) => cpu)
      ? [
          subject(group, 'cpu', cores ? 'cores' : 'share', (run) => (cores ? of(run)?.cores : of(run)?.cpu) ?? null),
          subject(group, 'cpu_per_request', cores ? 'cpu-ms' : 'cpu-share', perRequest),
        ]
      : []),
    ...(each(({ memory }) => memory)
      ? [
          subject(
            group,
            'memory',
            bytes ? 'bytes' : 'share',
            (run) => (bytes ? of(run)?.bytes : of(run)?.memory) ?? null,
          ),
        ]
      : []),
  ].sort((a, b) => (a.metric === 'cpu_per_request' ? 1 : 0) - (b.metric === 'cpu_per_request' ? 1 : 0));
}

/** Requests that ended per second: successes per second ÷ their share. */
function endedPerSecond({ all }: RunFigures): number | null {
  if (all.throughput === null || all.errorRate === null) return null;
  return all.errorRate < 1 ? all.throughput / (1 - all.errorRate) : null;
}

function subject(
  group: Subject['group'],
  metric: CompareMetric,
  unit: CompareUnit,
  valueIn: Subject['valueIn'],
  countsIn: Subject['countsIn'] = () => null,
): Subject {
  return { group, metric, unit, least: leastOf(metric), noun: nounOf(group, metric), valueIn, countsIn };
}

/** Throughput is a mean over seconds, whatever was answered in each. */
function nounOf({ kind }: Subject['group'], metric: CompareMetric): Subject['noun'] {
  if (kind === 'monitor') return 'readings';
  if (metric === 'connect') return 'connections';
  return metric === 'throughput' ? 'seconds' : 'requests';
}

function leastOf(metric: CompareMetric): number {
  if (metric === 'p95') return samplesForPercentile(0.95);
  if (metric === 'p99') return samplesForPercentile(0.99);
  return leastValues;
}
