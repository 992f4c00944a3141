import { formatDuration } from '../../core/duration.ts';
import { formatRate } from '../../core/format.ts';
import { seconds } from '../../core/units.ts';
import type { RecordHeader } from '../../record/record.ts';
import { stageLine } from '../../report/stage-line.ts';
import { stepsText } from '../../report/steps-text.ts';
import { type LoadProfile, ownPart } from '../../workload/load-profile.ts';

/** What is about to happen, before the load: a few lines for standard error. */
export function introduction(header: RecordHeader): string {
  const { profile, target, scenario } = header;
  const where =
    target.builtIn === null
      ? `Testing ${target.address}`
      : `Testing ${target.address} (${target.builtIn}); --host <address> tests yours`;
  const own = ownPart(profile);
  const phases = profile.phases
    .filter(({ start }) => start < own.seconds)
    .map(({ name, start, end }) => `${name} ${formatDuration(seconds(start))}–${formatDuration(seconds(end))}`)
    .join(', ');
  const window =
    profile.steady === null
      ? 'no steady window: no load threshold can be graded'
      : `thresholds are graded over ${formatDuration(seconds(profile.steady.start))}–${formatDuration(seconds(profile.steady.end))}`;
  const stage = stageLine(header.settings);
  return [
    where,
    ...(stage === null ? [] : [stage]),
    `Scenario ${scenario}: ${loadText({ ...profile, peak: own.peak })} for ${formatDuration(seconds(own.seconds))} (${phases}); ${window}`,
    ...stepsLine(profile),
  ].join('\n');
}

const stepsLine = (profile: LoadProfile): string[] => {
  const text = stepsText(profile);
  return text === null ? [] : [`Then ${text}`];
};

/** `up to 50 users`, `up to 20 conversations/s`, or both. */
function loadText({ peak, arrivals }: LoadProfile): string {
  const users = peak === 1 ? 'one user' : `up to ${peak} users`;
  if (arrivals === null) return users;
  const rate = formatRate(arrivals.peak).replace('/s', ' conversations/s');
  return peak === 0 ? `up to ${rate}` : `${users} and up to ${rate}`;
}
