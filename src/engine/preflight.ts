import { type Failure, failure } from '../core/failure.ts';
import { type Millis, seconds } from '../core/units.ts';
import { createDialect } from '../protocol/create-dialect.ts';
import type { Session, SettledStep } from '../protocol/dialect.ts';
import { Flow } from '../protocol/flow.ts';
import type { Step } from '../protocol/step.ts';
import type { WireRequest } from '../protocol/wire.ts';
import { Caller, promptly } from './caller.ts';
import type { RunPlan } from './run-plan.ts';
import { toolLacking, toolsInstead } from './tools-there.ts';
import type { World } from './world.ts';

/** A question may take a language model's time; but nobody waits for longer than this to hear that nothing answers. */
const longestQuestion = seconds(60);

/** What the server does not do as the dialect says. */
export interface Misfit {
  /** What was asked of it when it failed; `tools`: everything was answered, but it has not a tool that the load would call. */
  readonly asked: 'session' | 'health' | 'question' | 'tools';
  readonly request: Pick<WireRequest, 'method' | 'path'>;
  readonly failed: Failure;
  /** The tools that an MCP server has, when one that is called is not among them; else null. */
  readonly tools: readonly string[] | null;
  /** How long it was given. */
  readonly limit: Millis;
}

export interface Trial {
  /** How many requests were sent. */
  readonly requests: number;
  /** null: the server answers as the dialect says. */
  readonly misfit: Misfit | null;
}

/**
 * Sets a session up where the dialect has sessions, then asks for health (5 s each), then for a first question (60 s), each within the
 * run's timeout at most; a row that the mix leaves out is skipped. An MCP server is asked whether it has the tools of the later ones.
 */
export async function preflight(plan: RunPlan, world: Pick<World, 'clock' | 'random' | 'transport'>): Promise<Trial> {
  const session = createDialect(plan.dialect).session();
  const connection = world.transport.open(0);
  const caller = new Caller(connection, world, plan.timeout);
  const misfit =
    (await setUpOnce(session, caller)) ??
    (await askEach(preflightSteps(plan, world), plan, session, caller)) ??
    (await lookForTools(plan, session, caller));
  await takeLeave(session, caller);
  connection.close();
  return { requests: caller.requests, misfit };
}

/** Sets a session up, in one attempt. @returns what did not fit; null when it stands. */
export async function setUpOnce(session: Session, caller: Caller): Promise<Misfit | null> {
  for (let step = session.next(); step !== null; step = session.next()) {
    const outcome: SettledStep = session.settle(await caller.send(step.request, promptly));
    if (!outcome.ok)
      return { asked: 'session', request: step.request, failed: outcome, tools: null, limit: caller.within(promptly) };
  }
  return null;
}

/** Says goodbye, whatever the server makes of it. */
export async function takeLeave(session: Session, caller: Caller): Promise<void> {
  const step = session.end();
  if (step !== null) session.ended(await caller.send(step.request, promptly));
}

async function askEach(
  steps: readonly Step[],
  plan: RunPlan,
  session: Session,
  caller: Caller,
): Promise<Misfit | null> {
  for (const step of steps) {
    const request = session.build(step);
    const asked = step.row === 'health' ? 'health' : 'question';
    const limit = caller.within(asked === 'health' ? promptly : longestQuestion);
    const parsed = session.parse(step, await caller.send(request, limit));
    if (parsed.ok) continue;
    const tools = await toolsInstead(plan.dialect, step, parsed, session, caller);
    return { asked, request, failed: parsed, tools, limit };
  }
  return null;
}

/** What the first question does not show. */
async function lookForTools({ dialect, flow }: RunPlan, session: Session, caller: Caller): Promise<Misfit | null> {
  const lacking = await toolLacking(dialect, flow.mix, session, caller);
  if (lacking === null || !('path' in dialect)) return null;
  const request = { method: 'POST', path: dialect.basePath + dialect.path } as const;
  const failed = failure('tool-error', lacking.name, 200);
  return { asked: 'tools', request, failed, tools: lacking.names, limit: caller.within(promptly) };
}

function preflightSteps(plan: RunPlan, world: Pick<World, 'random'>): Step[] {
  const { mix } = plan.flow;
  const steps: Step[] = mix.health > 0 ? [{ row: 'health' }] : [];
  const row = mix.initial + mix['follow-up'] > 0 ? 'initial' : mix.automatic > 0 ? 'automatic' : null;
  if (row !== null) {
    const questions = { ...plan.flow, mix: { health: 0, initial: 0, 'follow-up': 0, automatic: 0, [row]: 1 } };
    steps.push(new Flow(questions, world.random.fork('preflight')).next());
  }
  return steps;
}
