import type { Failure } from '../core/failure.ts';
import type { Step } from './step.ts';
import type { Method, WireReply, WireRequest } from './wire.ts';

/** A line of every table: one kind of request. */
export interface Row {
  readonly id: RowId;
  /** As the guide's Locust script names it. */
  readonly name: string;
  readonly method: Method;
}

/** In the order of the tables; a dialect has the first ones, or all of them. */
export const rowIds = ['health', 'initial', 'follow-up', 'automatic'] as const;
export type RowId = (typeof rowIds)[number];

/** What the flow learns from a success. */
export interface Answer {
  readonly ok: true;
  readonly conversationId: string;
  readonly sessionId: string;
  /** The question that the server asked; empty where it sent none (a health check). */
  readonly question: string;
  /** The server has no further question: the conversation is over. */
  readonly done: boolean;
}

export type Parsed = Answer | Failure;

/** One kind of request that opens or closes a session: a line of the table of sessions. */
export interface SessionRow {
  readonly id: string;
  readonly name: string;
}

/** One request of the set-up or the end of a session. */
export interface SessionStep {
  /** Index into the dialect's `sessionRows`, never 0. */
  readonly row: number;
  readonly request: WireRequest;
}

/**
 * Which requests mean "first question" and "follow-up", and when an answer is one. Pure: no I/O, no clock, no chance.
 */
export interface Dialect {
  readonly rows: readonly Row[];
  /** Row 0 is a whole set-up, the others the requests that it and the end of a session take. Empty: there are no sessions. */
  readonly sessionRows: readonly SessionRow[];
  /** The user's side of the conversation with the server, one for each user. */
  session(): Session;
}

/**
 * What one user keeps of its session with the server. Played as: while `next()` is not null, send it and tell `settle()`;
 * then `build()`, send, `parse()`. A session that was lost, as `parse()` found out, is set up again the same way.
 */
export interface Session {
  /** The next request of the set-up, the same until `settle()`; null when a question can be asked. */
  next(): SessionStep | null;
  /** Whether a session that stood is gone, so that it has to be set up again. */
  wasLost(): boolean;
  /** What came of the step that `next()` gave. After a failure the set-up begins again. Never throws. */
  settle(reply: WireReply): SettledStep;
  build(step: Step): WireRequest;
  /** Never throws, whatever the server wrote. */
  parse(step: Step, reply: WireReply): Parsed;
  /** The user holds a stream of events, and it has ended: the session is lost. */
  streamEnded(): void;
  /** Says goodbye to the server; null where there is nothing to say. */
  end(): SessionStep | null;
  /** Whether the server took its leave in good order. Never throws. */
  ended(reply: WireReply): SettledStep;
}

export type SettledStep = { readonly ok: true } | Failure;

/** A dialect in which each request stands for itself. */
export function sessionless(rows: readonly Row[], session: Pick<Session, 'build' | 'parse'>): Dialect {
  const user: Session = {
    ...session,
    next: () => null,
    wasLost: () => false,
    settle: () => success,
    streamEnded: () => {},
    end: () => null,
    ended: () => success,
  };
  return { rows, sessionRows: [], session: () => user };
}

const success: SettledStep = { ok: true };
