import type { Clock } from '../../core/clock.ts';
import { type Millis, millis, plus } from '../../core/units.ts';
import { MonitorWatch } from '../../io/monitors/monitor-watch.ts';
import type { Sampler } from '../../io/monitors/sampler.ts';
import type { Machinery } from '../machinery.ts';
import type { Target } from '../preflight/target.ts';
import { namedMonitors } from '../settings/planned-monitors.ts';
import type { SettledRun } from '../settings/settle-run.ts';

/**
 * Everything that watches the server, tried once.
 * @throws SqloadError (exit 2) for a source that cannot be read or measures nothing.
 */
export async function openMonitors(
  { settings }: SettledRun,
  target: Target,
  machinery: Machinery,
): Promise<readonly Sampler[]> {
  const options = {
    limits: { cores: settings.cpuLimit.value, bytes: settings.memoryLimit.value },
    tls: target.transport.tls,
  };
  const others = await Promise.all(namedMonitors(settings).map((monitor) => machinery.openSampler(monitor, options)));
  return [...(target.sampler === null ? [] : [target.sampler]), ...others];
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
