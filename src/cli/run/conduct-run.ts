import { formatDuration } from '../../core/duration.ts';
import { exitCodes } from '../../core/errors.ts';
import { counted } from '../../core/format.ts';
import { earlier, type Millis, seconds } from '../../core/units.ts';
import type { RunStop } from '../../engine/stop.ts';
import { patienceSeconds, Watchdog } from '../../engine/watchdog.ts';
import { RunFold } from '../../record/fold.ts';
import type { RecordHeader } from '../../record/record.ts';
import type { BrokeAt, EndReason, RunEvent } from '../../record/run-event.ts';
import { Progress } from '../../report/progress.ts';
import { brokenForGood } from '../../verdict/abort.ts';
import { isOccasional, loadLimits } from '../../verdict/load-limits.ts';
import { type BrokenStep, StepWatch } from '../../verdict/step-watch.ts';
import { ownPart } from '../../workload/load-profile.ts';
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
  /** Keeps one event for good, before anything else is done with it. */
  keep(event: RunEvent): void;
}

/**
 * Follows a run to its end: keeps every event, shows progress, and stops the run when a signal asks for it, when nothing
 * succeeds, when a threshold is broken and the user wants to stop then, or when a climb past the scenario broke one.
 */
export async function conductRun(events: AsyncIterable<RunEvent>, around: RunSurroundings): Promise<void> {
  const { host, header, stop, screen } = around;
  const grace = earlier(stopGrace, around.stopTimeout);
  const progress = new Progress(header);
  const watchdog = new Watchdog();
  const steps = header.profile.steps ? new StepWatch(header) : null;
  const judge = around.abortOnFail || steps ? new RunFold(header) : null;
  const say = (sentence: string): void => (screen ? screen.print(`${sentence}\n`) : undefined);
  const release = leaveOnSignal(host, stop, grace, (sentence) => host.stderr.write(`${sentence}\n`), screen);
  let broke: BrokeAt | undefined;
  try {
    for await (const told of events) {
      const event = told.kind === 'end' && told.reason === 'broke' ? { ...told, broke } : told;
      around.keep(event);
      progress.add(event);
      const brokenStep = steps?.add(event) ?? null;
      if (event.kind === 'second' || event.kind === 'hooks') judge?.add(event);
      if (event.kind !== 'second') continue;
      const found =
        deadEnd(watchdog.sees(event), steps?.stepAt(event.second) ?? null, header) ??
        (brokenStep && stepEnd(brokenStep)) ??
        (judge && brokenEnd(judge, event.second, around.abortOnFail));
      if (found && !stop.stopped) {
        broke = found.broke;
        say(`${found.what}: stopping.`);
        stop.stop({ reason: found.reason, grace });
      }
      screen?.show(event.second + 1, () => progress.line());
    }
  } finally {
    screen?.clear();
    release();
  }
}

/** A reason to end a run before its time, in words. */
interface EarlyEnd {
  readonly reason: EndReason & ('nothing-succeeded' | 'threshold-failed' | 'broke');
  readonly what: string;
  readonly broke?: BrokeAt;
}

/** A server that died under a step of the climb broke there, and every limit on its errors with it. */
function deadEnd(dead: boolean, at: ReturnType<StepWatch['stepAt']>, header: RecordHeader): EarlyEnd | null {
  if (!dead) return null;
  const what = `Nothing succeeded for ${patienceSeconds} s`;
  if (at === null) return { reason: 'nothing-succeeded', what };
  const limits = loadLimits(header).filter((limit) => limit.metric.kind === 'error_rate' && !isOccasional(limit));
  return {
    reason: 'broke',
    what: `${what} at step ${at.step}, with ${counted(at.users, 'user')}`,
    broke: { step: at.step, limits: limits.map(({ text }) => text) },
  };
}

function stepEnd({ step, users, limits, reason }: BrokenStep): EarlyEnd {
  const texts = limits.map(({ text }) => text);
  return {
    reason: 'broke',
    what: `${texts[0] ?? ''} broke at step ${step}, with ${counted(users, 'user')} (${reason})`,
    broke: { step, limits: texts },
  };
}

/** A limit that the scenario itself has broken: there is no point in climbing on from there. */
function brokenEnd(judge: RunFold, second: number, abort: boolean): EarlyEnd | null {
  const { profile } = judge.header;
  const climbs = profile.steps !== undefined && second + 1 >= ownPart(profile).seconds;
  if (!abort && !climbs) return null;
  const broken = brokenForGood(judge);
  if (broken === null) return null;
  if (abort) return { reason: 'threshold-failed', what: `${broken.text} is broken (${broken.reason})` };
  return {
    reason: 'broke',
    what: `${broken.text} broke before the first step (${broken.reason})`,
    broke: { step: 0, limits: [broken.text] },
  };
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
