import { millis } from '../../core/units.ts';
import type { RunSeries } from '../../record/series.ts';
import { rateAt, rateBefore, usersAt, usersBefore } from '../../workload/load-profile.ts';

/** How the load of a run rises, up to the second in which it falls or the run is stopped. */
export interface LoadCourse {
  /** Closed load is counted in users, open load in conversations that begin per second. */
  readonly kind: 'closed' | 'open';
  readonly seconds: readonly CourseSecond[];
}

export interface CourseSecond {
  readonly second: number;
  /** Load at the start and at the end of the second. */
  readonly from: number;
  readonly to: number;
  /** `settling`: the load stands, but the server still feels how it came there. */
  readonly state: 'climb' | 'settling' | 'hold';
}

/** A stand of fewer seconds is a part of the climb. */
const leastHold = 10;
/** A load that rises within less time than this, in fewer steps, jumps and does not climb. */
const leastClimb = 10;
const leastSteps = 3;
/** Requests that a stop cuts off would look like failures. */
const stopMargin = 2;

/**
 * The course of a load that climbs; null for one that does not, or that is at its target within a few seconds. `settling`
 * is how many seconds a step needs until the server stands as it would in the long run.
 */
export function loadCourse(series: RunSeries, settling: number): LoadCourse | null {
  const { profile } = series.header;
  if (profile.peak > 0 && profile.arrivals !== null) return null;
  const kind = profile.arrivals === null ? 'closed' : 'open';
  const edges = loadEdges(series, kind);
  const rising = edges.filter(({ from, to }) => to > from).length;
  const seconds = markHolds(edges, settling);
  const steps = seconds.filter(({ state }, i) => state === 'hold' && seconds[i - 1]?.state !== 'hold').length;
  return rising >= leastClimb || steps >= leastSteps ? { kind, seconds } : null;
}

type Edges = Pick<CourseSecond, 'second' | 'from' | 'to'>;

function loadEdges(series: RunSeries, kind: LoadCourse['kind']): Edges[] {
  const { profile, slices } = series.header;
  const share = slices.parts.length / slices.count;
  const [start, stop] = kind === 'closed' ? [usersAt, usersBefore] : [rateAt, rateBefore];
  const edges: Edges[] = [];
  const until = Math.min(profile.seconds, series.seconds.length, stopOf(series));
  for (let second = 0; second < until; second++) {
    const from = share * start(profile, millis(second * 1000));
    const to = share * stop(profile, millis((second + 1) * 1000));
    const before = edges.at(-1)?.to ?? 0;
    // Dropped arrivals never reached the server: from there on nobody knows what load it had.
    if (from < before || to < from || (series.seconds[second]?.dropped ?? 0) > 0) break;
    edges.push({ second, from, to });
  }
  return edges;
}

/** The second from which on a stopped run cannot be judged. */
function stopOf({ seconds, end }: RunSeries): number {
  if (end?.reason === 'completed') return Number.POSITIVE_INFINITY;
  const last = seconds.findLastIndex(({ started }) => started > 0);
  return last - stopMargin;
}

function markHolds(edges: readonly Edges[], settling: number): CourseSecond[] {
  const stands = ({ from, to }: Edges): boolean => from === to && from > 0;
  const marked: CourseSecond[] = [];
  for (let i = 0; i < edges.length; ) {
    const [first] = edges.slice(i, i + 1);
    if (!first) break;
    let end = i + 1;
    if (stands(first)) while (edges[end]?.to === first.to && edges[end]?.from === first.from) end += 1;
    const held = stands(first) && end - i >= leastHold;
    const settled = i + (held && i > 0 ? Math.min(settling, Math.floor((end - i) / 2)) : 0);
    for (; i < end; i++) {
      const edge = edges[i];
      if (edge) marked.push({ ...edge, state: !held ? 'climb' : i < settled ? 'settling' : 'hold' });
    }
  }
  return marked;
}
