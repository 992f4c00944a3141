import { encodedCount } from '../../metrics/encoded-histogram.ts';
import { tallyCount } from '../../metrics/tally.ts';
import type { RunSeries } from '../../record/series.ts';
import { type BatchMean, batchMean } from '../../statistics/batch-means.ts';
import { twoSidedTPoint } from '../../statistics/student-t.ts';
import { meanThink } from '../../workload/think-time.ts';
import { type Answered, batchOf, type Curve, capacityError, fitCapacity } from './capacity-fit.ts';
import { cycleOf, type LoadScene } from './load-scene.ts';
import { arrivals, closedOffer, conversationLength, openOffer } from './offered-course.ts';
import { closedThroughput } from './queue-curve.ts';

/** Where throughput stops following the load. */
export interface Knee {
  /** Requests per second that the server answers at most. */
  readonly capacity: Interval;
  /** The load that asks for so many: users, or conversations per second. */
  readonly load: Interval;
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

interface Block extends Answered {
  readonly due: number;
}

const blockSeconds = 5;
/** Seconds in which more requests fail than this tell of failures and not of a queue. */
const mostFailures = 0.05;
/**
 * The estimates are not off to one side, and their errors are as large as they swing; yet errors from a dozen batches, which share what the queue
 * remembers, are uneven. Drawn for 5 % of misses the intervals hold the truth in 94 % to 98 % of cases, drawn for 2 % in 95 % and more
 * (trials breaking/knee-…).
 */
const missed = 0.02;
/** Throughput must stay below the offer by this share at the top, and surely so. */
const leastShortfall = 0.05;
/** The same for arrivals: what is due and not answered, of all that is due. Late answers hold back further questions, so that it is less. */
const leastBacklog = 0.02;
const doubt = 0.01;
/** Blocks of arrivals beyond the capacity until there is a queue that never runs empty. */
const settling = 2;
/** Bends that are looked at, from that of all but constant service times to that of more uneven ones than exponential. */
const spreads = [0.3, 1.5] as const;
/** Requests that tell the response time under the lowest load. */
const opening = 100;

/**
 * The knee of the throughput over the load: the capacity C of `min(offered, C)`, for a closed load with a bend as wide as it is seen to be,
 * by least squares; null where throughput follows the load to the top, or does not surely fall behind.
 */
export function findKnee(scene: LoadScene): Knee | null {
  return scene.course.kind === 'closed' ? closedKnee(scene) : openKnee(scene);
}

function closedKnee(scene: LoadScene): Knee | null {
  const { think, baseResponse } = scene;
  const pause = meanThink(think) / 1000;
  const curve: Curve = (offered, fit) => closedThroughput(offered, { ...fit, think: pause, service: baseResponse });
  const blocks = blocksOf(scene, closedOffer(scene));
  const fit = fitCapacity(blocks, curve, spreads);
  if (fit === null) return null;
  const { capacity } = fit;
  // Response times spread about as much as exponential ones, and are only a part of the round on which the offer rests.
  const unsure = baseResponse / cycleOf(scene) / Math.sqrt(opening);
  const beyond = blocks.filter(({ offered }) => offered > capacity * (1 + leastShortfall));
  const short = beyond.map(({ offered, answered }) => offered - answered);
  const offered = mean(beyond.map((block) => block.offered));
  if (!surelyAbove(short, leastShortfall * offered, unsure * offered)) return null;
  return kneeAt(capacity, half(capacityError(blocks, fit, curve)), cycleOf(scene), unsure);
}

/** Requests that wait do not come back in time to be offered again: while they pile up, the answers are all that the server can give. */
function openKnee(scene: LoadScene): Knee | null {
  const curve: Curve = (offered, { capacity }) => Math.min(offered, capacity);
  const top = Math.max(...scene.course.seconds.map(({ to }) => to));
  let known = 0.4 * top;
  let knee: Knee | null = null;
  // What a conversation asks for is learnt below the knee, which is found with it.
  for (let round = 0; round < 2; round++) {
    const below = scene.course.seconds.findIndex(({ to }) => to > known);
    const conversation = conversationLength(scene, below);
    const blocks = blocksOf(scene, openOffer(scene, conversation));
    const first = fitCapacity(blocks, curve, [1, 1])?.capacity ?? null;
    if (first === null) return null;
    const beyond = blocks.filter(({ offered }) => offered > 1.1 * first).slice(settling);
    if (!pilesUp(beyond, scene.baseResponse)) return null;
    const answered = beyond.map((block) => block.answered);
    const came = arrivals(scene)
      .slice(0, below)
      .reduce((sum, each) => sum + each, 0);
    // Its length is geometric or less spread.
    const unsure = Math.sqrt((conversation - 1) / conversation / Math.max(1, came));
    knee = kneeAt(mean(answered), half(batchMean(answered, batchOf(answered))), 1 / conversation, unsure);
    if (knee === null) return null;
    known = 0.8 * knee.load.value;
  }
  return knee;
}

/** Whether more becomes due than is answered until far more waits than is ever in flight without a queue (Little's law, 1961). */
function pilesUp(blocks: readonly Block[], response: number): boolean {
  if (blocks.length === 0) return false;
  const due = mean(blocks.map((block) => block.due));
  const growth = due - mean(blocks.map((block) => block.answered));
  const inFlight = due * response;
  const seconds = blocks.length * blockSeconds;
  return growth > leastBacklog * due && growth * seconds > 4 * (inFlight + Math.sqrt(inFlight));
}

/** `unsure`: standard error, as a share, of how much load asks for one request per second. */
function kneeAt(capacity: number, off: number | null, loadPerRate: number, unsure: number): Knee | null {
  if (off === null) return null;
  const share = Math.hypot(off / capacity, 1.96 * unsure);
  const load = capacity * loadPerRate;
  return {
    capacity: { value: capacity, low: capacity - off, high: capacity + off },
    load: { value: load, low: load * (1 - share), high: load * (1 + share) },
  };
}

/** Half of an interval; null with too few batches. */
const half = ({ error, freedom }: Pick<BatchMean, 'error' | 'freedom'>): number | null =>
  freedom < 2 ? null : twoSidedTPoint(missed, freedom) * error;

/** Whether the mean of a series is at least that, and surely above 0; `error` is a further standard error of it. */
function surelyAbove(values: readonly number[], least: number, error: number): boolean {
  const batch = batchMean(values, batchOf(values));
  if (batch.freedom < 1) return false;
  return batch.mean > least && batch.mean > twoSidedTPoint(2 * doubt, batch.freedom) * Math.hypot(batch.error, error);
}

/** By second, the share of the set-ups of sessions up to then that failed: who has no session asks nothing, and is no queue. */
function shareWithoutSession({ seconds }: RunSeries): readonly number[] {
  let [failed, all] = [0, 0];
  return seconds.map(({ setUps }) => {
    failed += encodedCount(setUps.failed);
    all += tallyCount(setUps);
    return failed / Math.max(1, all);
  });
}

/** Stands and climbs in blocks of some seconds; what settles after a step is left out, and so are jumps. */
function blocksOf({ course, due, series }: LoadScene, offer: readonly number[]): Block[] {
  const blocks: Block[] = [];
  let open: Block[] = [];
  const without = shareWithoutSession(series);
  for (const [i, { second, to, state }] of course.seconds.entries()) {
    const jump = state === 'climb' && course.seconds[i + 1]?.state === 'settling' && open.length === 0;
    const rows = series.seconds[second]?.rows ?? [];
    const failed = rows.reduce((sum, row) => sum + encodedCount(row.failed), 0);
    const answered = failed + rows.reduce((sum, row) => sum + encodedCount(row.ok), 0);
    if (
      state === 'settling' ||
      jump ||
      to === 0 ||
      failed > mostFailures * answered ||
      (without[second] ?? 0) > mostFailures
    ) {
      open = [];
      continue;
    }
    open.push({ offered: offer[i] ?? 0, due: due.requests[second] ?? 0, answered });
    if (open.length < blockSeconds) continue;
    const of = (name: keyof Block): number => mean(open.map((block) => block[name]));
    blocks.push({ offered: of('offered'), due: of('due'), answered: of('answered') });
    open = [];
  }
  return blocks;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
