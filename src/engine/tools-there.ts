import type { Failure } from '../core/failure.ts';
import type { Session } from '../protocol/dialect.ts';
import type { DialectPlan } from '../protocol/dialect-plan.ts';
import { McpSession } from '../protocol/mcp-dialect.ts';
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
  const names = await toolsOf(session, caller);
  return names === null || names.includes(plan.tools[row]) ? null : names;
}

/** The names of the tools of the server, once the session stands; null when it does not say. */
export const toolsOf = async (session: McpSession, caller: Caller): Promise<readonly string[] | null> =>
  session.toolsIn(await caller.send(session.listTools(), promptly));

/** Servers tell an unknown tool by any of these. */
const blamesCall = ({ kind, status }: Failure): boolean =>
  kind === 'rpc-error' ||
  kind === 'tool-error' ||
  kind === 'missing-field' ||
  (kind === 'http-4xx' && (status === 400 || status === 404 || status === 422));
