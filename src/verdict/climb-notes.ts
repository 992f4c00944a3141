import { formatDuration } from '../core/duration.ts';
import { formatCount } from '../core/format.ts';
import { seconds } from '../core/units.ts';
import type { RunFold } from '../record/fold.ts';
import { ownPart } from '../workload/load-profile.ts';
import { holds } from './holds.ts';
import { loadLimits } from './load-limits.ts';
import { isServerMeasure } from './metric.ts';
import { surelyBroken } from './surely-broken.ts';
import type { Threshold } from './threshold.ts';

/** How far a run climbed past its scenario, and what broke there. Nothing for a run without such a climb, or one that somebody stopped. */
export function climbNotes(fold: RunFold): readonly string[] {
  const { end, header } = fold;
  const { steps, phases } = header.profile;
  if (!steps || end === null || (end.reason !== 'broke' && end.reason !== 'completed')) return [];
  const graded = 'Thresholds and verdict are those of the steady window before the climb.';
  const reached = reachedStep(fold);
  const step = steps[reached];
  if (!step) {
    const { peak } = ownPart(header.profile);
    return [`A limit broke under the scenario's own ${users(peak)}, so the load did not climb past them.`];
  }
  const at = `step ${reached + 1}, ${users(step.users)}`;
  if (end.reason === 'completed') return [`Nothing broke up to the last step, ${users(step.users)}. ${graded}`];
  const { start = 0 } = phases[step.phase] ?? {};
  const names =
    brokenIn(fold, step.phase)
      .map(({ text }) => text)
      .join(' and ') || 'a limit';
  return [
    `The load climbed past the scenario until ${names} broke at ${at} (from ${formatDuration(seconds(start))} on). ${graded}`,
  ];
}

/** The step at which a climb past the scenario ended, and the limits that broke there; null for a run that ended in another way. */
export function brokenStep(fold: RunFold): { readonly users: number; readonly limits: readonly Threshold[] } | null {
  const step = fold.header.profile.steps?.[reachedStep(fold)];
  return step && fold.end?.reason === 'broke' ? { users: step.users, limits: brokenIn(fold, step.phase) } : null;
}

/**
 * Index of the last step from which requests came; -1: none. A limit that is judged at the end of a step has broken there, although the
 * next one had begun by then.
 */
function reachedStep(fold: RunFold): number {
  const { profile } = fold.header;
  const steps = profile.steps ?? [];
  const last = steps.findLastIndex(({ phase }) => fold.tally(null, (each) => each === phase).requests > 0);
  const [before, begun] = [steps[last - 1], steps[last]];
  const { end } = fold;
  const judged = !begun || end === null || end.at >= begun.judgedFrom * 1000;
  if (judged || end.reason !== 'broke') return last;
  // Before the first step is the scenario's own load.
  return !before || brokenIn(fold, before.phase).length > 0 ? last - 1 : last;
}

const brokenIn = (fold: RunFold, phase: number): readonly Threshold[] =>
  loadLimits(fold.header).filter((limit) => isBroken(limit, fold, phase));

function isBroken(limit: Threshold, fold: RunFold, phase: number): boolean {
  const { metric, row } = limit;
  const { rows, monitors, profile } = fold.header;
  if (isServerMeasure(metric.kind)) {
    const { start = 0, end = 0 } = profile.phases[phase] ?? {};
    const kind = metric.kind;
    return monitors.some(({ name }, index) => {
      const span = row === null || name === row ? fold.monitors.span(index, kind, { start, end }) : null;
      return span !== null && !holds(span.mean, limit);
    });
  }
  const index = row === null ? null : rows.findIndex(({ id }) => id === row);
  const tally = fold.tally(index, (each) => each === phase);
  if (metric.kind === 'avg') return tally.ok.mean !== undefined && !holds(tally.ok.mean / 1000, limit);
  if (metric.kind === 'max') return !holds((tally.ok.max ?? 0) / 1000, limit);
  return surelyBroken(limit, tally);
}

const users = (count: number): string => `${formatCount(count)} ${count === 1 ? 'user' : 'users'}`;
