import { formatCount, formatMillis, formatPercent } from '../../core/format.ts';
import type { RecordMonitor, ServerMeasure } from '../../record/monitor.ts';
import type { Finding } from '../finding.ts';
import { type Block, contrast, fittingBlocks, median, percentileNumber, secondsOf, surely } from './contrast.ts';
import { type LoadView, spansOf } from './load-view.ts';
import { rowName, shown } from './shown.ts';

/** From this share of the limit on, a server has no CPU left for a burst within the second. */
const nearLimit = 0.9;
/** Where it stands at this share, it needs no second look at the response times. */
const atLimit = 0.95;
const easyBelow = 0.7;
/** s: half a minute near the limit, to be no passing job. */
const leastBusy = 30;
const leastEasy = 4;
/** Slower by a quarter: less is no trouble. */
const leastRatio = 1.25;

interface Busy {
  readonly monitor: RecordMonitor;
  readonly share: number;
  readonly busy: readonly Block[];
  readonly easy: readonly Block[];
  readonly all: number;
}

/** The server's CPU stands near its limit, and response times are longer then than while it has some left. */
export function findSaturatedCpu(view: LoadView): Finding | null {
  const worst = view.series.header.monitors
    .flatMap((monitor, index) => busyBlocks(view, monitor, index))
    .sort((a, b) => b.share - a.share)[0];
  if (!worst) return null;
  const { monitor, share, busy, easy, all } = worst;
  const stood = `CPU of ${monitor.name} stood at ${formatPercent(share)} of its limit${ofLimit(monitor, 'cpu')}, on average over ${formatCount(secondsOf(busy).length)} s of the load`;
  const slower = easy.length < leastEasy ? null : contrast(view, view.questions, easy, busy);
  if (easy.length >= leastEasy && !(slower && slower.z >= surely && slower.leastRatio >= leastRatio)) return null;
  if (slower === null && (share < atLimit || busy.length < 0.75 * all)) return null;
  const meanwhile =
    slower === null
      ? ''
      : `; ${rowName(view, slower.row)} took ${formatMillis(median(slower.after))} (p50) then, and ${formatMillis(median(slower.before))} while it was below ${formatPercent(easyBelow)}`;
  return shown('server-cpu-saturated', {
    sentence: `${stood}${meanwhile}.`,
    cause: 'The server computes as much as it can, and further requests wait for its CPU.',
    remedy:
      'More instances behind a load balancer or more cores, a cache for what is computed again and again, background workers for long computations.',
    numbers: [
      { name: 'cpu', unit: '1', value: share, low: null, high: null },
      ...(slower === null
        ? []
        : [percentileNumber('p50_below', slower.before), percentileNumber('p50_near_limit', slower.after)]),
    ],
    seconds: spansOf(secondsOf(busy)),
  });
}

/** The server's memory stands near its limit at the end of the load. */
export function findFullMemory(view: LoadView): Finding | null {
  const last = view.seconds.slice(-30);
  const worst = view.series.header.monitors
    .flatMap((monitor, index) => {
      const shares = last.flatMap(({ second }) => view.series.seconds[second]?.monitors[index]?.memory ?? []);
      return shares.length < 10 ? [] : [{ monitor, share: shares.reduce((a, b) => a + b, 0) / shares.length }];
    })
    .sort((a, b) => b.share - a.share)[0];
  if (!worst || worst.share < nearLimit) return null;
  const { monitor, share } = worst;
  return shown('server-memory-full', {
    sentence: `Memory of ${monitor.name} stood at ${formatPercent(share)} of its limit${ofLimit(monitor, 'memory')} in the last ${last.length} s of the load.`,
    cause:
      'What requests leave behind is not released, or the limit is too low for this load; beyond it the server swaps or is killed.',
    remedy:
      'If memory keeps growing at the same load, look for what is not cleaned up (sessions, conversations, caches without a bound); otherwise raise the limit or use more instances.',
    numbers: [{ name: 'memory', unit: '1', value: share, low: null, high: null }],
    seconds: spansOf(last.map(({ second }) => second)),
  });
}

function busyBlocks(view: LoadView, monitor: RecordMonitor, index: number): Busy[] {
  const readings = ({ start, end }: Block): number[] =>
    view.series.seconds.slice(start, end).flatMap(({ monitors }) => monitors[index]?.cpu ?? []);
  const cpuOf = (block: Block): number => {
    const read = readings(block);
    return read.length === 0 ? Number.NaN : read.reduce((a, b) => a + b, 0) / read.length;
  };
  const isEasy = (block: Block): boolean => cpuOf(block) < easyBelow;
  const blocks = fittingBlocks(view, (all) => all.filter(isEasy).length >= leastEasy);
  const busy = blocks.filter((block) => cpuOf(block) >= nearLimit);
  if (secondsOf(busy).length < leastBusy) return [];
  const share = busy.reduce((sum, block) => sum + cpuOf(block), 0) / busy.length;
  return [{ monitor, share, busy, easy: blocks.filter(isEasy), all: blocks.length }];
}

function ofLimit(monitor: RecordMonitor, measure: ServerMeasure): string {
  const amount = monitor[measure]?.amount ?? null;
  if (amount === null) return '';
  return measure === 'cpu'
    ? ` (${amount} ${amount === 1 ? 'core' : 'cores'})`
    : ` (${formatCount(amount / 2 ** 20)} MiB)`;
}
