import type { Clock } from '../core/clock.ts';
import type { FailureKind } from '../core/failure.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { type Millis, millis, plus } from '../core/units.ts';
import type { Connection, Transport } from '../engine/world.ts';
import { preflightHeader } from '../mock/fault.ts';
import { type MockOptions, settleMockOptions } from '../mock/mock-options.ts';
import { type MockAnswer, type MockRow, MockService, type MockStats } from '../mock/mock-service.ts';
import { type MockRequest, readQuestionRequest } from '../mock/question-request.ts';
import type { WireReply, WireRequest, WireTiming } from '../protocol/wire.ts';
import { timingOf } from './wire-reply.ts';

/** A planted answer, `after` the request was sent. */
export type Planted = { readonly after: Millis } & (
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly contentType?: string }
  | { readonly kind: 'broken'; readonly error: FailureKind; readonly detail: string }
);

/** Decides what step `step` (from 0) of `user` gets; null leaves it to the server. */
export type Plant = (user: number, step: number, request: WireRequest) => Planted | null;

export interface SimulatedServerOptions extends Pick<MockOptions, 'latency' | 'capacity' | 'faults' | 'apiKey'> {
  readonly clock: Clock;
  readonly seed?: string;
  /** Time to open a connection; 0 by default. Each user opens one, and a new one after the server has closed it. */
  readonly connectTime?: Millis;
  /** A connection that was unused for longer has to be opened again; by default none. */
  readonly idleClose?: Millis;
  readonly plant?: Plant;
}

/** One request as the server saw it. */
export interface Received {
  readonly user: number;
  /** Counts the requests of the user, from 0. */
  readonly step: number;
  readonly row: MockRow;
  /** When it arrived. */
  readonly at: Millis;
  /** From its arrival to its end on the wire; null while it is in flight. */
  serviceTime: Millis | null;
  /** `answered`, or the kind of failure that the user was told; null while it is in flight. */
  end: 'answered' | FailureKind | null;
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
    apiKey: settings.apiKey,
    service: new MockService(settings, clock, millis(0)),
    random: seededRandom(settings.seed),
    received: [],
    steps: new Map(),
    inFlight: new Set(),
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
  readonly apiKey: string | null;
  readonly service: MockService;
  readonly random: Random;
  readonly received: Received[];
  /** Next step of each user; survives its connections. */
  readonly steps: Map<number, number>;
  readonly inFlight: Set<Exchange>;
  closed: boolean;
}

class SimulatedConnection implements Connection {
  readonly #shared: Shared;
  readonly #user: number;
  /** When it was last used; null while it is not open. */
  #usedAt: Millis | null = null;
  #exchange: Exchange | null = null;
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
      const exchange = new Exchange(clock, request, deadline, (reply) => {
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
    return false;
  }

  close(): void {
    this.#exchange?.break('unfinished', 'the user was gone');
    this.#usedAt = null;
  }

  async #carry(exchange: Exchange): Promise<void> {
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
    const seen = asMockRequest(request, preflight);
    if (!preflight) this.#note(exchange, step, seen);
    const planted = preflight ? null : this.#shared.plant(this.#user, step, request);
    if (planted) {
      await clock.until(plus(exchange.sent, planted.after));
      if (planted.kind === 'broken') exchange.break(planted.error, planted.detail);
      else exchange.answer(planted.status, planted.contentType ?? 'application/json', planted.body);
      return;
    }
    const random = this.#shared.random.fork(this.#user).fork(step);
    deliver(await this.#shared.service.answer(seen, () => exchange.over, random), exchange);
  }

  #nextStep(): number {
    const { steps } = this.#shared;
    const step = steps.get(this.#user) ?? 0;
    steps.set(this.#user, step + 1);
    return step;
  }

  #note(exchange: Exchange, step: number, seen: MockRequest): void {
    const row = readQuestionRequest(seen, this.#shared.apiKey).kind;
    exchange.record = { user: this.#user, step, row, at: exchange.sent, serviceTime: null, end: null };
    this.#shared.received.push(exchange.record);
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

/** One request on its way; ends once. */
class Exchange {
  readonly request: WireRequest;
  readonly deadline: Millis;
  readonly #clock: Clock;
  readonly #settle: (reply: WireReply) => void;
  record: Received | null = null;
  over = false;
  sent: Millis;
  #connect = millis(0);
  #opened = false;

  constructor(clock: Clock, request: WireRequest, deadline: Millis, settle: (reply: WireReply) => void) {
    this.#clock = clock;
    this.request = request;
    this.deadline = deadline;
    this.sent = clock.now();
    this.#settle = settle;
  }

  connected(time: Millis): void {
    this.#opened = true;
    this.#connect = time;
  }

  answer(status: number, contentType: string, body: string): void {
    const now = this.#clock.now();
    this.#end('answered', () => ({
      kind: 'answered',
      status,
      contentType,
      session: '',
      body,
      ...this.#timing(now, Buffer.byteLength(body)),
    }));
  }

  /** `received`: bytes of the body that came before; the first byte was then seen. */
  break(error: FailureKind, detail: string, received = 0): void {
    const firstByte = received > 0 ? this.#clock.now() : millis(Number.NaN);
    this.#end(error, () => ({ kind: 'broken', error, detail, ...this.#timing(firstByte, received) }));
  }

  #end(end: 'answered' | FailureKind, reply: () => WireReply): void {
    if (this.over) return;
    this.over = true;
    if (this.record) {
      this.record.end = end;
      this.record.serviceTime = millis(this.#clock.now() - this.sent);
    }
    this.#settle(reply());
  }

  #timing(firstByte: Millis, bytesReceived: number): WireTiming {
    return timingOf({
      sent: this.sent,
      firstByte,
      ended: this.#clock.now(),
      connect: this.#connect,
      opened: this.#opened,
      bytesSent: Buffer.byteLength(this.request.body ?? ''),
      bytesReceived,
    });
  }
}

/** Faults as the HTTP transport reports them. */
function deliver(answer: MockAnswer, exchange: Exchange): void {
  switch (answer.kind) {
    case 'reply':
      exchange.answer(answer.reply.status, answer.reply.headers['content-type'] ?? '', answer.reply.body);
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

function asMockRequest({ method, path, headers, body }: WireRequest, preflight: boolean): MockRequest {
  const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'authorization');
  const authorization = at < 0 ? '' : (headers[at + 1] ?? '');
  return { method, path, authorization, preflight, body: body ?? '' };
}
