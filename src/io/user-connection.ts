import { bug } from '../core/errors.ts';
import type { FailureKind } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';
import type { Connection } from '../engine/world.ts';
import type { EventAnswer, WireReply, WireRequest } from '../protocol/wire.ts';
import { classifyError, type Stage } from './classify-error.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { Exchange, type ExchangeOwner } from './exchange.ts';
import { HeldStream } from './held-stream.ts';
import type { SharedWires } from './shared-wires.ts';
import type { Wire, WireSettings } from './wire.ts';

/** What the transport does for the connections it has given out. */
export interface Keeper {
  readonly settings: WireSettings;
  /** The connection needs no `end()` any more. */
  readonly forget: (connection: UserConnection) => void;
  /** Ends a connection that carries nothing, as soon as there is time for it. */
  readonly leave: (connection: UserConnection) => void;
}

/**
 * What one user sends through: a wire of its own, or those that all users share; and the stream of events that it holds, if
 * it holds one, whose connection is always its own. It sees to the deadline.
 */
export class UserConnection implements Connection, ExchangeOwner {
  readonly #keeper: Keeper;
  readonly #own: Wire | null;
  readonly #wires: Wire | SharedWires;
  readonly #timer: DeadlineTimer;
  #exchange: Exchange | null = null;
  #settle: (reply: WireReply) => void = nobody;
  #closed = false;
  #stream: HeldStream | null = null;
  #streamLost = false;

  constructor(keeper: Keeper, wires: { readonly own: Wire } | { readonly shared: SharedWires }) {
    this.#keeper = keeper;
    this.#own = 'own' in wires ? wires.own : null;
    this.#wires = 'own' in wires ? wires.own : wires.shared;
    this.#timer = new DeadlineTimer(keeper.settings.clock, () => this.#pending?.deadline ?? null, this.#expire);
  }

  send(request: WireRequest, deadline: Millis): Promise<WireReply> {
    if (this.#pending) throw bug('A connection was given a second request while it carried one.');
    const reply = new Promise<WireReply>(this.#hold);
    const now = this.#keeper.settings.clock.now();
    const exchange = new Exchange(request, now, deadline, this);
    if (this.#closed) {
      exchange.break(now, 'unfinished', 'the run was over before the request could be sent');
      return reply;
    }
    this.#exchange = exchange;
    this.#timer.watch(deadline, now);
    if (request.events === undefined || this.#prepared(exchange, request.events)) this.#wires.carry(exchange);
    return reply;
  }

  /** Lets go of the exchange, which a user who thinks would otherwise hold until the next one. */
  settled(reply: WireReply): void {
    const settle = this.#settle;
    this.#exchange = null;
    this.#settle = nobody;
    if (this.#stream !== null) this.#stream = this.#stream.released();
    settle(reply);
  }

  lingers(deadline: Millis): void {
    this.#timer.watch(deadline, this.#keeper.settings.clock.now());
  }

  streamEnded(): boolean {
    const lost = this.#streamLost;
    this.#streamLost = false;
    return lost;
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
    const stream = this.#stream;
    this.#stream = null;
    await Promise.all([this.#own?.discard(), stream?.discard()]);
  }

  /** Keeps a promise's settling at hand, without a closure for each request. */
  readonly #hold = (settle: (reply: WireReply) => void): void => {
    this.#settle = settle;
  };

  /** Sees to the stream of events on which the answer comes. @returns whether the request is still to be sent on a wire. */
  #prepared(exchange: Exchange, { on }: EventAnswer): boolean {
    if (on === 'reply') return true;
    if (on === 'opened-stream') {
      void this.#stream?.discard();
      this.#streamLost = false;
      this.#stream = new HeldStream(this.#keeper.settings, this.#lost);
      this.#stream.open(exchange);
      return false;
    }
    if (this.#stream !== null) return this.#stream.listen(exchange);
    exchange.break(exchange.handed, 'reset', 'there is no stream of events on which the answer could come');
    return false;
  }

  readonly #lost = (error: unknown): void => {
    this.#stream = null;
    this.#streamLost = true;
    const exchange = this.#pending;
    if (exchange?.request.events?.on !== 'held-stream' || exchange.answered) return;
    const why = error instanceof Error ? error.message : String(error);
    const { kind } = classifyError(error, exchange.stage);
    this.#giveUp(exchange, kind, `the stream of events ended before the answer (${why})`);
  };

  get #pending(): Exchange | null {
    return this.#exchange?.pending ? this.#exchange : null;
  }

  readonly #expire = (): void => {
    const exchange = this.#pending;
    if (!exchange) return;
    if (exchange.answered) {
      this.#letGo(exchange);
      return;
    }
    const limit = Math.round(exchange.deadline - exchange.handed);
    this.#giveUp(exchange, 'timeout', `no complete answer within ${limit} ms: given up while ${doing[exchange.stage]}`);
  };

  #letGo(exchange: Exchange): void {
    const wire = this.#wires.find(exchange);
    if (wire) wire.letGo();
    else exchange.answer(this.#keeper.settings.clock.now());
  }

  #giveUp(exchange: Exchange, kind: FailureKind, detail: string): void {
    const wire = this.#wires.find(exchange);
    if (wire) wire.giveUp(kind, detail);
    else exchange.break(this.#keeper.settings.clock.now(), kind, detail);
  }
}

const nobody = (): void => {};

const doing: Readonly<Record<Stage, string>> = {
  queued: 'waiting for a free connection',
  connecting: 'connecting',
  waiting: 'waiting for the first byte',
  reading: 'reading the body',
  listening: 'waiting for the event that is the answer',
};
