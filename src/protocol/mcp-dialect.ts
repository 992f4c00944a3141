import { failure } from '../core/failure.ts';
import type { Dialect, Parsed, Session, SessionRow, SessionStep, SettledStep } from './dialect.ts';
import { isStateless, type McpDialectPlan } from './dialect-plan.ts';
import { type McpChannel, refused } from './mcp-channel.ts';
import { mcpSessions, streamableRows } from './mcp-session.ts';
import { mcpStateless } from './mcp-stateless.ts';
import { mcpStreams, streamRows } from './mcp-stream.ts';
import { automaticRow, questionRows } from './path-dialect.ts';
import { isObject, noQuestion } from './question-answer.ts';
import type { Step } from './step.ts';
import { type ToolContract, toolContract } from './tool-contract.ts';
import type { WireReply, WireRequest } from './wire.ts';

export interface McpDialect extends Dialect {
  session(): McpSession;
}

/**
 * Tools of an MCP server: each question is a call of one, over the transport and in the revision of the plan.
 * @throws RangeError for a placeholder or a JSON pointer of the plan that is none.
 */
export function mcpDialect(plan: McpDialectPlan): McpDialect {
  const contract = toolContract(plan);
  const { sessionRows, channel } = transportOf(plan);
  const { health, basePath } = plan;
  const check: WireRequest | null =
    health.kind === 'ping'
      ? null
      : { method: 'GET', path: basePath + health.path, headers: ['accept', '*/*', ...plan.headers], body: null };
  const rows = [...questionRows, automaticRow].map((row) =>
    row.id === 'health' && check === null ? { ...row, method: 'POST' as const } : row,
  );
  return { rows, sessionRows, session: () => new McpSession(channel(), contract, check) };
}

/** Tools of a server by name; `whole`: these are all of them. */
export interface ToolList {
  readonly names: readonly string[];
  readonly whole: boolean;
}

function transportOf(plan: McpDialectPlan): { sessionRows: readonly SessionRow[]; channel: () => McpChannel } {
  if (plan.transport === 'http+sse') return { sessionRows: streamRows, channel: mcpStreams(plan) };
  if (isStateless(plan.version)) return { sessionRows: [], channel: mcpStateless(plan) };
  return { sessionRows: streamableRows, channel: mcpSessions(plan) };
}

/** A user's side of the conversation with an MCP server. */
export class McpSession implements Session {
  readonly #channel: McpChannel;
  readonly #contract: ToolContract;
  /** null: health is asked by the protocol. */
  readonly #check: WireRequest | null;

  constructor(channel: McpChannel, contract: ToolContract, check: WireRequest | null) {
    this.#channel = channel;
    this.#contract = contract;
    this.#check = check;
  }

  next(): SessionStep | null {
    return this.#channel.setUp.next();
  }

  wasLost(): boolean {
    return this.#channel.setUp.wasLost();
  }

  settle(reply: WireReply): SettledStep {
    return this.#channel.setUp.settle(reply);
  }

  build(step: Step): WireRequest {
    if (step.row !== 'health') return this.#channel.ask(step.row, this.#contract.arguments(step));
    return this.#check ?? this.#channel.ask('ping');
  }

  parse(step: Step, reply: WireReply): Parsed {
    if (step.row === 'health' && this.#check !== null) return checked(reply);
    const result = this.#channel.answer(reply);
    if (!result.ok) return result;
    return step.row === 'health' ? noQuestion : this.#contract.read(step.row, result.json);
  }

  streamEnded(): void {
    this.#channel.streamEnded();
  }

  end(): SessionStep | null {
    return this.#channel.end();
  }

  ended(reply: WireReply): SettledStep {
    return this.#channel.ended(reply);
  }

  /** Asks which tools there are; once the session stands. */
  listTools(): WireRequest {
    return this.#channel.ask('tools');
  }

  /** The first page of the list; null when the server did not say. Never throws. */
  toolsIn(reply: WireReply): ToolList | null {
    const result = this.#channel.answer(reply);
    if (!result.ok || !isObject(result.json) || !Array.isArray(result.json['tools'])) return null;
    const names = result.json['tools'].flatMap((tool: unknown) =>
      isObject(tool) && typeof tool['name'] === 'string' ? [tool['name']] : [],
    );
    return { names, whole: result.json['nextCursor'] === undefined };
  }
}

/** Whether a plain GET found the server well: what it says beside status 200 is its own affair. */
function checked(reply: WireReply): Parsed {
  if (reply.kind === 'broken') return failure(reply.error, reply.detail);
  return reply.status === 200 ? noQuestion : refused(reply.status, reply.body);
}
