import { type Failure, failure } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';
import { createDialect } from '../protocol/create-dialect.ts';
import type { DialectPlan, McpDialectPlan } from '../protocol/dialect-plan.ts';
import { mcpDialect } from '../protocol/mcp-dialect.ts';
import { refusal } from '../protocol/question-answer.ts';
import type { Step } from '../protocol/step.ts';
import type { WireReply } from '../protocol/wire.ts';
import { Caller, promptly } from './caller.ts';
import { setUpOnce, takeLeave } from './preflight.ts';
import { toolsOf } from './tools-there.ts';
import type { World } from './world.ts';

export interface Recognition {
  /** The first of the candidates that the server speaks; null: none of them. */
  readonly plan: DialectPlan | null;
  /** An MCP server that has not the tools of the candidate, which it speaks otherwise; null: there is none, or a candidate fits. */
  readonly tools: OtherTools | null;
  /** Why nothing could be learned: the network, or a server that lets nobody in without a key. */
  readonly refused: Failure | null;
  /** How the first request failed, when the server answered nothing it was asked, or with faults of its own only; else null. */
  readonly broken: Failure | null;
  readonly requests: number;
}

export interface OtherTools {
  /** The first candidate of this kind: transport, path and revision are those of the server. */
  readonly plan: McpDialectPlan;
  /** Of the tools that there are; empty where the server names none. */
  readonly names: readonly string[];
}

type Verdict =
  | { readonly kind: 'fits' }
  /** `failed`: it did not even answer as a server that knows no such path. */
  | { readonly kind: 'foreign'; readonly failed: Failure | null }
  | { readonly kind: 'other-tools'; readonly tools: OtherTools }
  | { readonly kind: 'refused'; readonly failed: Failure };

/** A server that takes requests and answers none is not asked in every dialect: each would have to be waited for. */
const mostSilences = 3;

/**
 * Finds out which of the candidates a server speaks, which costs it no answer to a question: by a body that no question can have, which a
 * server refuses only where it takes questions; or by a handshake and the list of its tools. Of several revisions of MCP the first that fits
 * is taken. Each request has 5 s, and `timeout` at most.
 */
export async function recognise(
  candidates: readonly DialectPlan[],
  world: Pick<World, 'clock' | 'transport'>,
  timeout: Millis,
): Promise<Recognition> {
  let requests = 0;
  let silences = 0;
  let refused: Failure | null = null;
  let tools: OtherTools | null = null;
  const faults: Failure[] = [];
  let asked = 0;
  const barred = new Set<string>();
  for (const plan of candidates) {
    if (isMcp(plan) && barred.has(plan.path)) continue;
    const connection = world.transport.open(0);
    const caller = new Caller(connection, world, timeout);
    const verdict = await (isMcp(plan) ? probeMcp(plan, caller) : probePath(plan, caller));
    connection.close();
    requests += caller.requests;
    asked += 1;
    if (verdict.kind === 'fits') return { plan, tools: null, refused: null, broken: null, requests };
    if (verdict.kind === 'other-tools') tools ??= verdict.tools;
    if (verdict.kind === 'foreign' && verdict.failed !== null) {
      faults.push(verdict.failed);
      if (verdict.failed.kind === 'timeout' && ++silences === mostSilences) break;
    }
    if (verdict.kind !== 'refused') continue;
    refused ??= verdict.failed;
    // No other request would be answered either.
    if (verdict.failed.status === 0) break;
    // Who lets nobody in says nothing of its era: an older one would be a guess.
    if (isMcp(plan)) barred.add(plan.path);
  }
  const [first = null] = faults;
  return { plan: null, tools, refused, broken: faults.length === asked ? first : null, requests };
}

const isMcp = (plan: DialectPlan): plan is McpDialectPlan =>
  plan.name === 'mcp' || plan.name === 'mcp-sse' || plan.name === 'mcp-tool';

const firstQuestion: Step = { row: 'initial', userId: 'sqload', context: '', answersLeft: 0 };
const health: Step = { row: 'health' };

/** Whether the server looks at what is posted to the path of first questions. */
async function probePath(plan: DialectPlan, caller: Caller): Promise<Verdict> {
  const request = createDialect(plan).session().build(firstQuestion);
  const reply = await caller.send({ ...request, body: request.body === null ? null : '0' }, promptly);
  const failed = asFailure(reply);
  if (failed !== null) return { kind: 'refused', failed };
  if (takesQuestions(reply)) return { kind: 'fits' };
  if (reply.kind === 'broken') return { kind: 'foreign', failed: failure(reply.error, reply.detail) };
  return { kind: 'foreign', failed: isFault(reply.status) ? refusal(reply.status, reply.body) : null };
}

/** It complains about the body, or it answers in JSON. */
const takesQuestions = (reply: WireReply): boolean =>
  reply.kind === 'answered' &&
  (reply.status === 400 || reply.status === 422 || reply.status === 500 || reply.status === 200) &&
  /\bjson\b/i.test(reply.contentType);

/** Whether a handshake succeeds, or `server/discover` where there are no sessions; and whether the tools are there. */
async function probeMcp(plan: McpDialectPlan, caller: Caller): Promise<Verdict> {
  const session = mcpDialect({ ...plan, health: { kind: 'ping' } }).session();
  const handshake = session.next() !== null;
  const misfit = await setUpOnce(session, caller);
  if (misfit !== null) return verdictOn(misfit.failed);
  if (!handshake) {
    const parsed = session.parse(health, await caller.send(session.build(health), promptly));
    if (!parsed.ok) return verdictOn(parsed);
  }
  const names = (await toolsOf(session, caller))?.names ?? [];
  await takeLeave(session, caller);
  const { initial, 'follow-up': followUp } = plan.tools;
  if (names.includes(initial) && names.includes(followUp)) return { kind: 'fits' };
  return { kind: 'other-tools', tools: { plan, names } };
}

const verdictOn = (failed: Failure): Verdict =>
  isDecisive(failed)
    ? { kind: 'refused', failed }
    : { kind: 'foreign', failed: failed.status === 0 || isFault(failed.status) ? failed : null };

/** A server that says of itself that it failed; 501 is what one says that takes no such requests. */
const isFault = (status: number): boolean => status >= 500 && status !== 501;

/** What would be the same for any other request. */
const isDecisive = ({ status, kind }: Failure): boolean =>
  status === 401 || status === 403 || (status === 0 && kind !== 'timeout' && kind !== 'protocol-error');

function asFailure(reply: WireReply): Failure | null {
  if (reply.kind === 'broken') {
    const failed: Failure = { ok: false, kind: reply.error, status: 0, detail: reply.detail };
    return isDecisive(failed) ? failed : null;
  }
  const { status, body } = reply;
  return status === 401 || status === 403 ? refusal(status, body) : null;
}
