import type { Clock } from '../core/clock.ts';
import { bug } from '../core/errors.ts';
import type { FailureKind } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';
import type { Connection } from '../engine/world.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import type { Stage } from './classify-error.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { Exchange } from './exchange.ts';
import type { SharedWires } from './shared-wires.ts';
import type { Wire } from './wire.ts';

/** What the transport does for the connections it has given out. */
export interface Keeper {
  readonly clock: Clock;
  /** The connection needs no `end()` any more. */
  readonly forget: (connection: UserConnection) => void;
  /** Ends a connection that carries nothing, as soon as there is time for it. */
  readonly leave: (connection: UserConnection) => void;
}

/** What one user sends through: a wire of its own, or those that all users share. It sees to the deadline. */
export class UserConnection implements Connection {
  readonly #keeper: Keeper;
  readonly #own: Wire | null;
  readonly #wires: Wire | SharedWires;
  readonly #timer: DeadlineTimer;
  #exchange: Exchange | null = null;
  #settle: (reply: WireReply) => void = nobody;
  #closed = false;

  constructor(keeper: Keeper, wires: { readonly own: Wire } | { readonly shared: SharedWires }) {
    this.#keeper = keeper;
    this.#own = 'own' in wires ? wires.own : null;
    this.#wires = 'own' in wires ? wires.own : wires.shared;
    this.#timer = new DeadlineTimer(keeper.clock, () => this.#pending?.deadline ?? null, this.#expire);
  }

  send(request: WireRequest, deadline: Millis): Promise<WireReply> {
    if (this.#pending) throw bug('A connection was given a second request while it carried one.');
    const reply = new Promise<WireReply>(this.#hold);
    const now = this.#keeper.clock.now();
    const exchange = new Exchange(request, now, deadline, this.#done);
    if (this.#closed) {
      exchange.break(now, 'unfinished', 'the run was over before the request could be sent');
      return reply;
    }
    this.#exchange = exchange;
    this.#timer.watch(deadline, now);
    this.#wires.carry(exchange);
    return reply;
  }

  streamEnded(): boolean {
    return false;
  }

  close(): void {
    this.#closed = true;
    if (this.#pending) void this.end();
    else this.#keeper.leave(this);
  }

  /** Ends what is in flight as `unfinished`; resolves when what only this user used is gone. */
  async end(): Promise<void> {
    this.#closed = true;
    this.#keeper.forget(this);
    this.#timer.stop();
    const exchange = this.#pending;
    if (exchange) this.#giveUp(exchange, 'unfinished', `the run ended while ${doing[exchange.stage]}`);
    await this.#own?.discard();
  }

  /** Keeps a promise's settling at hand, without a closure for each request. */
  readonly #hold = (settle: (reply: WireReply) => void): void => {
    this.#settle = settle;
  };

  /** Lets go of the exchange, which a user who thinks would otherwise hold until the next one. */
  readonly #done = (reply: WireReply): void => {
    const settle = this.#settle;
    this.#exchange = null;
    this.#settle = nobody;
    settle(reply);
  };

  get #pending(): Exchange | null {
    return this.#exchange?.pending ? this.#exchange : null;
  }

  readonly #expire = (): void => {
    const exchange = this.#pending;
    if (!exchange) return;
    const limit = Math.round(exchange.deadline - exchange.handed);
    this.#giveUp(exchange, 'timeout', `no complete answer within ${limit} ms: given up while ${doing[exchange.stage]}`);
  };

  #giveUp(exchange: Exchange, kind: FailureKind, detail: string): void {
    const wire = this.#wires.find(exchange);
    if (wire) wire.giveUp(kind, detail);
    else exchange.break(this.#keeper.clock.now(), kind, detail);
  }
}

const nobody = (): void => {};

const doing: Readonly<Record<Stage, string>> = {
  queued: 'waiting for a free connection',
  connecting: 'connecting',
  waiting: 'waiting for the first byte',
  reading: 'reading the body',
};
