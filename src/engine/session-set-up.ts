import type { Outcome } from '../core/failure.ts';
import type { Random } from '../core/random.ts';
import { earlier, type Millis, millis, plus, seconds } from '../core/units.ts';
import type { Session, SessionStep, SettledStep } from '../protocol/dialect.ts';
import type { WireReply } from '../protocol/wire.ts';
import type { UserLife } from '../workload/closed-schedule.ts';
import type { Ledger } from './ledger.ts';
import type { RunPlan } from './run-plan.ts';
import type { Connection, World } from './world.ts';

export interface SetUpScene {
  readonly life: UserLife;
  readonly plan: RunPlan;
  readonly world: World;
  readonly ledger: Ledger;
  readonly connection: Connection;
  readonly session: Session;
  /** Spreads the next attempts of users whose set-up failed at the same moment. */
  readonly backOff: Random;
}

/** A failed set-up is tried again after about a second, then two, four and so on, up to this. */
const longestPause = seconds(30);
/** Taking leave is a courtesy: the run does not wait longer for it. */
const leaveTimeout = seconds(5);

/**
 * Sets the session up, trying again with growing pauses, until it stands or the user has to go. Row 0 of the table of sessions
 * gets each attempt as a whole. @returns whether it stands.
 */
export async function setUp(scene: SetUpScene, first: SessionStep): Promise<boolean> {
  const { world, life, session, ledger } = scene;
  const { clock, stop } = world;
  if (scene.session.wasLost()) ledger.sessionLost(clock.now());
  let pause = seconds(1);
  for (let step: SessionStep | null = first; !stop.stopped && clock.now() < life.stop; step = session.next()) {
    if (step === null) return true;
    const begun = clock.now();
    if ((await attempt(scene, step, begun)).ok) return true;
    const wait = millis(pause * (0.5 + scene.backOff.next() / 2));
    await clock.until(earlier(plus(clock.now(), wait), life.stop), stop.signal);
    pause = earlier(millis(pause * 2), longestPause);
  }
  return false;
}

/** Says goodbye, where the dialect does. */
export async function takeLeave({ session, connection, ledger, plan, world }: SetUpScene): Promise<void> {
  const step = session.end();
  if (step === null) return;
  const handed = world.clock.now();
  const reply = await connection.send(step.request, plus(handed, earlier(plan.timeout, leaveTimeout)));
  note(ledger, step.row, handed, reply, session.ended(reply));
}

/** One whole set-up, from its first request to the end of the last. */
async function attempt(scene: SetUpScene, first: SessionStep, begun: Millis): Promise<SettledStep> {
  const { world, plan, connection, session, ledger } = scene;
  let outcome: SettledStep = { ok: true };
  let bytesSent = 0;
  let bytesReceived = 0;
  let last = begun;
  let sent: Millis | null = null;
  for (let step: SessionStep | null = first; step !== null && outcome.ok; step = outcome.ok ? session.next() : null) {
    const handed = world.clock.now();
    const reply = await connection.send(step.request, plus(handed, plan.timeout));
    outcome = session.settle(reply);
    note(ledger, step.row, handed, reply, outcome);
    sent ??= reply.sent;
    bytesSent += reply.bytesSent;
    bytesReceived += reply.bytesReceived;
    last = reply.ended;
  }
  const [none, handed] = [millis(Number.NaN), begun];
  ledger.sessionEnded({
    row: 0,
    due: begun,
    handed,
    sent: sent ?? begun,
    firstByte: none,
    firstEvent: none,
    ended: last,
    outcome,
    bytesSent,
    bytesReceived,
  });
  return outcome;
}

function note(ledger: Ledger, row: number, handed: Millis, reply: WireReply, outcome: Outcome): void {
  const { sent, firstByte, firstEvent, ended, bytesSent, bytesReceived } = reply;
  const sample = { row, due: handed, handed, sent, firstByte, firstEvent, ended, outcome, bytesSent, bytesReceived };
  ledger.sessionStepEnded(sample, reply);
}
