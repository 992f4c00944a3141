import { formatDuration } from '../../core/duration.ts';
import { exitCodes } from '../../core/errors.ts';
import { earlier, type Millis, seconds } from '../../core/units.ts';
import type { RunStop } from '../../engine/stop.ts';
import { patienceSeconds, Watchdog } from '../../engine/watchdog.ts';
import { RunFold } from '../../record/fold.ts';
import type { RecordHeader } from '../../record/record.ts';
import type { RunEvent } from '../../record/run-event.ts';
import { Progress } from '../../report/progress.ts';
import { brokenForGood } from '../../verdict/abort.ts';
import type { Host } from '../host.ts';
import type { ProgressScreen } from './progress-screen.ts';

/** Requests in flight get at most this long once somebody or something stops the run. */
const stopGrace = seconds(5);

/** What a run needs around it while it is under way. */
export interface RunSurroundings {
  readonly host: Host;
  readonly header: RecordHeader;
  readonly stop: RunStop;
  readonly stopTimeout: Millis;
  readonly abortOnFail: boolean;
  /** null: no progress is shown. */
  readonly screen: ProgressScreen | null;
  /** Keeps one event for good, before anything else is done with it; at the end of the run it may take a while. */
  keep(event: RunEvent): void | Promise<void>;
}

/**
 * Follows a run to its end: keeps every event, shows progress, and stops the run when a signal asks for it, when nothing
 * succeeds, or when a threshold is broken and the user wants to stop then.
 */
export async function conductRun(events: AsyncIterable<RunEvent>, around: RunSurroundings): Promise<void> {
  const { host, header, stop, screen } = around;
  const grace = earlier(stopGrace, around.stopTimeout);
  const progress = new Progress(header);
  const watchdog = new Watchdog();
  const judge = around.abortOnFail ? new RunFold(header) : null;
  const say = (sentence: string): void => (screen ? screen.print(`${sentence}\n`) : undefined);
  const release = leaveOnSignal(host, stop, grace, (sentence) => host.stderr.write(`${sentence}\n`), screen);
  try {
    for await (const event of events) {
      await around.keep(event);
      progress.add(event);
      if (event.kind !== 'second') continue;
      judge?.add(event);
      if (watchdog.sees(event) && !stop.stopped) {
        say(`Nothing succeeded for ${patienceSeconds} s: stopping.`);
        stop.stop({ reason: 'nothing-succeeded', grace });
      }
      const broken = judge && !stop.stopped ? brokenForGood(judge) : null;
      if (broken) {
        say(`${broken.text} is broken (${broken.reason}): stopping.`);
        stop.stop({ reason: 'threshold-failed', grace });
      }
      screen?.show(event.second + 1, () => progress.line());
    }
  } finally {
    screen?.clear();
    release();
  }
}

/** The first signal ends the run in order, the second leaves at once: the record then ends after its last whole line. */
function leaveOnSignal(
  host: Host,
  stop: RunStop,
  grace: Millis,
  say: (sentence: string) => void,
  screen: ProgressScreen | null,
): () => void {
  let signals = 0;
  return host.onSignal((signal) => {
    signals += 1;
    const interrupted = signal === 'SIGINT';
    screen?.clear();
    if (signals > 1) {
      host.exit(interrupted ? exitCodes.interrupted : exitCodes.terminated);
      return;
    }
    say(`Stopping: requests in flight get ${formatDuration(grace)}; once more to leave at once.`);
    stop.stop({ reason: interrupted ? 'interrupted' : 'terminated', grace });
  });
}
