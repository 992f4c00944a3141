import type { Failure } from '../core/failure.ts';
import { createDialect } from '../protocol/create-dialect.ts';
import type { DialectPlan } from '../protocol/dialect-plan.ts';
import type { Step } from '../protocol/step.ts';
import type { WireReply } from '../protocol/wire.ts';
import { Caller, promptly, setUpOnce, takeLeave } from './preflight.ts';
import type { World } from './world.ts';

export interface Recognition {
  /** The first of the candidates that the server speaks; null: none of them. */
  readonly plan: DialectPlan | null;
  /** Why nothing could be learned: the network, or a server that lets nobody in without a key. */
  readonly refused: Failure | null;
  readonly requests: number;
}

type Verdict = 'fits' | 'no' | Failure;

/**
 * Finds out which of the candidates a server speaks, by one cheap request each (a handshake where there are sessions), which
 * costs it no answer to a question: a body that no question can have, which a server refuses only where it takes questions.
 */
export async function recognise(
  candidates: readonly DialectPlan[],
  world: Pick<World, 'clock' | 'transport'>,
): Promise<Recognition> {
  let requests = 0;
  let refused: Failure | null = null;
  for (const plan of candidates) {
    const connection = world.transport.open(0);
    const caller = new Caller(connection, world);
    const verdict = await probe(plan, caller);
    connection.close();
    requests += caller.requests;
    if (verdict === 'fits') return { plan, refused: null, requests };
    if (verdict === 'no') continue;
    refused ??= verdict;
    // No other request would be answered either.
    if (verdict.status === 0) break;
  }
  return { plan: null, refused, requests };
}

const probe = (plan: DialectPlan, caller: Caller): Promise<Verdict> =>
  plan.name === 'guide' || plan.name === 'docs' || plan.name === 'upstream' || plan.name === 'rest'
    ? probePath(plan, caller)
    : probeProtocol(plan, caller);

const firstQuestion: Step = { row: 'initial', userId: 'sqload', context: '', answersLeft: 0 };

/** Whether the server looks at what is posted to the path of first questions. */
async function probePath(plan: DialectPlan, caller: Caller): Promise<Verdict> {
  const request = createDialect(plan).session().build(firstQuestion);
  const reply = await caller.send({ ...request, body: request.body === null ? null : '0' }, promptly);
  return asFailure(reply) ?? (takesQuestions(reply) ? 'fits' : 'no');
}

/** It complains about the body, or it answers in JSON. */
const takesQuestions = (reply: WireReply): boolean =>
  reply.kind === 'answered' &&
  (reply.status === 400 || reply.status === 422 || reply.status === 500 || reply.status === 200) &&
  /\bjson\b/i.test(reply.contentType);

/** Whether a handshake succeeds, or a ping where there are no sessions. */
async function probeProtocol(plan: DialectPlan, caller: Caller): Promise<Verdict> {
  const session = createDialect({ ...plan, health: { kind: 'ping' } } as DialectPlan).session();
  const sessions = session.next() !== null;
  const misfit = await setUpOnce(session, caller);
  if (misfit !== null) return decisive(misfit.failed) ? misfit.failed : 'no';
  if (sessions) {
    await takeLeave(session, caller);
    return 'fits';
  }
  const parsed = session.parse({ row: 'health' }, await caller.send(session.build({ row: 'health' }), promptly));
  if (parsed.ok) return 'fits';
  return decisive(parsed) ? parsed : 'no';
}

/** What would be the same for any other request. */
const decisive = ({ status, kind }: Failure): boolean =>
  status === 401 || status === 403 || (status === 0 && kind !== 'timeout' && kind !== 'protocol-error');

function asFailure(reply: WireReply): Failure | null {
  if (reply.kind === 'broken') {
    const failed: Failure = { ok: false, kind: reply.error, status: 0, detail: reply.detail };
    return decisive(failed) ? failed : null;
  }
  const { status, body } = reply;
  return status === 401 || status === 403 ? { ok: false, kind: 'http-4xx', status, detail: body } : null;
}
