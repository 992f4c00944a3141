import type { Clock } from '../core/clock.ts';
import type { FailureKind } from '../core/failure.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { type Millis, millis, plus } from '../core/units.ts';
import type { Connection, Transport } from '../engine/world.ts';
import type { Exchange, MockAnswer } from '../mock/exchange.ts';
import { preflightHeader } from '../mock/fault.ts';
import type { HttpReply } from '../mock/http-reply.ts';
import { type MockOptions, settleMockOptions } from '../mock/mock-options.ts';
import { MockService, type MockStats } from '../mock/mock-service.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import { type Received, SimulatedExchange } from './simulated-exchange.ts';
import { SimulatedStream, takeEvents } from './simulated-stream.ts';
import { asMockRequest, plain } from './simulated-wire.ts';

export type { Received } from './simulated-exchange.ts';

/** A planted answer, `after` the request was sent. */
export type Planted = { readonly after: Millis } & (
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly contentType?: string }
  | { readonly kind: 'broken'; readonly error: FailureKind; readonly detail: string }
);

/** Decides what step `step` (from 0) of `user` gets; null leaves it to the server. */
export type Plant = (user: number, step: number, request: WireRequest) => Planted | null;

export interface SimulatedServerOptions
  extends Pick<MockOptions, 'dialect' | 'replies' | 'sessions' | 'latency' | 'capacity' | 'faults' | 'apiKey'> {
  readonly clock: Clock;
  readonly seed?: string;
  /** Time to open a connection; 0 by default. Each user opens one, and a new one after the server has closed it. */
  readonly connectTime?: Millis;
  /** A connection that was unused for longer has to be opened again; by default none. */
  readonly idleClose?: Millis;
  readonly plant?: Plant;
  /** Keeps nothing in `received`, which grows with each request: for runs of hours. */
  readonly forgetful?: boolean;
  /** A factor on the time that work takes, by when it begins; 1 by default. */
  readonly pace?: (elapsed: Millis) => number;
}

/** A transport with the reference server at its other end, in virtual time, whose truth is known. */
export interface SimulatedServer extends Transport {
  /** Every request that arrived, those of the preflight aside, in order of arrival. */
  readonly received: readonly Received[];
  /** How many of them match. */
  count(where: Partial<Pick<Received, 'user' | 'row' | 'end'>>): number;
  stats(): MockStats;
}

/**
 * A simulated server. The load begins at 0 of the clock. Without a capacity a reply depends on the seed, the user and the
 * step only, whatever other users do, so that a run and its slices can be compared.
 */
export function simulatedServer(options: SimulatedServerOptions): SimulatedServer {
  const { clock, plant = () => null, connectTime = millis(0), idleClose = millis(Number.POSITIVE_INFINITY) } = options;
  const settings = settleMockOptions({
    ...(options.dialect === undefined ? {} : { dialect: options.dialect }),
    ...(options.replies === undefined ? {} : { replies: options.replies }),
    ...(options.sessions === undefined ? {} : { sessions: options.sessions }),
    ...(options.latency === undefined ? {} : { latency: options.latency }),
    capacity: options.capacity ?? null,
    faults: options.faults ?? [],
    apiKey: options.apiKey ?? null,
    seed: options.seed ?? 'simulated',
  });
  const shared: Shared = {
    clock,
    plant,
    connectTime,
    idleClose,
    service: new MockService(settings, clock, millis(0), options.pace),
    random: seededRandom(settings.seed),
    received: [],
    steps: new Map(),
    inFlight: new Set(),
    forgetful: options.forgetful ?? false,
    closed: false,
  };
  return {
    open: (user) => new SimulatedConnection(shared, user),
    async close() {
      shared.closed = true;
      shared.service.close();
      for (const exchange of [...shared.inFlight]) exchange.break('unfinished', 'the run was over');
    },
    received: shared.received,
    count: (where) => shared.received.filter((request) => matches(request, where)).length,
    stats: () => shared.service.stats(),
  };
}

const matches = (request: Received, where: Partial<Pick<Received, 'user' | 'row' | 'end'>>): boolean =>
  (where.user === undefined || request.user === where.user) &&
  (where.row === undefined || request.row === where.row) &&
  (where.end === undefined || request.end === where.end);

interface Shared {
  readonly clock: Clock;
  readonly plant: Plant;
  readonly connectTime: Millis;
  readonly idleClose: Millis;
  readonly service: MockService;
  readonly random: Random;
  readonly received: Received[];
  /** Next step of each user; survives its connections. */
  readonly steps: Map<number, number>;
  readonly inFlight: Set<SimulatedExchange>;
  readonly forgetful: boolean;
  closed: boolean;
}

class SimulatedConnection implements Connection {
  readonly #shared: Shared;
  readonly #user: number;
  /** When it was last used; null while it is not open. */
  #usedAt: Millis | null = null;
  #exchange: SimulatedExchange | null = null;
  /** The stream of events that the user holds, and how the server hears that it has left. */
  #held: { readonly stream: SimulatedStream; readonly leave: () => void } | null = null;
  #streamEnded = false;
  /** The one deadline timer that is set; a timer for each request would double the events of a run. */
  #armed: Millis | null = null;

  constructor(shared: Shared, user: number) {
    this.#shared = shared;
    this.#user = user;
  }

  send(request: WireRequest, deadline: Millis): Promise<WireReply> {
    if (this.#exchange) throw new Error(`user ${this.#user} sent a request before the last one had ended`);
    const { clock, inFlight, closed } = this.#shared;
    return new Promise((resolve) => {
      const exchange = new SimulatedExchange(clock, request, deadline, (reply) => {
        inFlight.delete(exchange);
        this.#exchange = null;
        this.#usedAt = reply.kind === 'answered' ? reply.ended : null;
        resolve(reply);
      });
      this.#exchange = exchange;
      inFlight.add(exchange);
      if (closed) {
        exchange.break('unfinished', 'the run was over before the request could be sent');
        return;
      }
      void this.#watch(deadline);
      this.#carry(exchange).catch((error: unknown) => exchange.break('generator-error', String(error)));
    });
  }

  streamEnded(): boolean {
    const ended = this.#streamEnded;
    this.#streamEnded = false;
    return ended;
  }

  close(): void {
    this.#exchange?.break('unfinished', 'the user was gone');
    this.#usedAt = null;
    this.#letStreamGo();
  }

  async #carry(exchange: SimulatedExchange): Promise<void> {
    const { clock, connectTime, idleClose } = this.#shared;
    const handed = clock.now();
    if (this.#usedAt === null || handed - this.#usedAt > idleClose) {
      await clock.until(plus(handed, connectTime));
      if (exchange.over) return;
      exchange.connected(connectTime);
    }
    exchange.sent = clock.now();
    const { request } = exchange;
    const preflight = request.headers.includes(preflightHeader);
    const step = preflight ? -1 : this.#nextStep();
    const seen = asMockRequest(request);
    const understood = this.#shared.service.understand(seen);
    if (!preflight) this.#note(exchange, step, understood);
    const planted = preflight ? null : this.#shared.plant(this.#user, step, request);
    if (planted) {
      await clock.until(plus(exchange.sent, planted.after));
      if (planted.kind === 'broken') exchange.break(planted.error, planted.detail);
      else exchange.answer({ session: '', contentType: 'application/json', isEvent: false, ...planted });
      return;
    }
    const random = this.#shared.random.fork(this.#user).fork(step);
    this.#deliver(await this.#shared.service.answer(seen, () => exchange.over, random, understood), exchange);
  }

  /** Faults as the HTTP transport reports them. */
  #deliver(answer: MockAnswer, exchange: SimulatedExchange): void {
    switch (answer.kind) {
      case 'reply':
        this.#reply(answer.reply, exchange);
        void answer.after?.();
        return;
      case 'stream':
        this.#hold(answer, exchange);
        return;
      case 'truncated':
        exchange.break('reset', 'the connection was closed in the middle of the answer', answer.reply.body.length >> 1);
        return;
      case 'reset':
        exchange.break('reset', 'the connection was closed before the answer began');
        return;
      case 'hang':
        return;
    }
  }

  /** The whole reply, the event of it that is the answer, or one that will come on the stream that the user holds. */
  #reply(reply: HttpReply, exchange: SimulatedExchange): void {
    const { events } = exchange.request;
    const taken = reply.status >= 200 && reply.status < 300;
    if (events?.on === 'held-stream' && taken && this.#held !== null) {
      this.#held.stream.listen({
        isAnswer: (event) => events.isAnswer(event),
        heard: (data) => exchange.answer({ ...plain(reply), body: data, isEvent: true }),
        lost: () => exchange.break('reset', 'the stream of events ended before the answer'),
      });
      return;
    }
    const isStream = reply.headers['content-type']?.startsWith('text/event-stream') === true;
    if (events?.on !== 'reply' || !isStream) exchange.answer(plain(reply));
    else {
      const found = takeEvents(reply.body).events.find((event) => events.isAnswer(event));
      exchange.answer({ ...plain(reply), body: found?.data ?? '', isEvent: found !== undefined });
    }
  }

  #hold({ reply, stream }: Extract<MockAnswer, { readonly kind: 'stream' }>, exchange: SimulatedExchange): void {
    this.#letStreamGo();
    const held = {
      stream: new SimulatedStream(() => {
        if (this.#held !== held) return;
        this.#held = null;
        this.#streamEnded = true;
      }),
      leave: () => stream.close(),
    };
    this.#held = held;
    held.stream.listen({
      isAnswer: (event) => exchange.request.events?.isAnswer(event) ?? true,
      heard: (data) => exchange.answer({ ...plain(reply), body: data, isEvent: true }),
      lost: () => exchange.answer({ ...plain(reply), body: '' }),
    });
    stream.attach(held.stream);
    held.stream.write(reply.body);
  }

  #letStreamGo(): void {
    this.#held?.leave();
    this.#held = null;
  }

  #nextStep(): number {
    const { steps } = this.#shared;
    const step = steps.get(this.#user) ?? 0;
    steps.set(this.#user, step + 1);
    return step;
  }

  #note(exchange: SimulatedExchange, step: number, understood: Exchange): void {
    const row = understood.kind === 'row' ? understood.asked.kind : understood.kind;
    exchange.record = { user: this.#user, step, row, at: exchange.sent, serviceTime: null, end: null };
    if (!this.#shared.forgetful) this.#shared.received.push(exchange.record);
  }

  async #watch(deadline: Millis): Promise<void> {
    const { clock } = this.#shared;
    if (this.#armed !== null && this.#armed <= deadline) return;
    this.#armed = deadline;
    await clock.until(deadline);
    if (this.#armed === deadline) this.#armed = null;
    const exchange = this.#exchange;
    if (!exchange) return;
    if (clock.now() >= exchange.deadline) exchange.break('timeout', 'no complete answer before the deadline');
    else await this.#watch(exchange.deadline);
  }
}
