import { formatCount, formatMillis, formatPercent } from '../../core/format.ts';
import { micros } from '../../core/units.ts';
import type { Histogram } from '../../metrics/histogram.ts';
import { binomialTail } from '../../verdict/binomial.ts';
import { proportionInterval } from '../../verdict/interval.ts';
import type { Finding } from '../finding.ts';
import { countNumber, median, risk } from './contrast.ts';
import { type LoadView, timesOf } from './load-view.ts';
import { shown } from './shown.ts';

/** How wide a plateau may be, from its least time to its greatest. */
const widths = [1.06, 1.12, 1.25] as const;
/** What lies this far to either side of it is held against it. */
const beside = 1.5;
const leastTimesMedian = 4;
/** Nobody gives up sooner, ms; where nothing succeeded there is no usual time to hold it against, and it has to be longer. */
const soonest = 250;
const soonestAlone = 900;
const leastCount = 10;
const leastShare = 0.003;
/** Denser than its sides by so much. */
const leastDensity = 4;
/** Places that a plateau could be at, beside each other, over all rows and widths. */
const places = 600;
/** Timeouts that people set, s. */
const usualTimeouts = [0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600];

interface Plateau {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly density: number;
}

interface RowTimes {
  readonly all: Histogram;
  readonly failed: Histogram;
  /** Median of the successes in ms; 0 where there are next to none. */
  readonly usual: number;
}

/** Response times pile up at one value far above the usual ones: something gives up, or tries again, after a fixed time. */
export function findTimeoutPlateau(view: LoadView): Finding | null {
  const rows = [...view.health, ...view.questions].map((row) => timesOfRow(view, row));
  const [best] = rows.flatMap((row) => plateausOf(row)).sort((a, b) => b.count - a.count);
  if (!best) return null;
  const reached = rows.filter(({ usual }) => best.from >= leastTimesMedian * usual);
  const { from, to } = widened(best, reached);
  const within = (of: (row: RowTimes) => Histogram) =>
    reached.reduce((sum, row) => sum + between(of(row), from, to), 0);
  const count = within(({ all }) => all);
  const failed = within((row) => row.failed);
  const before = reached.reduce((sum, { all }) => sum + between(all, from / beside, from - 0.001), 0);
  const requests = reached.reduce((sum, { all }) => sum + all.count, 0);
  const usual = Math.max(...reached.map((row) => row.usual));
  const { timeout } = view.series.header.load;
  const own = from >= 0.97 * timeout;
  const after = own ? timeout : timeoutOf(from);
  const fate = failed === 0 ? 'none' : failed === count ? 'all' : formatCount(failed);
  const others = `${before === 0 ? 'none' : formatCount(before)} took ${inSeconds(from / beside)} to ${inSeconds(from)}`;
  const half = usual > 0 ? `, and half took at most ${formatMillis(usual)}` : '';
  const meant = own
    ? 'the generator gave them up at its own deadline (--timeout)'
    : `that looks like a timeout of ${after / 1000} s in the server or behind it`;
  return shown('timeout-plateau', {
    sentence: `${formatCount(count)} of ${formatCount(requests)} requests (${formatPercent(count / requests)}) took ${spanOf(from, to)} (${fate} of them failed), ${others}${half}: ${meant}.`,
    cause: own
      ? 'Requests are lost, or wait without a timeout for a pool, a lock or a service behind the server.'
      : 'Requests wait for a pool or a service behind the server until a timeout ends the wait, or until they are tried again.',
    remedy: own
      ? 'Find out what such requests wait for in the server, and give its own calls timeouts that are shorter.'
      : 'Look in the server for a timeout of that length: then a larger pool, connections that are held for a shorter time, or a faster service behind it.',
    numbers: [
      { name: 'plateau', unit: 'ms', value: after, low: from, high: to },
      { name: 'share', unit: '1', value: count / requests, ...proportionInterval(count, requests) },
      countNumber('failed', 'requests', failed),
    ],
    seconds: [{ start: 0, end: view.seconds.length }],
  });
}

function timesOfRow(view: LoadView, row: number): RowTimes {
  const ok = timesOf(view, 'service', [row]);
  const failed = timesOf(view, 'failed', [row]);
  const usual = ok.count < leastCount ? 0 : median(ok);
  ok.merge(failed);
  return { all: ok, failed, usual };
}

function plateausOf({ all, usual }: RowTimes): Plateau[] {
  const least = usual === 0 ? soonestAlone : Math.max(soonest, leastTimesMedian * usual);
  const values: number[] = [];
  const counts = [0];
  for (const { value, count } of all.above(micros(1))) {
    values.push(value / 1000);
    counts.push((counts.at(-1) ?? 0) + count);
  }
  const firstFrom = (ms: number): number => {
    let [from, to] = [0, values.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((values[middle] ?? 0) < ms) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  const sum = (low: number, high: number): number => (counts[firstFrom(high)] ?? 0) - (counts[firstFrom(low)] ?? 0);
  const found = values
    .filter((ms) => ms >= least)
    .flatMap((from) =>
      widths.flatMap((width) => {
        const density = plateauAt(all.count, sum, from, width);
        const to = values[firstFrom(from * width) - 1] ?? from;
        return density === null ? [] : [{ from, to, count: sum(from, from * width), density }];
      }),
    );
  const [best] = found.sort((a, b) => b.density - a.density);
  return best ? [best] : [];
}

/** How much denser the times from `from` on are than those beside them; null where they are no plateau. */
function plateauAt(
  requests: number,
  sum: (low: number, high: number) => number,
  from: number,
  width: number,
): number | null {
  const to = from * width;
  const count = sum(from, to);
  if (count < leastCount || count < leastShare * requests) return null;
  // Were the density even on the axis of ln(time), which falls in any tail, this share would lie within.
  const share = Math.log(width) / Math.log(beside);
  const side = Math.max(sum(from / beside, from), sum(to, to * beside));
  const density = count / (side * share + 1);
  if (density < leastDensity) return null;
  return binomialTail(count, count + side, share / (1 + share)) > risk / places ? null : density;
}

/** Rows end about the same time apart: what lies next to a plateau of one row in another belongs to it. */
function widened(plateau: Plateau, rows: readonly RowTimes[]): Pick<Plateau, 'from' | 'to'> {
  let { from, to } = plateau;
  for (const { all } of rows)
    for (const { value } of all.above(micros((plateau.from * 1000) / 1.03))) {
      if (value / 1000 > plateau.to * 1.03) break;
      from = Math.min(from, value / 1000);
      to = Math.max(to, value / 1000);
    }
  return { from, to };
}

function between(times: Histogram, from: number, to: number): number {
  let sum = 0;
  for (const { value, count } of times.above(micros(1))) if (value / 1000 >= from && value / 1000 <= to) sum += count;
  return sum;
}

/** The greatest timeout that people set and that ends shortly before; the time itself, rounded, where there is none. */
function timeoutOf(from: number): number {
  const usual = usualTimeouts
    .filter((seconds) => seconds * 1000 <= from * 1.005 && seconds * 1000 >= from * 0.7)
    .at(-1);
  return usual === undefined ? Number(from.toPrecision(2)) : usual * 1000;
}

const inSeconds = (ms: number): string =>
  ms < 1000 ? formatMillis(ms) : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;

function spanOf(from: number, to: number): string {
  const [least, most] = [inSeconds(from), inSeconds(to)];
  return least === most ? least : `${least} to ${most}`;
}
