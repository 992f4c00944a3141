import { formatCount, formatMillis } from '../../core/format.ts';
import { micros, millis } from '../../core/units.ts';
import { percentileSurelyAbove } from '../../verdict/interval.ts';
import { runThresholds } from '../../verdict/run-thresholds.ts';
import type { Finding } from '../finding.ts';
import { countNumber, percentileNumber, risk } from './contrast.ts';
import { type LoadView, spansOf, timesOf } from './load-view.ts';
import { shown } from './shown.ts';

/** The guide's limit on p95, ms, where the run has none of its own. */
const guideLimit = millis(500);
const leastRequests = 20;
/** With so few users no load is to blame, whatever came later. */
const fewUsers = 5;
/** With more users it may take half as long again; more, and load has a part in it. */
const mostRatio = 1.5;

/**
 * p95 lies above its limit with few users already, and not much higher with many: it is the work itself that takes long. Only what was
 * sent before there were ever more users speaks for it: a server that a surge has made slow is slow with few users again, too.
 */
export function findSlowUnloaded(view: LoadView): Finding | null {
  const limit = limitOf(view);
  const rows = [...view.health, ...view.questions];
  const few = Math.max(fewUsers, Math.floor(view.peak / 4));
  const more = view.seconds.findIndex(({ users }) => users > few);
  const before = more < 0 ? view.seconds : view.seconds.slice(0, more);
  const quiet = before.filter(({ users }) => users > 0).map(({ second }) => second);
  const chosen = new Set(quiet);
  const times = timesOf(view, 'service', rows, (second) => chosen.has(second));
  if (times.count < leastRequests || !isAbove(times, limit)) return null;
  const all = timesOf(view, 'service', rows);
  const [p95, later] = [percentileNumber('p95_few_users', times, 0.95), percentileNumber('p95', all, 0.95)];
  if (p95.value === null || later.value === null || p95.value < 1.2 * limit) return null;
  if (!isAbove(all, limit) || later.value > mostRatio * p95.value) return null;
  return shown('slow-without-load', {
    sentence: `With at most ${formatCount(few)} users, p95 was ${formatMillis(p95.value)} already, above its limit of ${formatMillis(limit)}, and ${formatMillis(later.value)} over the whole run with up to ${formatCount(view.peak)}: load is not what makes it slow.`,
    cause:
      'The work for one question takes that long: queries without an index, or calls to a language model one after another.',
    remedy:
      'Profile a single question: index its queries, cache what comes again, run independent calls side by side. More instances will not help.',
    numbers: [p95, later, countNumber('few_users', 'users', few)],
    seconds: spansOf(quiet),
  });
}

function isAbove(times: ReturnType<typeof timesOf>, limit: number): boolean {
  let above = 0;
  for (const { count } of times.above(micros(limit * 1000))) above += count;
  return percentileSurelyAbove(above, times.count, 0.95, risk);
}

/** The run's own limit on the p95 of all rows, in ms. */
function limitOf({ series }: LoadView): number {
  const own = runThresholds(series.header).find(
    ({ row, metric, op }) =>
      row === null && metric.kind === 'percentile' && metric.quantile === 0.95 && op.startsWith('<'),
  );
  return own?.limit ?? guideLimit;
}
