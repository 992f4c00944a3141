import type { Failure } from '../core/failure.ts';
import type { Step } from './step.ts';
import type { WireReply, WireRequest } from './wire.ts';

/** A line of every table: one kind of request. */
export interface Row {
  readonly id: RowId;
  /** As the guide's Locust script names it. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
}

export const rowIds = ['health', 'initial', 'follow-up'] as const;
export type RowId = (typeof rowIds)[number];

/** What the flow learns from a success. */
export interface Answer {
  readonly ok: true;
  readonly conversationId: string;
  readonly sessionId: string;
  /** The question that the server asked; empty where it sent none (a health check). */
  readonly question: string;
}

export type Parsed = Answer | Failure;

/** Which requests mean "first question" and "follow-up", and when an answer is one. Pure: no I/O, no state. */
export interface Dialect {
  readonly rows: readonly Row[];
  build(step: Step): WireRequest;
  /** Never throws, whatever the server wrote. */
  parse(step: Step, reply: WireReply): Parsed;
}
