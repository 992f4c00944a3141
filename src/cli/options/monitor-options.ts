import { formatByteSize, parseByteSize } from '../../core/byte-size.ts';
import { type CounterSource, parseCounter, showCounter } from '../../monitor/counter-source.ts';
import { type MonitorSpec, maskMonitor, monitorLike, parseMonitor, showMonitor } from '../../monitor/monitor-source.ts';
import { listOption, valueOption } from './option-spec.ts';

/** What watches the server while it is loaded. null: nobody said anything. */
export const monitorOptions = {
  monitors: listOption<MonitorSpec>({
    long: 'monitor',
    placeholder: '<source>',
    example: 'db=port:5432',
    exampleLike: monitorLike,
    group: 'Monitors',
    help: 'Watch the CPU and memory of pid:<n>, port:<n>, prometheus:<url>, promql:<server>?cpu=<query> or json:<url>#/pointer, each second; <name>= before it names it for thresholds (db.cpu<80%); may be repeated.',
    read: parseMonitor,
    show: showMonitor,
    mask: maskMonitor,
  }),
  cpuLimit: valueOption<number | null>({
    long: 'cpu-limit',
    placeholder: '<cores>',
    example: '2',
    group: 'Monitors',
    help: 'Cores that are all of its CPU; else the quota of its control group, or all of this machine.',
    read: parseCores,
    fallback: null,
    unset: 'all that there is',
  }),
  memoryLimit: valueOption<number | null>({
    long: 'memory-limit',
    placeholder: '<size>',
    example: '2GiB',
    group: 'Monitors',
    help: 'Memory that is all of its own; else the limit of its control group, or all of this machine.',
    read: parseByteSize,
    show: formatByteSize,
    fallback: null,
    unset: 'all that there is',
  }),
  counters: valueOption<CounterSource | null>({
    long: 'counters',
    placeholder: '<source>',
    example: 'http://localhost:8000/metrics#/total_requests',
    group: 'Monitors',
    help: 'Compare what sqload sent with what the server counted: <url>#/pointer or prometheus:<url>?counter=<metric>; the upstream dialect needs no option.',
    read: parseCounter,
    show: showCounter,
    mask: maskMonitor,
    fallback: null,
    unset: 'those of the upstream dialect',
  }),
} as const;

/** Reads a number of cores: `2`, `0.5`. @throws RangeError saying what it must be. */
export function parseCores(text: string): number {
  const cores = Number(text);
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(text) || !(cores > 0))
    throw new RangeError('must be a number of cores like 2 or 0.5');
  return cores;
}
