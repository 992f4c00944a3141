import { success } from '../core/failure.ts';
import type { Session, SessionStep, SettledStep } from './dialect.ts';
import type { WireReply, WireRequest } from './wire.ts';

/** One request on the way to a session, and what its reply must be. */
export interface Stage {
  /** Index into the dialect's `sessionRows`. */
  readonly row: number;
  request(): WireRequest;
  /** Never throws. */
  settle(reply: WireReply): SettledStep;
}

/** Leads through the stages of a set-up, from the first again after a failure or a loss. Without any the session always stands. */
export class SetUp implements Pick<Session, 'next' | 'settle' | 'wasLost'> {
  readonly #stages: readonly Stage[];
  #at = 0;
  #step: SessionStep | null = null;
  #lost = false;

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
  }

  next(): SessionStep | null {
    const stage = this.#stages[this.#at];
    if (stage === undefined) return null;
    this.#step ??= { row: stage.row, request: stage.request() };
    return this.#step;
  }

  settle(reply: WireReply): SettledStep {
    const stage = this.#stages[this.#at];
    if (stage === undefined) return success;
    const outcome = stage.settle(reply);
    this.#step = null;
    this.#at = outcome.ok ? this.#at + 1 : 0;
    if (this.#at === this.#stages.length) this.#lost = false;
    return outcome.ok ? success : outcome;
  }

  wasLost(): boolean {
    return this.#lost;
  }

  /** The session is gone, or what there was of it. */
  lose(): void {
    if (this.#at === this.#stages.length && this.#at > 0) this.#lost = true;
    this.#at = 0;
    this.#step = null;
  }
}
