import { encodedCount } from '../../metrics/encoded-histogram.ts';
import { batchMean } from '../../statistics/batch-means.ts';
import { twoSidedTPoint } from '../../statistics/student-t.ts';
import { meanThink } from '../../workload/think-time.ts';
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

/** What was offered, due and answered in a few seconds that follow each other, per second. */
interface Block {
  readonly offered: number;
  readonly due: number;
  readonly answered: number;
}

const blockSeconds = 5;
/** Seconds in which more requests fail than this tell of failures and not of a queue. */
const mostFailures = 0.05;
/** Batches share what the queue remembers: drawn for 2 % of misses, intervals hold the truth in 95 % and more (trials breaking/knee-…). */
const missed = 0.02;
/** Throughput must stay below the offer by this share at the top, and surely so. */
const leastShortfall = 0.05;
/** The same for arrivals: what is due and not answered, of all that is due. Late answers hold back further questions, so that it is less. */
const leastBacklog = 0.02;
const doubt = 0.01;
/** Blocks of arrivals beyond the capacity until there is a queue that never runs empty. */
const settling = 2;
/** Requests that tell the response time under the lowest load. */
const opening = 100;

/**
 * The knee of the throughput over the load: the capacity C of `min(offered, C)`, with the bend of a closed load, by least squares; null where
 * throughput follows the load to the top, or does not surely fall behind.
 */
export function findKnee(scene: LoadScene): Knee | null {
  return scene.course.kind === 'closed' ? closedKnee(scene) : openKnee(scene);
}

function closedKnee(scene: LoadScene): Knee | null {
  const { think, baseResponse } = scene;
  const pause = meanThink(think) / 1000;
  const curve: Curve = (offered, capacity) =>
    closedThroughput(offered, { capacity, think: pause, service: baseResponse });
  const blocks = blocksOf(scene, closedOffer(scene));
  const capacity = fitCapacity(blocks, curve);
  if (capacity === null) return null;
  // Response times spread about as much as exponential ones, and are only a part of the round on which the offer rests.
  const unsure = baseResponse / cycleOf(scene) / Math.sqrt(opening);
  const beyond = blocks.filter(({ offered }) => offered > capacity * (1 + leastShortfall));
  const short = beyond.map(({ offered, answered }) => offered - answered);
  const offered = mean(beyond.map((block) => block.offered));
  if (!surelyAbove(short, leastShortfall * offered, unsure * offered)) return null;
  return kneeAt(capacity, capacityError(blocks, capacity, curve), cycleOf(scene), unsure);
}

/** Requests that wait do not come back in time to be offered again: while they pile up, the answers are all that the server can give. */
function openKnee(scene: LoadScene): Knee | null {
  const curve: Curve = (offered, capacity) => Math.min(offered, capacity);
  const top = Math.max(...scene.course.seconds.map(({ to }) => to));
  let known = 0.4 * top;
  let knee: Knee | null = null;
  // What a conversation asks for is learnt below the knee, which is found with it.
  for (let round = 0; round < 2; round++) {
    const below = scene.course.seconds.findIndex(({ to }) => to > known);
    const conversation = conversationLength(scene, below);
    const blocks = blocksOf(scene, openOffer(scene, conversation));
    const first = fitCapacity(blocks, curve);
    if (first === null) return null;
    const beyond = blocks.filter(({ offered }) => offered > 1.1 * first).slice(settling);
    if (!pilesUp(beyond, scene.baseResponse)) return null;
    const answered = beyond.map((block) => block.answered);
    const { error, freedom } = batchMean(answered, batchOf(answered));
    const came = arrivals(scene)
      .slice(0, below)
      .reduce((sum, each) => sum + each, 0);
    // Its length is geometric or less spread.
    const unsure = Math.sqrt((conversation - 1) / conversation / Math.max(1, came));
    const off = freedom < 2 ? null : twoSidedTPoint(missed, freedom) * error;
    knee = kneeAt(mean(answered), off, 1 / conversation, unsure);
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

const batchOf = ({ length }: readonly unknown[]): number => Math.max(1, Math.floor(length / 20));

/** Whether the mean of a series is at least that, and surely above 0; `error` is a further standard error of it. */
function surelyAbove(values: readonly number[], least: number, error: number): boolean {
  const batch = batchMean(values, batchOf(values));
  if (batch.freedom < 1) return false;
  return batch.mean > least && batch.mean > twoSidedTPoint(2 * doubt, batch.freedom) * Math.hypot(batch.error, error);
}

type Curve = (offered: number, capacity: number) => number;

/** Stands and climbs in blocks of some seconds; what settles after a step is left out, and so are jumps. */
function blocksOf({ course, due, series }: LoadScene, offer: readonly number[]): Block[] {
  const blocks: Block[] = [];
  let open: Block[] = [];
  for (const [i, { second, to, state }] of course.seconds.entries()) {
    const jump = state === 'climb' && course.seconds[i + 1]?.state === 'settling' && open.length === 0;
    const rows = series.seconds[second]?.rows ?? [];
    const failed = rows.reduce((sum, row) => sum + encodedCount(row.failed), 0);
    const answered = failed + rows.reduce((sum, row) => sum + encodedCount(row.ok), 0);
    if (state === 'settling' || jump || to === 0 || failed > mostFailures * answered) {
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

/** The capacity with the least squares; null when the more the better. */
function fitCapacity(blocks: readonly Block[], curve: Curve): number | null {
  const most = Math.max(0, ...blocks.map(({ offered }) => offered));
  if (most === 0 || blocks.every(({ answered }) => answered === 0)) return null;
  const misfit = (capacity: number): number =>
    blocks.reduce(
      (sum, { offered, answered }) => sum + (answered - curve(offered, capacity)) ** 2 / Math.max(1, offered),
      0,
    );
  // A grid first, since the misfit is flat above the highest offer; then the golden section around its best point.
  const grid = Array.from({ length: 60 }, (_, i) => most * 0.05 * 1.055 ** i);
  const best = grid.reduce((a, b) => (misfit(b) < misfit(a) ? b : a));
  let [low, high] = [best / 1.06, best * 1.06];
  for (let i = 0; i < 40; i++) {
    const [a, b] = [high - 0.618034 * (high - low), low + 0.618034 * (high - low)];
    if (misfit(a) < misfit(b)) high = b;
    else low = a;
  }
  const capacity = (low + high) / 2;
  return capacity < most ? capacity : null;
}

/** Half of the 95 % interval of the capacity: batch means of what each block pulls it by. null with too few blocks. */
function capacityError(blocks: readonly Block[], capacity: number, curve: Curve): number | null {
  const step = capacity * 1e-4;
  const pulls = blocks.flatMap(({ offered, answered }) => {
    const slope = (curve(offered, capacity + step) - curve(offered, capacity - step)) / (2 * step);
    return slope < 0.05
      ? []
      : [
          {
            slope,
            pull: (slope * (answered - curve(offered, capacity))) / Math.max(1, offered),
            offered: Math.max(1, offered),
          },
        ];
  });
  const weight = pulls.reduce((sum, { slope, offered }) => sum + (slope * slope) / offered, 0) / pulls.length;
  const { error, freedom } = batchMean(
    pulls.map(({ pull }) => pull),
    batchOf(pulls),
  );
  return freedom < 2 ? null : (twoSidedTPoint(missed, freedom) * error) / weight;
}
