import { success } from '../core/failure.ts';
import { earlier, type Millis, millis, plus } from '../core/units.ts';
import { type Dialect, rowIds } from '../protocol/dialect.ts';
import { Flow } from '../protocol/flow.ts';
import type { Step } from '../protocol/step.ts';
import type { UserLife } from '../workload/closed-schedule.ts';
import type { Ledger } from './ledger.ts';
import type { RunPlan } from './run-plan.ts';
import type { Connection, World } from './world.ts';

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
  const scene = { plan, dialect, world, ledger, flow, connection };
  ledger.userStarted(life.start);
  let due = life.start;
  let step: Step | null = stay === 'all-along' ? null : flow.open();
  while (due < life.stop && !stop.stopped) {
    const ended = await playStep(scene, step ?? flow.next(), due);
    step = stay === 'all-along' ? null : flow.goOn();
    if (stay === 'one-conversation' && step === null) break;
    due = plus(ended, drawThink(plan, think.next()));
    await clock.until(earlier(due, life.stop), stop.signal);
  }
  connection.close();
  ledger.userEnded(clock.now());
}

interface Scene {
  readonly plan: RunPlan;
  readonly dialect: Dialect;
  readonly world: World;
  readonly ledger: Ledger;
  readonly flow: Flow;
  readonly connection: Connection;
}

/**
 * One exchange, counted; resolves with its end. A function of its own, so that a user who thinks holds nothing of the last
 * one: with ten thousand of them, request and reply would be most of what the garbage collector has to move about.
 */
async function playStep(scene: Scene, step: Step, due: Millis): Promise<Millis> {
  const { plan, dialect, world, ledger, flow, connection } = scene;
  const request = dialect.build(step);
  const handed = world.clock.now();
  ledger.requestStarted(handed);
  const reply = await connection.send(request, plus(handed, plan.timeout));
  const parsed = dialect.parse(step, reply);
  flow.settle(step, parsed);
  ledger.requestEnded(
    {
      row: rowIds.indexOf(step.row),
      due,
      handed,
      sent: reply.sent,
      firstByte: reply.firstByte,
      ended: reply.ended,
      outcome: parsed.ok ? success : parsed,
      bytesSent: reply.bytesSent,
      bytesReceived: reply.bytesReceived,
    },
    reply,
  );
  return reply.ended;
}

function drawThink({ think }: RunPlan, uniform: number): Millis {
  return millis(think.min + (think.max - think.min) * uniform);
}
