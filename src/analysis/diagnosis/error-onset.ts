import { formatCount, formatPercent } from '../../core/format.ts';
import type { FailureCount } from '../../metrics/tally.ts';
import { binomialTail } from '../../verdict/binomial.ts';
import { proportionInterval } from '../../verdict/interval.ts';
import type { Finding } from '../finding.ts';
import { inBrackets } from '../in-brackets.ts';
import { type Block, countNumber, fittingBlocks, risk, secondsOf } from './contrast.ts';
import { type LoadView, spansOf } from './load-view.ts';
import { failureWords, mostFrequentFailure } from './server-failures.ts';
import { shown } from './shown.ts';

/** One request in 200 fails beyond it, and ten times fewer below. */
const leastRate = 0.005;
const mostBelow = 0.1;
const leastFailures = 10;
const leastBlocks = 4;
/** Nine in ten stretches beyond it have failures where three are expected; seven, to be no single outage. */
const leastLasting = 0.7;
/** Loads whose likelihood ratio lies within this hold the threshold with 95 % confidence (Hansen, 2000). */
const hansen95 = 7.35;

interface Onset {
  readonly users: number;
  readonly low: number;
  readonly high: number;
  readonly inFlight: number;
  readonly below: Counts;
  readonly beyond: Counts;
  readonly blocks: readonly Block[];
}

interface Counts {
  readonly requests: number;
  readonly failed: number;
}

/** Requests fail from some number of users on, and hardly below it. */
export function findErrorOnset(view: LoadView): Finding | null {
  // Most of the blocks of a fast climb stand at its end.
  const isClimbing = ({ users }: Block): boolean => users < 0.9 * view.peak;
  const blocks = fittingBlocks(view, (all) => all.filter(isClimbing).length >= 12);
  const onset = findOnset(blocks.filter(({ ok, failed }) => ok + failed > 0));
  if (onset === null) return null;
  const { users, low, high, below, beyond } = onset;
  const rate = beyond.failed / beyond.requests;
  const kind = mostFrequent(view, onset.blocks);
  const inFlight = onset.inFlight < 9.5 ? onset.inFlight.toFixed(1) : formatCount(onset.inFlight);
  return shown('errors-begin', {
    sentence: `Requests fail from ${inBrackets({ value: users, low, high }, { suffix: ' users' })} on, where ${inFlight} requests are in flight: ${formatCount(beyond.failed)} of ${formatCount(beyond.requests)} beyond it (${formatPercent(rate)}), mostly ${kind.words}, and ${formatCount(below.failed)} of ${formatCount(below.requests)} below.`,
    cause: kind.cause,
    remedy: kind.remedy,
    numbers: [
      { name: 'errors_from', unit: 'users', value: users, low, high },
      countNumber('in_flight', 'requests', onset.inFlight),
      rateNumber('error_rate_below', below),
      rateNumber('error_rate_beyond', beyond),
    ],
    seconds: spansOf(secondsOf(onset.blocks.filter(({ failed }) => failed > 0))),
  });
}

function findOnset(unordered: readonly Block[]): Onset | null {
  const blocks = [...unordered].sort((a, b) => a.users - b.users);
  const levels = [...new Set(blocks.map(({ users }) => users))];
  const [least = 0, most = 0] = [levels[0], levels.at(-1)];
  if (most < 2 * least) return null;
  const total = countsOf(blocks);
  if (total.failed < leastFailures) return null;
  const cuts = levels.slice(1).map((users) => {
    const at = blocks.findIndex((block) => block.users >= users);
    const [below, beyond] = [countsOf(blocks.slice(0, at)), countsOf(blocks.slice(at))];
    return { users, at, below, beyond, likelihood: logLikelihood(below) + logLikelihood(beyond) };
  });
  const [best] = cuts
    .filter(({ at, below, beyond }) => isStep(below, beyond) && at >= leastBlocks && blocks.length - at >= leastBlocks)
    .sort((a, b) => b.likelihood - a.likelihood);
  if (!best) return null;
  // Each failure fell beyond the cut with this chance, if load had nothing to do with it.
  const chance = binomialTail(best.beyond.failed, total.failed, best.beyond.requests / total.requests);
  const beyond = blocks.slice(best.at);
  if (chance * cuts.length > risk || !isLasting(beyond, best.beyond)) return null;
  const likely = cuts.filter(({ likelihood }) => 2 * (best.likelihood - likelihood) <= hansen95).map(({ at }) => at);
  const usersAt = (at: number): number => blocks[at]?.users ?? most;
  return {
    users: Math.round(best.users),
    low: Math.floor(usersAt(Math.min(best.at, ...likely) - 1)),
    high: Math.ceil(usersAt(Math.max(best.at, ...likely))),
    inFlight: mean(blocks.slice(best.at, best.at + leastBlocks).map(({ inFlight }) => inFlight)),
    below: best.below,
    beyond: best.beyond,
    blocks: beyond,
  };
}

function isStep(below: Counts, beyond: Counts): boolean {
  const rate = beyond.failed / beyond.requests;
  return rate >= leastRate && below.requests >= 30 && below.failed / below.requests <= mostBelow * rate;
}

/** Whether failures came wherever the load was as high, so that it was no outage which passed. */
function isLasting(beyond: readonly Block[], { failed, requests }: Counts): boolean {
  const telling = beyond.filter((block) => ((block.ok + block.failed) * failed) / requests >= 3);
  const hit = telling.filter((block) => block.failed > 0).length;
  return telling.length >= leastBlocks && hit >= leastLasting * telling.length;
}

function countsOf(blocks: readonly Block[]): Counts {
  const failed = Math.round(blocks.reduce((sum, block) => sum + block.failed, 0));
  return { failed, requests: failed + blocks.reduce((sum, { ok }) => sum + ok, 0) };
}

function logLikelihood({ failed, requests }: Counts): number {
  const part = (count: number): number => (count === 0 ? 0 : count * Math.log(count / requests));
  return part(failed) + part(requests - failed);
}

function rateNumber(name: string, { failed, requests }: Counts): Finding['numbers'][number] {
  return { name, unit: '1', value: failed / requests, ...proportionInterval(failed, requests) };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

/** Of failures whose second of ending lies outside. */
const unknown: FailureCount = ['timeout', 0, 0];

/** The kind of most failures that ended in some stretches, and what lies behind it. */
function mostFrequent(
  { series }: LoadView,
  blocks: readonly Block[],
): { words: string; cause: string; remedy: string } {
  const failure = mostFrequentFailure(blocks.flatMap(({ start, end }) => series.seconds.slice(start, end))) ?? unknown;
  const [kind, status] = failure;
  const words = failureWords(failure);
  if (kind === 'reset' || kind === 'refused')
    return {
      words,
      cause:
        'A limit on connections is reached (the backlog, open files, a proxy in front), or a worker dies under the load.',
      remedy:
        'Raise the limits on connections and open files, find out why workers restart, or add instances behind a load balancer.',
    };
  if (kind === 'http-4xx')
    return {
      words,
      cause:
        status === 404
          ? 'The server lost what was asked for, such as the session or conversation of a user: evicted, not shared among its instances, or gone with a restart.'
          : 'The server refuses these requests by a rule of its own, which load or time sets off.',
      remedy:
        status === 404
          ? 'Sessions that are kept in a store of all instances, or requests of a user that stay with one instance; more room before any is evicted.'
          : "The server's log says which rule.",
    };
  return {
    words,
    cause: 'A pool is used up, most often that of database connections: who waits for a place too long fails.',
    remedy:
      'A larger connection pool, up to what the database bears, and connections that are held for a shorter time.',
  };
}
