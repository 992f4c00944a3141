import { formatDuration } from '../core/duration.ts';
import { formatCount } from '../core/format.ts';
import { seconds } from '../core/units.ts';
import type { RunFold } from '../record/fold.ts';
import { ownPart } from '../workload/load-profile.ts';
import { runThresholds } from './run-thresholds.ts';
import type { Threshold } from './threshold.ts';

/** How far a run climbed past its scenario, and what broke there. Nothing for a run without such a climb, or one that somebody stopped. */
export function climbNotes({ end, header }: RunFold): readonly string[] {
  const { steps, phases } = header.profile;
  const last = steps?.at(-1);
  const graded = 'Thresholds and verdict are those of the steady window before the climb.';
  if (last && end?.reason === 'completed')
    return [`Nothing broke up to the last step, ${users(last.users)}. ${graded}`];
  if (!steps || !end?.broke) return [];
  const { step: number, limits } = end.broke;
  const names = limits.join(' and ') || 'a limit';
  const step = steps[number - 1];
  if (!step) {
    const { peak } = ownPart(header.profile);
    return [`The scenario's own ${users(peak)} broke ${names}, so the load did not climb past them.`];
  }
  const { start = 0 } = phases[step.phase] ?? {};
  const at = `step ${number}, ${users(step.users)}`;
  return [
    `The load climbed past the scenario until ${names} broke at ${at} (from ${formatDuration(seconds(start))} on). ${graded}`,
  ];
}

/** The step at which a climb past the scenario ended, and the limits that broke there; null for a run that ended in another way. */
export function brokenStep({
  end,
  header,
}: RunFold): { readonly users: number; readonly limits: readonly Threshold[] } | null {
  const { step = 0, limits = [] } = end?.broke ?? {};
  const at = header.profile.steps?.[step - 1];
  return at ? { users: at.users, limits: runThresholds(header).filter(({ text }) => limits.includes(text)) } : null;
}

const users = (count: number): string => `${formatCount(count)} ${count === 1 ? 'user' : 'users'}`;
