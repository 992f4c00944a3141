import type { RunSeries } from '../../record/series.ts';
import { isOccasional } from '../../verdict/load-limits.ts';
import type { Threshold } from '../../verdict/threshold.ts';
import type { Finding } from '../finding.ts';
import {
  allHeld,
  brokenFrom,
  failedSomewhere,
  heldOnAgain,
  heldSoFar,
  type Reached,
  tooLittle,
} from './breaking-sentence.ts';
import { type HeldAndBroken, heldAndBroken } from './held-and-broken.ts';
import { findKnee, type Knee } from './knee.ts';
import { kneeFinding } from './knee-sentence.ts';
import { levelCriteria } from './level-criterion.ts';
import { type LoadScene, loadScene, requestRateAt } from './load-scene.ts';

/**
 * Under which load a run broke: the highest at which every threshold surely held and the lowest at which one surely did not. None for a
 * load that does not climb, or that is at its target within a few seconds. Thresholds that ask for more, such as `rps>100`, have no
 * part in it: a low load breaks them. `stopped` is the step at which a climb ended since a limit broke there, `failed` are the limits that the run as a whole broke. Beside it the knee (`knee`), where throughput stops following the load, when there is one.
 */
export function breakingPoint(
  series: RunSeries,
  thresholds: readonly Threshold[],
  { stopped = null, failed = [] }: Partial<KnownBreaks> = {},
): readonly Finding[] {
  const scene = loadScene(series);
  if (scene === null) return [];
  const knee = findKnee(scene);
  const criteria = levelCriteria(series, thresholds);
  const all = criteria.map((criterion) => heldAndBroken(scene, criterion, knee, criteria.length));
  const told = all.filter((one) => !isScarce(one));
  const each = told.length > 0 ? told : all;
  const isFailed = ({ threshold }: HeldAndBroken): boolean => failed.includes(threshold.text);
  const apart = all.filter((one) => !each.includes(one) && (one.threshold.source !== 'default' || isFailed(one)));
  return [
    ...(each.length === 0 ? [] : [summarise(scene, each, { knee, stopped, apart, isFailed })]),
    ...kneeFinding(scene, knee),
  ];
}

/** Whether too little of what nobody can plan for was measured to say anything: it would take the low end off the others. */
const isScarce = ({ threshold, broken, held }: HeldAndBroken): boolean =>
  isOccasional(threshold) && broken === null && held === 0;

/** A step that was watched while it was played, and ended the run. */
interface BrokenStep {
  readonly users: number;
  /** The limits that broke; may be empty. */
  readonly limits: readonly Threshold[];
}

/** What the rest of the run tells of limits that broke. */
interface KnownBreaks {
  readonly stopped: BrokenStep | null;
  readonly failed: readonly string[];
}

/** What is known beside how each threshold fared. */
interface Beside {
  readonly knee: Knee | null;
  readonly stopped: BrokenStep | null;
  readonly apart: readonly HeldAndBroken[];
  readonly isFailed: (one: HeldAndBroken) => boolean;
}

function summarise(scene: LoadScene, each: readonly HeldAndBroken[], beside: Beside): Finding {
  const { knee, stopped, apart, isFailed } = beside;
  const top = scene.course.seconds.at(-1);
  const lost = [...each, ...apart].filter((one) => isFailed(one) && one.broken === null);
  const heldOf = (some: readonly HeldAndBroken[]): number =>
    some.length === 0 ? 0 : Math.min(...some.map((one) => one.held));
  const held = heldOf(each);
  const ways = each.filter(({ broken, recovered }) => broken !== null && !recovered);
  const first = ways.reduce<HeldAndBroken | null>(
    (lowest, one) => (lowest === null || (one.broken ?? 0) < (lowest.broken ?? 0) ? one : lowest),
    null,
  );
  const broken = first?.broken ?? null;
  const most = knee?.capacity.value ?? Number.POSITIVE_INFINITY;
  const reach = (load: number): Reached => ({ load, rate: Math.min(most, requestRateAt(scene, load)) });
  const place = {
    kind: scene.course.kind,
    held: reach(held),
    top: reach(top?.to ?? 0),
    seconds: [{ start: 0, end: (top?.second ?? -1) + 1 }],
    apart: apart.filter((one) => !isFailed(one)).map(({ threshold }) => threshold.text),
    failedApart: apart.filter(isFailed),
    stepped: (scene.series.header.profile.steps ?? null) !== null,
  };
  if (first && broken !== null) return brokenFrom(place, first, reach(broken));
  const [limit] = stopped?.limits ?? [];
  // The watch looked at this step alone, and so was sure of it with fewer requests.
  if (stopped && limit) return brokenFrom(place, { threshold: limit, fromTheStart: false }, reach(stopped.users));
  const again = each.find(({ recovered }) => recovered);
  if (again) return heldOnAgain(place, again, reach(again.broken ?? 0));
  if (lost.length > 0)
    return failedSomewhere(
      { ...place, held: reach(heldOf(each.filter((one) => !lost.includes(one)))), failedApart: [] },
      lost,
    );
  const open = each.filter(({ heldAtTop }) => !heldAtTop);
  if (open.length === 0) return allHeld(place, each);
  return held > 0 ? heldSoFar(place, open) : tooLittle(place, open);
}
