import { success } from '../core/failure.ts';
import { earlier, later, type Millis, millis, plus } from '../core/units.ts';
import { type Dialect, rowIds } from '../protocol/dialect.ts';
import { Flow } from '../protocol/flow.ts';
import type { Step } from '../protocol/step.ts';
import type { WireTiming } from '../protocol/wire.ts';
import type { UserLife } from '../workload/closed-schedule.ts';
import type { Ledger } from './ledger.ts';
import type { RunPlan } from './run-plan.ts';
import { type SetUpScene, setUp, takeLeave } from './session-set-up.ts';
import type { World } from './world.ts';

/** Whether a user holds conversation after conversation while it is there (closed load), or comes for one and leaves (open load). */
export type Stay = 'all-along' | 'one-conversation';

/**
 * Plays one virtual user from its start to its stop: a step at once, then think time and a step, over and over.
 * A request that is in flight at the stop is waited for; no step begins after it.
 */
export async function playUser(
  life: UserLife,
  stay: Stay,
  plan: RunPlan,
  dialect: Dialect,
  world: World,
  ledger: Ledger,
): Promise<void> {
  const { clock, stop } = world;
  const random = world.random.fork(life.user);
  const flow = new Flow(plan.flow, random);
  const think = random.fork('think');
  const connection = world.transport.open(life.user);
  const session = dialect.session();
  const scene = { plan, world, ledger, flow, connection, session, backOff: random.fork('back-off'), life };
  ledger.userStarted(life.start);
  let due = life.start;
  let step: Step | null = stay === 'all-along' ? null : flow.open();
  while (due < life.stop && !stop.stopped) {
    if (connection.streamEnded()) session.streamEnded();
    const missing = session.next();
    if (missing !== null) {
      if (!(await setUp(scene, missing))) break;
      // Nobody can ask before the session stands: what it took is told apart.
      due = later(due, clock.now());
    }
    const { ended, freed } = await playStep(scene, step ?? flow.next(), due);
    step = stay === 'all-along' ? null : flow.goOn();
    if (stay === 'one-conversation' && step === null) break;
    due = later(plus(ended, drawThink(plan, think.next())), freed);
    await clock.until(earlier(due, life.stop), stop.signal);
  }
  ledger.userEnded(clock.now());
  await takeLeave(scene);
  connection.close();
}

interface Scene extends SetUpScene {
  readonly flow: Flow;
}

/**
 * One exchange, counted; resolves with its end, and when the user is free again. A function of its own, so that a user who thinks holds nothing of the last
 * one: with ten thousand of them, request and reply would be most of what the garbage collector has to move about.
 */
async function playStep(scene: Scene, step: Step, due: Millis): Promise<Pick<WireTiming, 'ended' | 'freed'>> {
  const { plan, world, ledger, flow, connection, session } = scene;
  const request = session.build(step);
  const handed = world.clock.now();
  ledger.requestStarted(handed);
  const reply = await connection.send(request, plus(handed, plan.timeout));
  const parsed = session.parse(step, reply);
  flow.settle(step, parsed);
  ledger.requestEnded(
    {
      row: rowIds.indexOf(step.row),
      due,
      handed,
      sent: reply.sent,
      firstByte: reply.firstByte,
      firstEvent: reply.firstEvent,
      ended: reply.ended,
      outcome: parsed.ok ? success : parsed,
      bytesSent: reply.bytesSent,
      bytesReceived: reply.bytesReceived,
    },
    reply,
  );
  return { ended: reply.ended, freed: reply.freed };
}

function drawThink({ think }: RunPlan, uniform: number): Millis {
  return millis(think.min + (think.max - think.min) * uniform);
}
