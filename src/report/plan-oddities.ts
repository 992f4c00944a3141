import { formatDuration } from '../core/duration.ts';
import { formatCount, formatRate } from '../core/format.ts';
import { type Millis, millis, seconds } from '../core/units.ts';
import type { RecordHeader } from '../record/record.ts';
import { type ArrivalProfile, type LoadProfile, ownPart } from '../workload/load-profile.ts';
import { type Survival, usersPresent } from '../workload/offered-load.ts';
import type { ThinkTime } from '../workload/think-time.ts';

/** A climb below this share of a ramp is a jump rather than a ramp. */
const gradualShare = 0.1;

/** From this share of the places for arriving users on, chance and slower replies may fill them all. */
const crowdedShare = 0.8;

/** How long replies take when places are counted. */
const exampleReply = millis(200);

/** A corner of the curve of either kind of load, in users or in conversations per second. */
interface Corner {
  readonly at: Millis;
  readonly level: number;
}

/** Sentences about what a plan probably does not mean, each with a way out. Empty for a plan that is in order. */
export function oddities({ scenario, profile, load }: RecordHeader, survival: Survival): string[] {
  return [
    ...shortOfTarget(profile),
    ...(scenario === 'ramp' ? suddenRamp(profile) : []),
    ...crowded(profile.arrivals, { min: load.thinkMin, max: load.thinkMax }, survival),
  ];
}

/** What --max-users takes. */
const mostPlaces = 100_000;

function crowded(arrivals: ArrivalProfile | null, think: ThinkTime, survival: Survival): string[] {
  if (arrivals === null) return [];
  const present = Math.ceil(usersPresent(arrivals.peak, survival, think, exampleReply));
  if (present < crowdedShare * arrivals.limit) return [];
  const enough = Number((present * 2).toPrecision(2));
  return [
    `The arrivals take about ${users(present)} at a time with replies of ${formatDuration(exampleReply)}, and --max-users is ${formatCount(arrivals.limit)}:`,
    `who arrives beyond it is dropped, and the run is then invalid. Give ${enough <= mostPlaces ? `--max-users ${enough}` : 'a lower rate'}.`,
  ];
}

function shortOfTarget(profile: LoadProfile): string[] {
  if (profile.steady !== null) return [];
  const { peak, arrivals } = profile;
  if (peak > 0 || arrivals === null) {
    const corners = profile.points.map(({ at, users: level }) => ({ at, level }));
    const reached = (level: number): string => users(Math.ceil(level));
    return shortfall(profile, { corners, peak, reached, target: users(peak), faster: 'a higher --spawn-rate' });
  }
  const corners = arrivals.points.map(({ at, rate: level }) => ({ at, level }));
  const target = conversations(arrivals.peak);
  return shortfall(profile, {
    corners,
    peak: arrivals.peak,
    reached: conversations,
    target,
    faster: 'a shorter --climb',
  });
}

interface Climbing {
  readonly corners: readonly Corner[];
  readonly peak: number;
  readonly target: string;
  /** What would make the climb faster. */
  readonly faster: string;
  reached(level: number): string;
}

function shortfall(profile: LoadProfile, { corners, peak, target, faster, reached }: Climbing): string[] {
  const ungraded = 'There is no steady window, so no load threshold can be graded.';
  const remedy = `Give a longer --run-time or ${faster}.`;
  const highest = corners.reduce((a, b) => (b.level > a.level ? b : a));
  if (highest.level >= peak) return [`The target of ${target} is not held for a whole second.`, ungraded, remedy];
  const foot = footOf(corners, corners.indexOf(highest));
  const climbed = highest.at - foot.at;
  const needed = (climbed * (peak - foot.level)) / (highest.level - foot.level);
  const available =
    foot.at === 0 && highest.at === profile.seconds * 1000
      ? `the run time is ${formatDuration(highest.at)}`
      : `the phase leaves ${formatDuration(millis(climbed))}`;
  return [
    `The target of ${target} needs ${wholeSeconds(needed)} to climb, ${available}: only ${reached(highest.level)} are reached.`,
    ungraded,
    remedy,
  ];
}

/** Where the climb to the corner of this index began. */
function footOf(corners: readonly Corner[], top: number): Corner {
  let foot = corners[top] ?? { at: millis(0), level: 0 };
  for (const corner of corners.slice(0, top).reverse()) {
    if (corner.level >= foot.level) break;
    foot = corner;
  }
  return foot;
}

function suddenRamp(profile: LoadProfile): string[] {
  const { phases, steady } = profile;
  const { seconds: length, peak } = ownPart(profile);
  const climb = phases[0];
  if (!climb || !steady || steady.start === 0 || climb.end !== steady.start || climb.end >= gradualShare * length)
    return [];
  const gradual = formatDuration(seconds(Math.round(0.8 * length)));
  return [
    `The climb takes ${formatDuration(seconds(climb.end))} of ${formatDuration(seconds(length))}: --climb ${gradual} makes it gradual,`,
    `so that it shows at ${peak > 0 ? 'how many users' : 'which rate'} the server breaks.`,
  ];
}

const users = (count: number): string => `${formatCount(count)} ${count === 1 ? 'user' : 'users'}`;
const conversations = (rate: number): string => formatRate(rate).replace('/s', ' conversations/s');
const wholeSeconds = (ms: number): string => formatDuration(seconds(Math.ceil(Number((ms / 1000).toPrecision(12)))));
