import { formatDuration } from '../core/duration.ts';
import { counted, formatCount, formatRate } from '../core/format.ts';
import { type Millis, perSecond, seconds } from '../core/units.ts';
import type { RecordHeader, ThresholdText } from '../record/record.ts';
import { closedUsers } from '../workload/closed-schedule.ts';
import { type LoadProfile, ownPart, rateAt, usersAt, usersBefore } from '../workload/load-profile.ts';
import { usersNeededFor } from '../workload/offered-load.ts';
import { expectedArrivals } from '../workload/open-schedule.ts';
import { isOfHooks } from './custom-metric.ts';

import { holds, isUpper } from './holds.ts';
import { leastSamples } from './least-samples.ts';
import { expectedShareOf } from './load-limits.ts';
import { isServerMeasure } from './metric.ts';
import { lacksSlices, mergeFirst } from './partial-run.ts';
import { runThresholds } from './run-thresholds.ts';
import { serverObstacle } from './server-load.ts';
import { isOfSessions, type Threshold } from './threshold.ts';

/** Whether a planned run can decide a threshold. */
export interface ThresholdOutlook {
  readonly text: string;
  readonly source: ThresholdText['source'];
  readonly decidable: boolean;
  /** One clause: why the plan cannot decide it, and what would. Empty when it can. */
  readonly reason: string;
}

/** What the plan of a run can decide, from its header alone; in the order of its thresholds. */
export const outlook = (header: RecordHeader): readonly ThresholdOutlook[] =>
  runThresholds(header).map((threshold) => outlookOf(threshold, header));

/** Whether the plan of a run can decide this threshold. Grading falls back on it, so that plan and report agree. */
export function outlookOf(threshold: Threshold, header: RecordHeader): ThresholdOutlook {
  const reason = obstacle(threshold, header);
  return { text: threshold.text, source: threshold.source, decidable: reason === null, reason: reason ?? '' };
}

function obstacle(threshold: Threshold, header: RecordHeader): string | null {
  const { metric, row } = threshold;
  const unwatched = isServerMeasure(metric.kind) ? serverObstacle(threshold, metric.kind, header) : null;
  if (unwatched !== null) return unwatched;
  const { steady } = header.profile;
  if (addsUp(metric) && lacksSlices(header.slices)) return mergeFirst(header.slices);
  // Nobody knows what hooks will measure.
  if (isOfHooks(threshold)) return null;
  if (isOfSessions(threshold)) return fewSetUps(threshold, header);
  if (steady === null)
    return `the load never stands at its target for a whole second, so that there is no steady window to grade over: use a longer run time or a ${header.profile.peak > 0 ? 'higher spawn rate' : 'shorter climb'}`;
  if (isServerMeasure(metric.kind)) return null;
  const share = expectedShareOf(threshold, header);
  if (share === 0) return `the mix has no ${row}`;
  const expected = header.load.steadyCeiling * share;
  if (metric.kind === 'rps') return belowRate(threshold, header, expected / (steady.end - steady.start), share);
  if (metric.kind === 'count') return belowCount(threshold, header, expected);
  const needed = leastSamples(threshold);
  if (expected >= needed) return null;
  return `needs ${requests(needed, row)} in the steady window, ${atMost(expected)} expected: ${remedy(header.profile, needed / expected)}`;
}

/** Each user sets up one session, and further ones only when that is lost or fails, which no plan knows of. */
export const expectedSetUps = ({ profile }: Pick<RecordHeader, 'profile'>): number =>
  closedUsers(profile) + expectedArrivals(profile);

/** Users who come in a climb past the scenario are not graded. */
const withoutSteps = (profile: LoadProfile): LoadProfile => {
  const end = ownPart(profile).seconds * 1000;
  return { ...profile, points: profile.points.filter(({ at }) => at <= end) };
};

function fewSetUps(threshold: Threshold, header: RecordHeader): string | null {
  if (header.sessionRows.length === 0) return 'there are no sessions to set up: leave the threshold out';
  const { metric, limit, op } = threshold;
  const expected = expectedSetUps({ ...header, profile: withoutSteps(header.profile) });
  const more = header.profile.arrivals === null ? 'use more users' : 'give a higher --rate or a longer run time';
  const about = `about ${formatCount(Math.floor(expected))} ${expected < 2 ? 'is' : 'are'} expected: ${more}`;
  if (metric.kind === 'count') {
    if (isUpper(threshold) || holds(expected, threshold)) return null;
    return `asks for ${op === '>' ? 'more than ' : ''}${counted(limit, 'session set-up')}, ${about}`;
  }
  const needed = leastSamples(threshold);
  return expected >= needed ? null : `needs ${counted(needed, 'session set-up')}, ${about}`;
}

/** Whether the slices of a run add up to the value: one of them alone says nothing about a limit for the whole load. */
export const addsUp = ({ kind }: Threshold['metric']): boolean => kind === 'rps' || kind === 'count';

function belowRate(threshold: Threshold, header: RecordHeader, offered: number, share: number): string | null {
  if (isUpper(threshold) || holds(offered, threshold)) return null;
  const { load, profile } = header;
  const most = `the most that this load can offer is ${rate(offered, threshold.row)}`;
  if (isOpen(profile)) return `${most}: ${rateFor(profile, threshold.limit / offered)}`;
  const think = { min: load.thinkMin, max: load.thinkMax };
  const users = Number(usersNeededFor(perSecond(threshold.limit / share), think).toPrecision(12));
  return `${most}: more than ${counted(Math.max(ownPart(profile).peak, Math.floor(users)), 'user')} would be needed, even if replies took no time`;
}

function belowCount(threshold: Threshold, { profile }: RecordHeader, expected: number): string | null {
  if (isUpper(threshold) || holds(expected, threshold)) return null;
  const { limit, op, row } = threshold;
  const asked = `${op === '>' ? 'more than ' : ''}${requests(limit, row)}`;
  return `asks for ${asked} in the steady window, ${atMost(expected)} expected: ${remedy(profile, limit / expected)}`;
}

/** Whether conversations begin in the steady window, rather than that users stay. */
const isOpen = (profile: LoadProfile): boolean =>
  profile.steady !== null && rateAt(profile, seconds(profile.steady.start)) > 0;

/** What offers `factor` times the requests, since open load offers in proportion to its rate. */
function rateFor({ arrivals }: LoadProfile, factor: number): string {
  const needed = (arrivals?.peak ?? 0) * factor;
  return Number.isFinite(needed)
    ? `more than ${formatRate(needed).replace('/s', ' conversations/s')} would be needed (--rate), even if replies took no time`
    : 'no conversation comes so far in the steady window, so a longer one is needed';
}

/** Replies take time, so that a load offers less than its ceiling: a fifth more is asked for. */
const reserve = 1.2;

function remedy(profile: LoadProfile, factor: number): string {
  const runTime = runTimeFor(profile, factor * reserve);
  const more = isOpen(profile) ? 'give a higher --rate' : 'use more users';
  return runTime === null ? more : `run for ${formatDuration(runTime)} or ${more}`;
}

/**
 * The run time with a steady window of `factor` times the length. A shape grows with its run time while its climb, which has
 * a rate of its own, stays: of climb c and hold h, the run time T becomes T·(c + h·factor) / (c + h). Of open load the climb
 * is taken to grow too, which is on the safe side.
 */
function runTimeFor(profile: LoadProfile, factor: number): Millis | null {
  const { steady } = profile;
  if (steady === null || !Number.isFinite(factor)) return null;
  const before = profile.phases.find(({ end }) => end === steady.start);
  const climbs = before && usersAt(profile, seconds(before.start)) < usersBefore(profile, seconds(before.end));
  const climb = climbs ? before.end - before.start : 0;
  const hold = steady.end - steady.start;
  const length = (ownPart(profile).seconds * (climb + hold * factor)) / (climb + hold);
  const step = length <= 600 ? 10 : 60;
  const rounded = Math.ceil(length / step) * step;
  return rounded <= longestWorthNaming ? seconds(rounded) : null;
}

/** Nobody runs a load for longer than a day just to decide a threshold. */
const longestWorthNaming = 86_400;

const atMost = (expected: number): string =>
  expected < 1
    ? 'less than one is'
    : `at most about ${formatCount(Math.floor(expected))} ${expected < 2 ? 'is' : 'are'}`;

const requests = (count: number, row: string | null): string =>
  `${formatCount(count)} ${row === null ? '' : `${row} `}${count === 1 ? 'request' : 'requests'}`;

const rate = (value: number, row: string | null): string =>
  formatRate(value).replace('/s', ` ${row === null ? '' : `${row} `}requests/s`);
