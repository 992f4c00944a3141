import { formatMillis } from '../../core/format.ts';
import { rankSum } from '../../statistics/rank-sum.ts';
import type { Finding } from '../finding.ts';
import { countNumber, median, percentileNumber, surely } from './contrast.ts';
import { type LoadView, slowness, spansOf, timesOf } from './load-view.ts';
import { shown } from './shown.ts';

/** A health check does nothing, so that it should not notice questions at all. */
const leastRatio = 3;
const leastMore = 10;
const leastChecks = 20;
/**
 * What makes the whole server slower multiplies all times alike. A wait that all share is as long for a health check as for a question: at
 * least half as long here, or so many more times the health check than the question.
 */
const leastOfWait = 0.5;
const leastBeyondQuestions = 1.5;

/** Health checks are slow while many questions are in flight, and fast while few are: the same worker answers both. */
export function findBlockedLoop(view: LoadView): Finding | null {
  const { seconds, health, questions } = view;
  const checked = seconds.filter(({ logs }) => health.some((row) => (logs[row]?.count ?? 0) > 0));
  const loads = checked.map(({ questionsInFlight }) => questionsInFlight).sort((a, b) => a - b);
  const few = loads[Math.floor(loads.length / 4)] ?? 0;
  const many = loads[Math.floor((loads.length * 3) / 4)] ?? 0;
  // Half a question more than twice: where the load hardly changes nothing can be seen.
  if (many < 2 * few + 0.5) return null;
  const idle = checked.filter(({ questionsInFlight }) => questionsInFlight <= few).map(({ second }) => second);
  const busy = checked.filter(({ questionsInFlight }) => questionsInFlight >= many).map(({ second }) => second);
  const levels = (chosen: readonly number[]) =>
    chosen.flatMap((second) => slowness(view, health, { start: second, end: second + 1 }) ?? []);
  if (rankSum(levels(busy), levels(idle)) < surely) return null;
  const before = timesOf(view, 'service', health, within(idle));
  const after = timesOf(view, 'service', health, within(busy));
  const [fast, slow] = [median(before), median(after)];
  if (Math.min(before.count, after.count) < leastChecks || slow < leastRatio * fast || slow - fast < leastMore)
    return null;
  const asked = [idle, busy].map((chosen) => timesOf(view, 'service', questions, within(chosen)));
  const [quick = 0, slowed = 0] = asked.map((times) => (times.count === 0 ? 0 : median(times)));
  const isShared = slow - fast >= leastOfWait * (slowed - quick);
  if (!isShared && slow / fast < leastBeyondQuestions * (slowed / quick)) return null;
  return shown('event-loop-blocked', {
    sentence: `Health checks took ${formatMillis(slow)} (p50) while ${shownLoad(many)} or more questions were in flight, and ${formatMillis(fast)} while at most ${shownLoad(few)} were.`,
    cause:
      'Health checks wait behind questions: one worker answers both, and synchronous calls block its event loop, or it has no CPU left.',
    remedy:
      'Asynchronous calls to models and databases, background workers for long computations, more workers or instances.',
    numbers: [
      percentileNumber('p50_few_questions', before),
      percentileNumber('p50_many_questions', after),
      countNumber('few_questions', 'requests', few),
      countNumber('many_questions', 'requests', many),
    ],
    seconds: spansOf(busy),
  });
}

function within(seconds: readonly number[]): (second: number) => boolean {
  const chosen = new Set(seconds);
  return (second) => chosen.has(second);
}

const shownLoad = (load: number): string => (load < 9.5 ? `${Number(load.toFixed(1))}` : `${Math.round(load)}`);
