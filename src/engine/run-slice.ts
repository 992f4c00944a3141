import { createRedactor } from '../core/redactor.ts';
import { earlier, millis, plus } from '../core/units.ts';
import type { RunEvent } from '../record/run-event.ts';
import { endOf } from '../workload/load-profile.ts';
import type { Slice } from '../workload/slice.ts';
import { Ledger } from './ledger.ts';
import { playLoad } from './play-load.ts';
import type { RunPlan } from './run-plan.ts';
import type { World } from './world.ts';

/**
 * Plays one slice of a run in `world` and tells what happened: an event for each second, in order, and one for the end.
 *
 * The run is over at the end of the profile, or when `world.stop` says so; then no user takes another step, requests in
 * flight get the stop timeout (or the grace of the stop), and what is left is counted as `unfinished`.
 * @throws only on a bug in sqload; a failing server is an outcome in the events.
 */
export async function* runSlice(plan: RunPlan, slice: Slice, world: World): AsyncGenerator<RunEvent, void, undefined> {
  const { clock, stop } = world;
  const ledger = new Ledger(plan.profile.phases, createRedactor(plan.secrets), plan.everyFailure);
  const over = new AbortController();
  const noteThread = (): void => {
    if (world.vitals) ledger.noteThread({ slice: slice.index, ...world.vitals.read() });
  };
  const load = playLoad(plan, slice, world, ledger).finally(() => over.abort());
  const cut = cutOff(plan, world, over.signal);
  // Awaited below; until then a rejection must not count as unhandled.
  load.catch(() => {});
  try {
    for (let second = 1; !over.signal.aborted; second++) {
      await clock.until(millis(second * 1000), over.signal);
      noteThread();
      yield* ledger.take(clock.now());
    }
  } finally {
    // Whoever listened has left: nobody would count what is sent from here on.
    if (!over.signal.aborted) await abandon(world);
  }
  await load;
  await cut;
  const at = clock.now();
  noteThread();
  yield* ledger.takeRest(at);
  yield { kind: 'end', reason: stop.reason?.reason ?? 'completed', at, started: ledger.started };
}

/** Ends what is still in flight when the time for it has run out. */
async function cutOff(plan: RunPlan, { clock, stop, transport }: World, over: AbortSignal): Promise<void> {
  const end = endOf(plan.profile);
  await clock.until(end, stop.signal);
  const last = plus(end, plan.stopTimeout);
  if (!stop.stopped) await clock.until(last, AbortSignal.any([over, stop.signal]));
  if (!over.aborted && stop.reason) {
    await clock.until(earlier(plus(clock.now(), stop.reason.grace), last), over);
  }
  if (!over.aborted) await transport.close();
}

async function abandon({ stop, transport }: World): Promise<void> {
  stop.stop({ reason: 'interrupted', grace: millis(0) });
  await transport.close();
}
