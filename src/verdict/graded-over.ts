import { Tally } from '../metrics/tally.ts';
import type { RunFold } from '../record/fold.ts';
import type { HooksFold } from '../record/hooks-fold.ts';
import { ownPart } from '../workload/load-profile.ts';
import { customName, isOfHooks } from './custom-metric.ts';
import { isOfSessions, type Threshold } from './threshold.ts';

/** What a threshold is graded over, in numbers and in words. */
export interface GradedOver {
  /** The requests of its rows that were due in the steady window, or all set-ups of sessions. */
  readonly tally: Tally;
  readonly where: 'in the steady window' | 'in the whole run' | 'before the climb';
  readonly noun: 'request' | 'session set-up' | 'value';
  /** What `count` is about; null: how many there are in the tally. Of a counter it is its sum. */
  readonly count: number | null;
  /** The run was told to stop before all of it was over. */
  readonly stopped: boolean;
  /** The record breaks off before all of it was over. */
  readonly cut: boolean;
}

/**
 * What a threshold is graded over: the steady window, but for sessions, which are mostly set up before it begins, and for what hooks measure:
 * these over the whole run, up to where a climb past the scenario begins.
 */
export function gradedOver(threshold: Pick<Threshold, 'row'>, fold: RunFold): GradedOver {
  const { end, header, seconds } = fold;
  const ofSessions = isOfSessions(threshold);
  const ofHooks = isOfHooks(threshold);
  const ofAll = ofSessions || ofHooks;
  const { profile } = header;
  const until = ofAll ? ownPart(profile).seconds : (profile.steady?.end ?? 0);
  const { setUps, hooks } = fold.judged;
  return {
    tally: ofHooks ? timed(threshold, hooks) : ofSessions ? setUps : fold.steadyTally(rowIndex(threshold, fold)),
    where: !ofAll ? 'in the steady window' : profile.steps ? 'before the climb' : 'in the whole run',
    noun: ofHooks ? 'value' : ofSessions ? 'session set-up' : 'request',
    count: ofHooks ? (hooks.counters.get(customName(threshold)) ?? null) : null,
    // Who climbed until something broke did all that was to be done.
    stopped: end !== null && end.reason !== 'completed' && end.reason !== 'broke' && end.at < until * 1000,
    cut: end === null && seconds < until,
  };
}

/** The timing of hooks that a threshold limits. Whatever they time, none of it failed. */
function timed(threshold: Pick<Threshold, 'row'>, { timings }: HooksFold): Tally {
  const tally = new Tally();
  const values = timings.get(customName(threshold));
  if (values) tally.ok.merge(values);
  return tally;
}

/** Whole set-ups of sessions, each attempt counted. */
export const setUps = ({ sessions }: RunFold): Tally => sessions[0] ?? new Tally();

/** Whether sessions were set up, and not one of them came to stand: nobody could ask anything. */
export function noSession(fold: RunFold): boolean {
  const { requests, ok } = setUps(fold);
  return requests > 0 && ok.count === 0;
}

/** Index of the row that a threshold limits; null for all of them. */
export const rowIndex = ({ row }: Pick<Threshold, 'row'>, { header }: RunFold): number | null =>
  row === null ? null : header.rows.findIndex(({ id }) => id === row);
