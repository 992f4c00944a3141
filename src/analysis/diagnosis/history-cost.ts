import { formatMillis } from '../../core/format.ts';
import { eachValue } from '../../metrics/encoded-histogram.ts';
import { z975 } from '../../statistics/normal-quantiles.ts';
import type { Finding, FindingNumber } from '../finding.ts';
import { inBrackets, millisInBrackets } from '../in-brackets.ts';
import { blocksOf, median, percentileNumber, surely } from './contrast.ts';
import { type LoadView, timesOf } from './load-view.ts';
import { shown } from './shown.ts';

/** Slow changes of the run are taken out over so many seconds. */
const stretch = 20;
/** A follow-up slower by a quarter, or by a tenth for a history that is longer than usual: less is no trouble. */
const leastRatio = 1.25;
const leastShare = 0.1;
const leastMore = 20;

/** Follow-ups are slower than initial questions, or the slower the more history they send. */
export function findHistoryCost(view: LoadView): Finding | null {
  const { rows } = view.series.header;
  const initial = rows.findIndex(({ id }) => id === 'initial');
  const followUp = rows.findIndex(({ id }) => id === 'follow-up');
  if (followUp < 0) return null;
  const growth = growthPerKilobyte(view, followUp);
  const ratio = initial < 0 ? null : followUpRatio(view, initial, followUp);
  const dearer = ratio !== null && ratio.z >= surely && ratio.value >= leastRatio;
  if (growth === null && !dearer) return null;
  const [later, first] = [timesOf(view, 'service', [followUp]), timesOf(view, 'service', [Math.max(0, initial)])];
  if (growth === null && median(later) - median(first) < leastMore) return null;
  const both =
    initial < 0
      ? ''
      : ` Follow-ups took ${formatMillis(median(later))} (p50), initial questions ${formatMillis(median(first))}.`;
  const numbers = [percentileNumber('p50_follow_up', later), percentileNumber('p50_initial', first)];
  const seconds = [{ start: 0, end: view.seconds.length }];
  if (growth !== null)
    return shown('history-cost', {
      sentence: `Each kB more of history made a follow-up ${millisInBrackets(growth)} slower.${both}`,
      cause: 'The whole history of a conversation is read, embedded or sent to the model with each question.',
      remedy:
        'Keep what was computed of earlier turns, send the model a summary or the last turns only, and index the look-up of a conversation.',
      numbers: [{ name: 'per_kilobyte', unit: 'ms', ...boundsOf(growth) }, ...numbers],
      seconds,
    });
  if (ratio === null) return null;
  return shown('follow-up-cost', {
    sentence: `Follow-ups took ${inBrackets(ratio, { suffix: ' times' })} as long as initial questions: ${formatMillis(median(later))} and ${formatMillis(median(first))} (p50).`,
    cause:
      'A follow-up does what an initial question need not, such as loading its conversation; more history did not show to cost more.',
    remedy: 'Profile what a follow-up does more, index what looks up a conversation, and cache what its turns share.',
    numbers: [{ name: 'ratio', unit: '1', ...boundsOf(ratio) }, ...numbers],
    seconds,
  });
}

interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const boundsOf = ({ value, low, high }: Estimate): Pick<FindingNumber, 'value' | 'low' | 'high'> => ({
  ...{ value, low, high },
});

/** How many times as long follow-ups take: the mean over blocks of the difference of ln(service time), each block by itself. */
function followUpRatio(
  { seconds, ...view }: LoadView,
  initial: number,
  followUp: number,
): (Estimate & { z: number }) | null {
  const meanOf = (row: number, start: number, end: number): number | null => {
    let [count, sum] = [0, 0];
    for (const { logs } of seconds.slice(start, end)) {
      count += logs[row]?.count ?? 0;
      sum += logs[row]?.sum ?? 0;
    }
    return count < 3 ? null : sum / count;
  };
  const differences = blocksOf({ seconds, ...view }).flatMap(({ start, end }) => {
    const [a, b] = [meanOf(initial, start, end), meanOf(followUp, start, end)];
    return a === null || b === null ? [] : [b - a];
  });
  const n = differences.length;
  if (n < 12) return null;
  const mean = differences.reduce((a, b) => a + b, 0) / n;
  const error = Math.sqrt(differences.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1) / n);
  if (error === 0) return null;
  const at = (z: number) => Math.exp(mean + z * error);
  return { z: mean / error, value: at(0), low: at(-z975), high: at(z975) };
}

interface Second {
  readonly count: number;
  readonly kilobytes: number;
  readonly ms: number;
  readonly log: number;
}

/**
 * Time per kB sent, from seconds in which the follow-ups happened to be long beside their neighbours: means of a second are
 * regressed on each other within stretches of 20 s, so that load and drift drop out; errors as HC3 of MacKinnon and White (1985). null: none shows.
 */
function growthPerKilobyte({ series, seconds }: LoadView, row: number): Estimate | null {
  const cells: { second: Second; x: number; y: number; log: number; part: number }[] = [];
  let stretches = 0;
  for (let start = 0; start < seconds.length; start += stretch) {
    const inside = series.seconds
      .slice(start, Math.min(start + stretch, seconds.length))
      .flatMap(({ rows }): Second[] => {
        const { service, failures, bytesSent } = rows[row] ?? { service: [], failures: [], bytesSent: 0 };
        let [count, log] = [0, 0];
        eachValue(service, (value, times) => {
          count += times;
          log += times * Math.log(value);
        });
        if (count === 0 || failures.length > 0) return [];
        return [{ count, kilobytes: bytesSent / count / 1000, ms: (service[2] ?? 0) / count / 1000, log: log / count }];
      });
    const total = inside.reduce((sum, { count }) => sum + count, 0);
    if (inside.length < 5) continue;
    stretches += 1;
    const mean = (of: (second: Second) => number) =>
      inside.reduce((sum, each) => sum + each.count * of(each), 0) / total;
    const [x, y, log] = [mean(({ kilobytes }) => kilobytes), mean(({ ms }) => ms), mean((each) => each.log)];
    for (const second of inside)
      cells.push({
        second,
        x: second.kilobytes - x,
        y: second.ms - y,
        log: second.log - log,
        part: second.count / total,
      });
  }
  const freedom = cells.length - stretches - 1;
  if (freedom < 30) return null;
  const spread = cells.reduce((sum, { second, x }) => sum + second.count * x * x, 0);
  if (spread / freedom < 1e-4) return null;
  const regress = (of: (cell: (typeof cells)[number]) => number): { slope: number; error: number } => {
    const slope = cells.reduce((sum, cell) => sum + cell.second.count * cell.x * of(cell), 0) / spread;
    const squares = cells.reduce((sum, cell) => {
      const { second, x, part } = cell;
      const leverage = part + (second.count * x * x) / spread;
      return sum + ((second.count * x * (of(cell) - slope * x)) / Math.max(0.1, 1 - leverage)) ** 2;
    }, 0);
    return { slope, error: Math.sqrt(squares) / spread };
  };
  // Shown by logarithms, which a few very slow answers do not move; told in ms.
  const logs = regress(({ log }) => log);
  const { slope, error } = regress(({ y }) => y);
  const usualSpread = Math.sqrt(spread / freedom);
  if (logs.slope < surely * logs.error || logs.slope * usualSpread < leastShare || slope * usualSpread < 5) return null;
  return { value: slope, low: slope - z975 * error, high: slope + z975 * error };
}
