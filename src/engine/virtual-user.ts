import { success } from '../core/failure.ts';
import { earlier, type Millis, millis, plus } from '../core/units.ts';
import { type Dialect, rowIds } from '../protocol/dialect.ts';
import { Flow } from '../protocol/flow.ts';
import type { Step } from '../protocol/step.ts';
import type { UserLife } from '../workload/closed-schedule.ts';
import type { Ledger } from './ledger.ts';
import type { RunPlan } from './run-plan.ts';
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
  ledger.userStarted(life.start);
  let due = life.start;
  let step: Step | null = stay === 'all-along' ? flow.next() : flow.open();
  while (step && due < life.stop && !stop.stopped) {
    const request = dialect.build(step);
    const handed = clock.now();
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
    step = stay === 'all-along' ? flow.next() : flow.goOn();
    if (!step) break;
    due = plus(reply.ended, drawThink(plan, think.next()));
    await clock.until(earlier(due, life.stop), stop.signal);
  }
  connection.close();
  ledger.userEnded(clock.now());
}

function drawThink({ think }: RunPlan, uniform: number): Millis {
  return millis(think.min + (think.max - think.min) * uniform);
}
