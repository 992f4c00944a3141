import { guideDialect } from '../protocol/guide-dialect.ts';
import { closedSchedule } from '../workload/closed-schedule.ts';
import { endOf } from '../workload/load-profile.ts';
import type { Slice } from '../workload/slice.ts';
import type { Ledger } from './ledger.ts';
import type { RunPlan } from './run-plan.ts';
import { playUser } from './virtual-user.ts';
import type { World } from './world.ts';

/**
 * Starts the virtual users of a slice when the schedule says, and resolves when the run is over and the last of them has
 * ended. Rejects only on a bug in sqload, and then lets the others end first.
 */
export async function closedLoop(plan: RunPlan, slice: Slice, world: World, ledger: Ledger): Promise<void> {
  const { clock, stop } = world;
  const dialect = guideDialect(plan.dialect);
  const users: Promise<void>[] = [];
  const bugs: unknown[] = [];
  const noteBug = (error: unknown): void => {
    bugs.push(error);
    // The error is thrown below and is all that is told of this run; the reason is not.
    stop.stop({ reason: 'interrupted', grace: plan.stopTimeout });
  };
  for (const life of closedSchedule(plan.profile, slice)) {
    await clock.until(life.start, stop.signal);
    if (stop.stopped) break;
    users.push(playUser(life, plan, dialect, world, ledger).catch(noteBug));
  }
  await clock.until(endOf(plan.profile), stop.signal);
  await Promise.all(users);
  if (bugs.length > 0) throw bugs[0];
}
