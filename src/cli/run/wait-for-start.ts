import { formatDuration } from '../../core/duration.ts';
import { type ExitCode, exitCodes, usageError } from '../../core/errors.ts';
import { earlier, type Millis, millis, plus, seconds } from '../../core/units.ts';
import type { Host, StopSignal } from '../host.ts';
import type { Machinery } from '../machinery.ts';

/** The time of day is looked at again after so long, since the two clocks of a machine drift apart. */
const lookAgain = seconds(30);

/**
 * Waits until `lead` before the moment, telling so on standard error unless `quiet`. Answers null when it has come, or with
 * the exit code when a signal came first.
 * @throws SqloadError (exit 2) when it has passed already.
 */
export async function waitForStart(
  moment: number,
  { host, machinery, lead, quiet }: { host: Host; machinery: Machinery; lead: Millis; quiet: boolean },
): Promise<ExitCode | null> {
  const left = (): Millis => millis(moment - lead - machinery.date().getTime());
  if (left() < 0)
    throw usageError(
      `The time of --start-at, ${new Date(moment).toISOString()}, has passed while the target was tried.`,
      'Give a time that leaves every machine the few seconds that it needs to get ready.',
    );
  if (!quiet)
    host.stderr.write(
      `Ready. The load starts at ${new Date(moment).toISOString()}, in ${formatDuration(seconds(Math.round(left() / 1000)))}; Ctrl-C leaves.\n`,
    );
  const clock = machinery.clock();
  const gone = new AbortController();
  let signal: StopSignal | null = null;
  const release = host.onSignal((which) => {
    signal = which;
    gone.abort();
  });
  try {
    while (signal === null && left() > 0) await clock.until(plus(clock.now(), earlier(left(), lookAgain)), gone.signal);
  } finally {
    release();
  }
  return signal === null ? null : exitCodeOf(signal);
}

const exitCodeOf = (signal: StopSignal): ExitCode =>
  signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
