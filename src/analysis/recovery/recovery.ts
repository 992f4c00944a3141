import { formatCount } from '../../core/format.ts';
import type { RunSeries, Span } from '../../record/series.ts';
import { adjustedP95, type DueSecond, dueIn, dueSeconds } from '../due-seconds.ts';
import type { Finding } from '../finding.ts';
import { addUp, bandOf, straysOf } from './baseline-band.ts';
import {
  recoveredFinding,
  undecidedRecovery,
  undisturbedFinding,
  type Watched,
  type WorstMoment,
} from './recovery-sentence.ts';
import { disturbedWindows, recoveryTime } from './recovery-time.ts';
import { findSurge, type Surge } from './surge.ts';

/** What is left out of the baseline at its start, while connections open and caches are cold: at most a third of it. */
const settling = 10;
/** The fewest requests that decide a p95. */
const leastRequests = 59;

/**
 * Whether a surge disturbed the server, and how long after it response times and errors were back where they were before, for good: from
 * the requests by the second in which they were due. Empty for a load without a surge. `undecided` where the baseline has too few requests
 * or the run ended within the surge.
 */
export function recovery(series: RunSeries): readonly Finding[] {
  const found = findSurge(series.header.profile);
  if (found === null) return [];
  const surge = asPlayed(found, series);
  if (surge.after.end <= surge.after.start)
    return [
      undecidedRecovery(
        surge,
        'Whether the server recovers from the surge cannot be told: the run ended before the surge was over.',
      ),
    ];
  const seconds = dueSeconds(series);
  const baseline = dueIn(seconds, surge.baseline);
  if (baseline.count < leastRequests || baseline.times.length === 0)
    return [
      undecidedRecovery(
        surge,
        `Whether the server recovers from the surge cannot be told: the baseline has ${formatCount(baseline.count)} requests after its first seconds${baseline.count >= leastRequests ? ', of which none succeeded' : `, and ${leastRequests} are needed`}.`,
        baseline.count >= leastRequests ? null : 'A longer run (-t), or more users before the surge (--baseline).',
      ),
    ];
  return [judge(seconds, surge)];
}

function judge(seconds: readonly DueSecond[], surge: Surge): Finding {
  const band = bandOf(dueIn(seconds, surge.baseline));
  const strays = seconds.map((second) => straysOf(second, band));
  const whole = { start: surge.surge.start, end: surge.after.end };
  const watched: Watched = {
    surge,
    band,
    baseline: dueIn(seconds, surge.baseline),
    inSurge: dueIn(seconds, surge.surge),
  };
  if (disturbedWindows(strays, band, whole).length === 0) return undisturbedFinding(watched);
  const time = recoveryTime(strays, band, surge.after);
  const until = time.high ?? surge.after.end;
  return recoveredFinding({
    ...watched,
    time,
    worst: worstMoment(seconds, { start: whole.start, end: until }),
    lost: addUp(strays, whole.start, until).failed,
    last: dueIn(seconds, { start: Math.max(surge.after.start, surge.after.end - 30), end: surge.after.end }),
  });
}

/**
 * As far as the run came, and without the first seconds of the baseline, nor its last: when a request was due is known within half a second
 * only, and the first ones of the surge are many.
 */
function asPlayed(surge: Surge, { seconds, end }: RunSeries): Surge {
  const reached = Math.min(seconds.length, end === null ? seconds.length : Math.floor(end.at / 1000));
  const { baseline, after } = surge;
  const skipped = Math.min(settling, Math.ceil((baseline.end - baseline.start) / 3));
  return {
    ...surge,
    baseline: { start: baseline.start + skipped, end: baseline.end - 1 },
    after: { start: after.start, end: Math.min(after.end, reached) },
  };
}

/** The stretch with the highest p95, failures counted as slower than all, else with the most failures: of whole seconds that together hold 59 requests. */
function worstMoment(seconds: readonly DueSecond[], span: Span): WorstMoment {
  let worst: WorstMoment | null = null;
  let start = span.start;
  for (let end = start + 1; end <= span.end; end++) {
    const when = { start, end };
    const requests = dueIn(seconds, when);
    if (requests.count < leastRequests) continue;
    start = end;
    const [p95, most] = [adjustedP95(requests), worst ? adjustedP95(worst.requests) : -1];
    if (p95 > most || (p95 === most && requests.failed > (worst?.requests.failed ?? 0))) worst = { when, requests };
  }
  return worst ?? { when: span, requests: dueIn(seconds, span) };
}
