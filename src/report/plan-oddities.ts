import { formatDuration } from '../core/duration.ts';
import { formatCount } from '../core/format.ts';
import { millis, seconds } from '../core/units.ts';
import type { RecordHeader } from '../record/record.ts';
import type { LoadProfile, ProfilePoint } from '../workload/load-profile.ts';

/** A climb below this share of a ramp is a jump rather than a ramp. */
const gradualShare = 0.1;

/** Sentences about what a plan probably does not mean, each with a way out. Empty for a plan that is in order. */
export function oddities({ scenario, profile }: RecordHeader): string[] {
  return [...shortOfTarget(profile), ...(scenario === 'ramp' ? suddenRamp(profile) : [])];
}

function shortOfTarget(profile: LoadProfile): string[] {
  if (profile.steady !== null) return [];
  const ungraded = 'There is no steady window, so no load threshold can be graded.';
  const highest = profile.points.reduce((a, b) => (b.users > a.users ? b : a));
  const top = profile.points.indexOf(highest);
  if (highest.users >= profile.peak)
    return [
      `The target of ${users(profile.peak)} is not held for a whole second.`,
      ungraded,
      'Give a longer --run-time or a higher --spawn-rate.',
    ];
  const foot = footOf(profile.points, top);
  const climbed = highest.at - foot.at;
  const needed = (climbed * (profile.peak - foot.users)) / (highest.users - foot.users);
  const available =
    foot.at === 0 && highest.at === profile.seconds * 1000
      ? `the run time is ${formatDuration(highest.at)}`
      : `the phase leaves ${formatDuration(millis(climbed))}`;
  return [
    `The target of ${users(profile.peak)} needs ${wholeSeconds(needed)} to climb, ${available}: only ${users(Math.ceil(highest.users))} are reached.`,
    ungraded,
    'Give a longer --run-time or a higher --spawn-rate.',
  ];
}

/** Where the climb to the point of this index began. */
function footOf(points: readonly ProfilePoint[], top: number): ProfilePoint {
  let foot = points[top] ?? { at: millis(0), users: 0 };
  for (const point of points.slice(0, top).reverse()) {
    if (point.users >= foot.users) break;
    foot = point;
  }
  return foot;
}

function suddenRamp({ phases, steady, seconds: length }: LoadProfile): string[] {
  const climb = phases[0];
  if (!climb || !steady || steady.start === 0 || climb.end !== steady.start || climb.end >= gradualShare * length)
    return [];
  const gradual = formatDuration(seconds(Math.round(0.8 * length)));
  return [
    `The climb takes ${formatDuration(seconds(climb.end))} of ${formatDuration(seconds(length))}: --climb ${gradual} makes it gradual,`,
    'so that it shows at how many users the server breaks.',
  ];
}

const users = (count: number): string => `${formatCount(count)} ${count === 1 ? 'user' : 'users'}`;
const wholeSeconds = (ms: number): string => formatDuration(seconds(Math.ceil(Number((ms / 1000).toPrecision(12)))));
