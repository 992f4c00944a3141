import { z95 } from '../../statistics/normal-quantiles.ts';
import { isOfHooks } from '../../verdict/custom-metric.ts';
import { isOccasional } from '../../verdict/load-limits.ts';
import { isServerMeasure } from '../../verdict/metric.ts';
import type { Threshold } from '../../verdict/threshold.ts';
import type { Knee } from './knee.ts';
import {
  gradeLevel,
  type LevelCriterion,
  type LevelGrade,
  requestsToDecide,
  secondsForMean,
  secondsToTrust,
} from './level-criterion.ts';
import { type LoadLevel, loadLevels } from './load-levels.ts';
import { cycleOf, type LoadScene, requestRateAt } from './load-scene.ts';

/** Between which loads one threshold breaks. */
export interface HeldAndBroken {
  readonly threshold: Threshold;
  /** The highest load at which it surely held; 0: at none. */
  readonly held: number;
  /** The load from which on it surely did not hold; null: it was not shown to break. */
  readonly broken: number | null;
  /** It was broken at the lowest load already. */
  readonly fromTheStart: boolean;
  /** It was broken below a load at which it surely held again: it is not the load that broke it. */
  readonly recovered: boolean;
  /** It surely held at the highest load. */
  readonly heldAtTop: boolean;
}

/** Chance that an interval lies wrong, on each side. */
const risk = 0.025;
/** A climb is cut into this many levels where it has requests enough. */
const levelsWanted = 16;
/** So many times the least number of requests let a level be held with some breaches in it. */
const comfort = 4;
/** And so many are enough for a level with next to none. */
const narrow = 1.6;

/**
 * Where a threshold breaks, from above and from below. What breaks under a load breaks under more, so that the highest level that surely held
 * and the lowest that was surely broken speak for all below and above them; each level is graded at its share of the risk.
 *
 * A climb sees a load only for a moment, while a queue may take long to build up: a level of a climb is held only at the load that it
 * began with, less what the load rose while the server still felt the load before, less the waves of a queue, which crosses
 * its limit now and then long before it stays there. `of` is the number of thresholds that are looked at.
 */
export function heldAndBroken(
  scene: LoadScene,
  criterion: LevelCriterion,
  knee: Knee | null,
  of: number,
): HeldAndBroken {
  const { seconds } = scene.course;
  const counts = criterion.kind === 'counted' ? criterion.requests : seconds.map(() => 1);
  const all = seconds.reduce((sum, { second, state }) => sum + (state === 'climb' ? (counts[second] ?? 0) : 0), 0);
  const memory = memoryOf(scene, criterion);
  const least =
    criterion.kind === 'counted' ? requestsToDecide(criterion, risk / levelsWanted) : secondsForMean(memory);
  const roomy = criterion.kind === 'counted' ? Math.min(comfort * least, all / 6) : 0;
  const measured = criterion.kind === 'counted' ? counts : criterion.seconds.map(({ whole }) => whole);
  const countIn = ({ start, end }: LoadLevel) => measured.slice(start, end).reduce((sum, count) => sum + count, 0);
  // Users who are there set up no session: a stand says nothing of those.
  const cutInto = (size: number) =>
    loadLevels(seconds, (second) => counts[second] ?? 0, size).filter(
      (level) => !isOccasional(criterion.threshold) || countIn(level) > 0,
    );
  const levels = cutInto(Math.max(least, roomy, all / levelsWanted));
  const fine = cutInto(Math.max(narrow * least, all / levelsWanted));
  const grade = ({ start, end }: LoadLevel, side: number): LevelGrade =>
    gradeLevel(criterion, { start, end, memory, risk: side / levels.length });
  const broken = levels.map((level) => grade(level, risk / of) === 'broken');
  const held = levels.map((level) => grade(level, risk / 2) === 'held');
  const firstBroken = broken.indexOf(true);
  const lastHeld = held.lastIndexOf(true);
  const from = levels[firstBroken]?.start ?? Number.POSITIVE_INFINITY;
  const heldIn = (cuts: readonly LoadLevel[]): number => {
    const level = cuts.findLast(
      (each) =>
        each.start <= from && gradeLevel(criterion, { ...each, memory, risk: risk / 2 / cuts.length }) === 'held',
    );
    return level ? surelyHeld(scene, criterion, level, { levels: cuts.length, knee }) : 0;
  };
  return {
    threshold: criterion.threshold,
    // Wide levels tell a load that breaks a limit now and then, narrow ones a low load of a fast climb: half of the risk each.
    held: Math.max(heldIn(levels), heldIn(fine)),
    broken: levels[firstBroken]?.to ?? null,
    // The levels of what there is little of are wide: the first of them may have begun well.
    fromTheStart: firstBroken === 0 && !isOccasional(criterion.threshold),
    recovered: firstBroken >= 0 && lastHeld > firstBroken,
    heldAtTop: levels.length > 0 && lastHeld === levels.length - 1,
  };
}

function surelyHeld(
  scene: LoadScene,
  criterion: LevelCriterion,
  { from, to, start, end }: LoadLevel,
  { levels, knee }: { readonly levels: number; readonly knee: Knee | null },
): number {
  const memory = memoryOf(scene, criterion);
  const closed = scene.course.kind === 'closed';
  const stood = from === to && end - start >= secondsToTrust(criterion, risk / levels, memory);
  // The queue of users finds a length at which it stays; that of arrivals grows for as long as they come too fast.
  if (stood && closed) return from;
  const most = Math.min(from, knee?.load.low ?? from);
  if (stood) return most;
  const rise = (to - from) / (end - start);
  // What hooks timed is told when it is over, and with the second.
  const late = isOfHooks(criterion.threshold) ? 1 + criterion.threshold.limit / 1000 : 0;
  const felt = rise * ((closed ? cycleOf(scene) : Math.max(1, scene.baseResponse)) + late);
  return Math.max(0, Math.min(most, from - felt) - waves(scene, criterion, most));
}

/**
 * How far below the load that fills a queue up to a limit it does so now and then. Users wait for each other: of N, those who think vary by
 * √N at most. Arrivals do not: in heavy traffic 1 − ρ is inverse to the length of the queue at the limit (Kingman, 1961).
 */
function waves(scene: LoadScene, criterion: LevelCriterion, load: number): number {
  if (isServerMeasure(criterion.threshold.metric.kind)) return 0;
  const open = (3 * load) / Math.max(3, requestRateAt(scene, load) * roomOf(scene, criterion));
  return scene.course.kind === 'open' ? open : Math.min(open, z95 * Math.sqrt(load));
}

/** What a request may wait before it breaks a limit, s; of what hooks timed nobody knows how much of it is waiting. */
function roomOf({ series, baseResponse }: LoadScene, { threshold }: LevelCriterion): number {
  const { metric, limit } = threshold;
  if (isOfHooks(threshold)) return limit / 1000;
  return (metric.kind === 'error_rate' ? series.header.load.timeout : limit) / 1000 - baseResponse;
}

/** For how many seconds requests share their fate: those in flight together, or those in one wave of a queue. */
function memoryOf(scene: LoadScene, criterion: LevelCriterion): number {
  if (criterion.threshold.metric.kind === 'error_rate') return scene.baseResponse;
  const { course } = scene;
  const cycle = 0.4 * cycleOf(scene);
  if (course.kind === 'closed') return cycle;
  const top = course.seconds.at(-1)?.to ?? 0;
  const wave = 0.12 * requestRateAt(scene, top) * Math.max(0, roomOf(scene, criterion)) ** 2;
  return Math.max(scene.baseResponse, Math.min(60, wave));
}
