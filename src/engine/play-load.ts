import { createDialect } from '../protocol/create-dialect.ts';
import type { Dialect } from '../protocol/dialect.ts';
import { closedSchedule } from '../workload/closed-schedule.ts';
import { endOf } from '../workload/load-profile.ts';
import { openSchedule } from '../workload/open-schedule.ts';
import { type Slice, shareOf } from '../workload/slice.ts';
import { Crowd } from './crowd.ts';
import type { Ledger } from './ledger.ts';
import type { RunPlan } from './run-plan.ts';
import { playUser } from './virtual-user.ts';
import type { World } from './world.ts';

/** What both kinds of load are played with. */
interface Stage {
  readonly plan: RunPlan;
  readonly slice: Slice;
  readonly world: World;
  readonly ledger: Ledger;
  readonly dialect: Dialect;
}

/**
 * Starts the virtual users of a slice when the schedules say, and resolves when the run is over and the last of them has
 * left. Rejects only on a bug in sqload, and then lets the others end first.
 */
export async function playLoad(plan: RunPlan, slice: Slice, world: World, ledger: Ledger): Promise<void> {
  const { clock, stop } = world;
  const bugs: unknown[] = [];
  const noteBug = (error: unknown): void => {
    bugs.push(error);
    // The error is thrown below and is all that is told of this run; the reason is not.
    stop.stop({ reason: 'interrupted', grace: plan.stopTimeout });
  };
  const stage = { plan, slice, world, ledger, dialect: createDialect(plan.dialect) };
  const [stayers, visitors] = [new Crowd(noteBug), new Crowd(noteBug)];
  await Promise.all([closedLoad(stage, stayers), openLoad(stage, visitors)]);
  await clock.until(endOf(plan.profile), stop.signal);
  await Promise.all([stayers.empty(), visitors.empty()]);
  if (bugs.length > 0) throw bugs[0];
}

/** Closed load: so many users at a time, whose pace the replies set. */
async function closedLoad({ plan, slice, world, ledger, dialect }: Stage, crowd: Crowd): Promise<void> {
  const { clock, stop } = world;
  for (const life of closedSchedule(plan.profile, slice)) {
    await clock.until(life.start, stop.signal);
    if (stop.stopped) return;
    crowd.join(playUser(life, 'all-along', plan, dialect, world, ledger));
  }
}

/** Open load: users arrive at their time, whether or not the server keeps up. Who finds every place taken is dropped. */
async function openLoad({ plan, slice, world, ledger, dialect }: Stage, crowd: Crowd): Promise<void> {
  const { clock, stop, random } = world;
  const places = shareOf(plan.profile.arrivals?.limit ?? 0, slice);
  const end = endOf(plan.profile);
  for (const { user, start } of openSchedule(plan.profile, slice, random)) {
    await clock.until(start, stop.signal);
    if (stop.stopped) return;
    if (crowd.size >= places) ledger.userDropped(start);
    else crowd.join(playUser({ user, start, stop: end }, 'one-conversation', plan, dialect, world, ledger));
  }
}
