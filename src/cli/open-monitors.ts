import type { Clock } from '../core/clock.ts';
import { type Millis, millis, plus } from '../core/units.ts';
import { MonitorWatch } from '../io/monitors/monitor-watch.ts';
import type { Sampler } from '../io/monitors/sampler.ts';
import type { SettledRun } from './settle-run.ts';
import type { Target } from './target.ts';

/** Everything that watches the server, tried once. */
export async function openMonitors(_settled: SettledRun, target: Target): Promise<readonly Sampler[]> {
  return target.sampler === null ? [] : [target.sampler];
}

/** Watches the server in a run that begins `lead` from now; `say` gets a line when a source goes silent. */
export function watchServer(
  samplers: readonly Sampler[],
  clock: Clock,
  lead: Millis,
  say: (text: string) => void,
): MonitorWatch {
  const start = plus(clock.now(), lead);
  const running: Clock = {
    now: () => millis(clock.now() - start),
    until: (at, signal) => clock.until(plus(start, at), signal),
  };
  return new MonitorWatch(samplers, running, (name, problem) =>
    say(`The monitor ${name} cannot be read: ${problem}. What depends on it may stay undecided.\n`),
  );
}
