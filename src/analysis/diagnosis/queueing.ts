import { formatMillis } from '../../core/format.ts';
import type { Finding } from '../finding.ts';
import { contrast, countNumber, loadLevels, median, percentileNumber, secondsOf, surely } from './contrast.ts';
import { type LoadView, spansOf } from './load-view.ts';
import { rowName, shown } from './shown.ts';

/** Half as long again: less may be caches, or other work of the machine. */
const leastRatio = 1.5;
const leastMore = 20;

/** Every kind of question takes longer with many users than with few: they wait for each other. */
export function findQueueing(view: LoadView): Finding | null {
  const { low, high } = loadLevels(view);
  const found = contrast(view, view.questions, low, high);
  if (found === null || found.z < surely || found.leastRatio < leastRatio) return null;
  const [few, many] = [median(found.before), median(found.after)];
  if (many - few < leastMore) return null;
  const [fewUsers, manyUsers] = [Math.floor(view.peak / 4), Math.ceil((view.peak * 3) / 4)];
  const cpu = meanCpu(view, high);
  const idle = cpu !== null && cpu < 0.7;
  return shown('queueing', {
    sentence: `${rowName(view, found.row)} took ${formatMillis(few)} (p50) with at most ${fewUsers} users, and ${formatMillis(many)} with ${manyUsers} or more${idle ? `, while the server used ${Math.round(cpu * 100)} % of its CPU` : ''}: requests wait for each other.`,
    cause: idle
      ? 'A pool of connections, a lock or a service behind the server is used up, and its CPU is not.'
      : 'The CPU of the server, a pool of connections, a lock or a service behind it is used up.',
    remedy: idle
      ? 'Measure how long requests wait for the pool or the lock; then a larger pool, connections that are held for a shorter time, faster queries.'
      : 'A --monitor tells CPU from pool; then more instances for the one, a larger pool and faster queries for the other.',
    numbers: [
      percentileNumber('p50_few_users', found.before),
      percentileNumber('p50_many_users', found.after),
      countNumber('few_users', 'users', fewUsers),
      countNumber('many_users', 'users', manyUsers),
    ],
    seconds: spansOf(secondsOf(high)),
  });
}

/** Of the busiest monitor over some stretches; null when nobody measured. */
function meanCpu(
  { series }: LoadView,
  spans: readonly { readonly start: number; readonly end: number }[],
): number | null {
  const means = series.header.monitors.flatMap((_, index) => {
    const read = spans.flatMap(({ start, end }) =>
      series.seconds.slice(start, end).flatMap(({ monitors }) => monitors[index]?.cpu ?? []),
    );
    return read.length === 0 ? [] : [read.reduce((a, b) => a + b, 0) / read.length];
  });
  return means.length === 0 ? null : Math.max(...means);
}
