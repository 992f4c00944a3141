import { RunFold } from '../../record/fold.ts';
import type { RecordHeader } from '../../record/record.ts';
import type { RunEvent } from '../../record/run-event.ts';
import type { RatioPart } from '../../statistics/batch-means.ts';
import { binomialTail } from '../../verdict/binomial.ts';
import { noSession } from '../../verdict/graded-over.ts';
import { leastSamples } from '../../verdict/least-samples.ts';
import { toleratedShare } from '../../verdict/limit-second.ts';
import { isOccasional, loadLimits } from '../../verdict/load-limits.ts';
import { isServerMeasure } from '../../verdict/metric.ts';
import { serverObstacle } from '../../verdict/server-load.ts';
import type { Threshold } from '../../verdict/threshold.ts';
import { testRatio } from './test-ratio.ts';
import { WindowSeconds } from './window-seconds.ts';

/** What a load that was held says about its limits. */
export interface JudgedLoad {
  /** `holds`: every limit was shown to hold; `breaks`: one was shown to break. */
  readonly outcome: 'holds' | 'breaks' | 'undecided';
  /** The side on which the numbers lie, sure or not. */
  readonly leans: 'holds' | 'breaks';
  /** How sure each side is: the chance of such numbers if the load broke a limit after all (`holds`), or held all of them (`breaks`). */
  readonly chance: { readonly holds: number; readonly breaks: number };
  /** The limit that broke, or is nearest to it; null when there is none. */
  readonly limit: string | null;
  /** One's own limits on what there was too little of to be sure that they hold: they could only break. */
  readonly unsure: readonly string[];
  /** Successes per second of the steady window. */
  readonly rate: number;
  /** 95th percentile of response times in ms, a failed request being slower than any other; Infinity when it falls among the failed. */
  readonly p95: number | null;
  readonly errorRate: number | null;
  readonly requests: number;
}

/** How one limit fared: the chances of being wrong when it is said to hold or to break. */
interface Evidence {
  readonly text: string;
  readonly holds: number;
  readonly breaks: number;
  /** Whether it must be shown to hold: not where too little was measured of what nobody can plan for. */
  readonly asked: boolean;
}

/**
 * Whether the limits that load can break held in the steady window of a run, or did not, each with this risk of being wrong: by the exact binomial
 * bound and by batch means, which know of requests that queue behind each other. Both must agree; else it is undecided. Set-ups of sessions that
 * come in the window (those of users on their way in say more about the climb) and what hooks time may be too few to show that a limit holds: then it is not asked for.
 */
export function judgeLoad(header: RecordHeader, events: Iterable<RunEvent>, risk = 0.05): JudgedLoad {
  const fold = new RunFold(header);
  const window = new WindowSeconds(header);
  for (const event of events) {
    fold.add(event);
    window.add(event);
  }
  const tally = fold.steadyTally(null);
  const adjusted = tally.adjustedPercentile(0.95);
  const numbers = {
    rate: fold.steadySuccesses(null) / Math.max(1, fold.steadySeconds),
    p95: adjusted === undefined ? null : adjusted / 1000,
    errorRate: tally.errorRate ?? null,
    requests: tally.requests,
  };
  const dead = fold.end?.reason === 'nothing-succeeded' || noSession(fold);
  if (dead || (tally.requests > 0 && tally.ok.count === 0)) return { ...allFailed, ...numbers };
  const limits = loadLimits(header);
  const evidence = limits.flatMap((limit) => evidenceOf(limit, window, header));
  const unsure = limits.filter((limit) => limit.source !== 'default' && isScarce(limit, window));
  return { ...outcomeOf(evidence, risk), unsure: unsure.map(({ text }) => text), ...numbers };
}

const allFailed = {
  outcome: 'breaks',
  leans: 'breaks',
  chance: { holds: 1, breaks: 0 },
  limit: 'error_rate',
  unsure: [],
} as const;

function outcomeOf(
  evidence: readonly Evidence[],
  risk: number,
): Pick<JudgedLoad, 'outcome' | 'leans' | 'limit' | 'chance'> {
  const nearest = [...evidence].sort((a, b) => a.breaks - b.breaks)[0];
  if (!nearest) return { outcome: 'undecided', leans: 'holds', limit: null, chance: { holds: 1, breaks: 1 } };
  // All must hold of which enough was measured, and one of several breaks more easily by chance.
  const asked = evidence.filter((each) => each.asked);
  const chance = {
    holds: asked.length === 0 ? 1 : Math.max(...asked.map(({ holds }) => holds)),
    breaks: Math.min(1, nearest.breaks * evidence.length),
  };
  const outcome = chance.breaks < risk ? 'breaks' : chance.holds < risk ? 'holds' : 'undecided';
  return { outcome, leans: chance.breaks < chance.holds ? 'breaks' : 'holds', limit: nearest.text, chance };
}

/** Nothing for a limit of the server that nobody watches, which only a default can be, and for what did not happen in the window. */
function evidenceOf(limit: Threshold, window: WindowSeconds, header: RecordHeader): Evidence[] {
  const { text, metric } = limit;
  if (isServerMeasure(metric.kind)) {
    if (serverObstacle(limit, metric.kind, header) !== null) return [];
    const all = window.monitored(limit).map((seconds) => testRatio(seconds, limit.limit));
    const holds = Math.max(0, ...all.map((test) => test?.below ?? 1));
    const breaks = Math.min(1, ...all.map((test) => (test?.above ?? 1) * all.length));
    return [{ text, asked: true, holds: all.length === 0 ? 1 : holds, breaks }];
  }
  if (isOccasional(limit) && window.countOf(limit) === 0) return [];
  const asked = !isScarce(limit, window);
  const tolerated = toleratedShare(limit);
  if (tolerated === null) {
    const test = testRatio(window.times(limit), limit.limit);
    return [{ text, asked, holds: test?.below ?? 1, breaks: test?.above ?? 1 }];
  }
  return [{ text, asked, ...shareEvidence(window.shares(limit), tolerated) }];
}

/** Whether a limit is about what there may be too little of, and there is. */
const isScarce = (limit: Threshold, window: WindowSeconds): boolean =>
  isOccasional(limit) && window.countOf(limit) < Math.max(enough, leastSamples(limit));

/** Fewer values than this show neither that a mean nor that a maximum holds. */
const enough = 30;

function shareEvidence(seconds: readonly RatioPart[], tolerated: number): Pick<Evidence, 'holds' | 'breaks'> {
  const bad = seconds.reduce((sum, { part }) => sum + part, 0);
  const of = seconds.reduce((sum, { whole }) => sum + whole, 0);
  if (of === 0) return { holds: 1, breaks: 1 };
  // What no request may break, one breaks.
  if (tolerated === 0) return bad === 0 ? { holds: 0, breaks: 1 } : { holds: 1, breaks: 0 };
  const test = testRatio(seconds, tolerated);
  return {
    holds: Math.max(1 - binomialTail(bad + 1, of, tolerated), test?.below ?? 1),
    breaks: Math.max(binomialTail(bad, of, tolerated), test?.above ?? 0),
  };
}
