import type { Failure } from '../core/failure.ts';
import type { Session } from '../protocol/dialect.ts';
import type { DialectPlan } from '../protocol/dialect-plan.ts';
import type { Mix } from '../protocol/flow.ts';
import { McpSession, type ToolList } from '../protocol/mcp-dialect.ts';
import type { Step } from '../protocol/step.ts';
import { type Caller, promptly } from './caller.ts';

/**
 * Asks an MCP server that did not answer a question whether it has the tool at all. @returns the names of the tools that it has, when
 * that of the question is not among them; null: it is, or nobody knows.
 */
export async function toolsInstead(
  plan: DialectPlan,
  { row }: Step,
  failed: Failure,
  session: Session,
  caller: Caller,
): Promise<readonly string[] | null> {
  if (!(session instanceof McpSession) || !('tools' in plan) || row === 'health') return null;
  if (!blamesCall(failed) || session.next() !== null) return null;
  const { names } = (await toolsOf(session, caller)) ?? {};
  return names === undefined || names.includes(plan.tools[row]) ? null : names;
}

/**
 * A tool that only the load would call, and an MCP server does not have: the first question was answered, but all later ones would fail.
 * null: there is none, or the server does not tell all of its tools.
 */
export async function toolLacking(
  plan: DialectPlan,
  mix: Mix,
  session: Session,
  caller: Caller,
): Promise<{ readonly name: string; readonly names: readonly string[] } | null> {
  if (!(session instanceof McpSession) || !('tools' in plan) || session.next() !== null) return null;
  const { tools } = plan;
  const later = (['follow-up', 'automatic'] as const).filter((row) => mix[row] > 0 && tools[row] !== tools.initial);
  if (later.length === 0) return null;
  const list = await toolsOf(session, caller);
  const row = later.find((each) => list?.whole && !list.names.includes(tools[each]));
  return list === null || row === undefined ? null : { name: tools[row], names: list.names };
}

/** The tools of the server, once the session stands; null when it does not say. */
export const toolsOf = async (session: McpSession, caller: Caller): Promise<ToolList | null> =>
  session.toolsIn(await caller.send(session.listTools(), promptly));

/** Servers tell an unknown tool by any of these. */
const blamesCall = ({ kind, status }: Failure): boolean =>
  kind === 'rpc-error' ||
  kind === 'tool-error' ||
  kind === 'missing-field' ||
  (kind === 'http-4xx' && (status === 400 || status === 404 || status === 422));
