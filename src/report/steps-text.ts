import { formatDuration } from '../core/duration.ts';
import { counted } from '../core/format.ts';
import { seconds } from '../core/units.ts';
import { type LoadProfile, ownPart } from '../workload/load-profile.ts';

/** The climb past a scenario in a clause: `15 steps of 20 users each, up to 400 users, until a limit breaks: 8m10s at most`; null without one. */
export function stepsText(profile: LoadProfile): string | null {
  const { steps } = profile;
  const [first] = steps ?? [];
  if (!steps || !first) return null;
  const own = ownPart(profile);
  const size = first.users - own.peak;
  const each = steps.length === 1 ? '' : ' each';
  return `${counted(steps.length, 'step')} of ${counted(size, 'user')}${each}, up to ${counted(profile.peak, 'user')}, until a limit breaks: ${formatDuration(seconds(profile.seconds - own.seconds))} at most`;
}
