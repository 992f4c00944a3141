import { formatCount } from '../core/format.ts';
import { Tally } from '../metrics/tally.ts';
import type { RunFold } from '../record/fold.ts';
import { isOfSessions, type Threshold } from './threshold.ts';

/** What a threshold is graded over, in numbers and in words. */
export interface GradedOver {
  /** The requests of its rows that were due in the steady window, or all set-ups of sessions. */
  readonly tally: Tally;
  readonly where: 'in the steady window' | 'in the whole run';
  readonly noun: 'request' | 'session set-up';
  /** The run was told to stop before all of it was over. */
  readonly stopped: boolean;
  /** The record breaks off before all of it was over. */
  readonly cut: boolean;
}

/** What a threshold is graded over: the steady window, but for sessions, which are mostly set up before it begins. */
export function gradedOver(threshold: Pick<Threshold, 'row'>, fold: RunFold): GradedOver {
  const { end, header, seconds } = fold;
  const ofSessions = isOfSessions(threshold);
  const until = ofSessions ? header.profile.seconds : (header.profile.steady?.end ?? 0);
  return {
    tally: ofSessions ? setUps(fold) : fold.steadyTally(rowIndex(threshold, fold)),
    where: ofSessions ? 'in the whole run' : 'in the steady window',
    noun: ofSessions ? 'session set-up' : 'request',
    stopped: end !== null && end.reason !== 'completed' && end.at < until * 1000,
    cut: end === null && seconds < until,
  };
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

/** `1 request`, `1 024 session set-ups`. */
export const counted = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
