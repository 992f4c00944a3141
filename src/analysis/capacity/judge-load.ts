import { encodedCount } from '../../metrics/encoded-histogram.ts';
import { RunFold } from '../../record/fold.ts';
import type { MonitorEvent } from '../../record/monitor.ts';
import type { RecordHeader } from '../../record/record.ts';
import type { Cell, RunEvent } from '../../record/run-event.ts';
import type { RatioPart } from '../../statistics/batch-means.ts';
import { binomialTail } from '../../verdict/binomial.ts';
import { noSession } from '../../verdict/graded-over.ts';
import { limitSecond, toleratedShare } from '../../verdict/limit-second.ts';
import { loadLimits } from '../../verdict/load-limits.ts';
import { isServerMeasure } from '../../verdict/metric.ts';
import { serverObstacle } from '../../verdict/server-load.ts';
import type { Threshold } from '../../verdict/threshold.ts';
import { testRatio } from './test-ratio.ts';

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
}

/**
 * Whether the limits that load can break held in the steady window of a run, or did not, each with this risk of being wrong: by the exact binomial
 * bound and by batch means, which know of requests that queue behind each other. Both must agree; else it is undecided.
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
  if (dead || (tally.requests > 0 && tally.ok.count === 0))
    return { outcome: 'breaks', leans: 'breaks', chance: { holds: 1, breaks: 0 }, limit: 'error_rate', ...numbers };
  const evidence = loadLimits(header).flatMap((limit) => evidenceOf(limit, window, header));
  return { ...outcomeOf(evidence, risk), ...numbers };
}

function outcomeOf(
  evidence: readonly Evidence[],
  risk: number,
): Pick<JudgedLoad, 'outcome' | 'leans' | 'limit' | 'chance'> {
  const nearest = [...evidence].sort((a, b) => a.breaks - b.breaks)[0];
  if (!nearest) return { outcome: 'undecided', leans: 'holds', limit: null, chance: { holds: 1, breaks: 1 } };
  // All must hold, and one of several breaks more easily by chance.
  const chance = {
    holds: Math.max(...evidence.map(({ holds }) => holds)),
    breaks: Math.min(1, nearest.breaks * evidence.length),
  };
  const outcome = chance.breaks < risk ? 'breaks' : chance.holds < risk ? 'holds' : 'undecided';
  return { outcome, leans: chance.breaks < chance.holds ? 'breaks' : 'holds', limit: nearest.text, chance };
}

/** Nothing for a limit of the server that nobody watches, which only a default can be. */
function evidenceOf(limit: Threshold, window: WindowSeconds, header: RecordHeader): Evidence[] {
  const { text, metric } = limit;
  if (isServerMeasure(metric.kind)) {
    if (serverObstacle(limit, metric.kind, header) !== null) return [];
    const all = window.monitored(limit).map((seconds) => testRatio(seconds, limit.limit));
    const holds = Math.max(0, ...all.map((test) => test?.below ?? 1));
    const breaks = Math.min(1, ...all.map((test) => (test?.above ?? 1) * all.length));
    return [{ text, holds: all.length === 0 ? 1 : holds, breaks }];
  }
  const tolerated = toleratedShare(limit);
  if (tolerated === null) {
    const test = testRatio(window.times(limit), limit.limit);
    return [{ text, holds: test?.below ?? 1, breaks: test?.above ?? 1 }];
  }
  return [{ text, ...shareEvidence(window.shares(limit), tolerated) }];
}

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

/** The requests due in the steady window by the second in which they ended, and what monitors read in it. */
class WindowSeconds {
  readonly #header: RecordHeader;
  readonly #cells: Cell[][];
  readonly #readings: (MonitorEvent | null)[][];
  readonly #start: number;

  constructor(header: RecordHeader) {
    const { start, end } = header.profile.steady ?? { start: 0, end: 0 };
    this.#header = header;
    this.#start = start;
    this.#cells = Array.from({ length: end - start }, () => []);
    this.#readings = header.monitors.map(() => Array.from({ length: end - start }, () => null));
  }

  add(event: RunEvent): void {
    if (event.kind === 'monitor') {
      const second = event.second - this.#start;
      const readings = this.#readings[event.monitor];
      if (readings && second >= 0 && second < readings.length) readings[second] = event;
    }
    if (event.kind !== 'second') return;
    // What ended after the window belongs to its end.
    const at = Math.min(event.second - this.#start, this.#cells.length - 1);
    this.#cells[at]?.push(...event.cells.filter(({ phase }) => this.#header.profile.phases[phase]?.steady === true));
  }

  /** Requests that broke the limit, of all. */
  shares(limit: Threshold): RatioPart[] {
    return this.#cells.map((cells) => {
      const { bad, of } = limitSecond(limit, cells, this.#header);
      return { part: bad, whole: of };
    });
  }

  /** Response times of successes in ms, added up, and how many there are. */
  times({ row }: Threshold): RatioPart[] {
    const { rows } = this.#header;
    return this.#cells.map((cells) => {
      const own = cells.filter((cell) => row === null || rows[cell.row]?.id === row);
      const sum = (of: (cell: Cell) => number): number => own.reduce((total, cell) => total + of(cell), 0);
      return { part: sum(({ tally }) => (tally.ok[2] ?? 0) / 1000), whole: sum(({ tally }) => encodedCount(tally.ok)) };
    });
  }

  /** Shares that each monitor of the limit read. */
  monitored({ row, metric }: Threshold): RatioPart[][] {
    const { kind } = metric;
    if (!isServerMeasure(kind)) return [];
    return this.#header.monitors.flatMap((monitor, i) => {
      if (monitor[kind] === null || (row !== null && monitor.name !== row)) return [];
      const readings = this.#readings[i] ?? [];
      return [readings.flatMap((reading) => (reading?.[kind] == null ? [] : [{ part: reading[kind], whole: 1 }]))];
    });
  }
}
