import type { Clock } from '../core/clock.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { type Millis, millis, plus } from '../core/units.ts';
import { Capacity } from './capacity.ts';
import type { Exchange, MockAnswer, StreamCarrier } from './exchange.ts';
import { drawFault, type FaultKind, faultKinds, preflightHeader } from './fault.ts';
import { canHit } from './fault-reach.ts';
import { jsonReply, proxyPage, textReply } from './http-reply.ts';
import { drawLatency } from './latency-law.ts';
import type { MockSettings } from './mock-options.ts';
import type { MockRequest } from './mock-request.ts';
import { MockRoutes, type RouteSettings } from './mock-routes.ts';
import { type AskedKind, QuestionServer } from './question-server.ts';
import { UpstreamMetrics } from './upstream-metrics.ts';

/** What was asked for; `refused`: nothing that the server knows. */
export type MockRow = AskedKind | 'refused';

/** What the reference server has done so far: the truth that a report can be held against. */
export interface MockStats {
  /**
   * Requests received, those of the preflight aside; `refused` are those that no handler took (status 400 to 422, and errors of
   * JSON-RPC).
   */
  readonly requests: Readonly<Record<MockRow, number>>;
  /** Requests outside of those rows: set-up and end of sessions, lists of tools, metrics. */
  readonly setUp: number;
  /** Requests that tried the server before a run. */
  readonly preflight: number;
  /** How many requests each fault has hit. */
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** Requests that are being worked on. */
  readonly busy: number;
  /** Requests that wait for a place. */
  readonly queued: number;
  /** Conversations that are remembered. */
  readonly conversations: number;
  /** Sessions of MCP that are remembered, and streams that are open. */
  readonly sessions: number;
}

const slowFactor = 10;
/** What the upstream waits between its three attempts. */
const attemptPauses = 1500;
/** Whatever is no question takes this share of a question's time. */
const lightShare = 0.1;

type Plan = RouteSettings & Pick<MockSettings, 'latency' | 'capacity' | 'faults' | 'seed'>;
type Row = Extract<Exchange, { kind: 'row' }>;

/** The reference server without its network: the question flow behind a latency law, a capacity and planted faults. */
export class MockService {
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #server = new QuestionServer();
  readonly #metrics: UpstreamMetrics;
  readonly #routes: MockRoutes;
  readonly #capacity: Capacity;
  readonly #closing = new AbortController();
  readonly #requests: Record<MockRow, number> = { health: 0, initial: 0, 'follow-up': 0, automatic: 0, refused: 0 };
  readonly #faults = Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  #setUp = 0;
  #preflight = 0;
  readonly #pace: (now: Millis) => number;
  #received = 0;
  #loadBegan: Millis | null;

  /**
   * `loadBegan` sets the fault clock; null leaves it to the first request that is not of the preflight. `pace` is a factor on the
   * time that work takes which begins now.
   */
  constructor(plan: Plan, clock: Clock, loadBegan: Millis | null = null, pace: (now: Millis) => number = () => 1) {
    this.#plan = plan;
    this.#clock = clock;
    this.#pace = pace;
    this.#random = seededRandom(plan.seed);
    this.#capacity = new Capacity(plan.capacity);
    this.#metrics = new UpstreamMetrics(clock.now());
    this.#routes = new MockRoutes(plan, this.#metrics);
    this.#loadBegan = loadBegan;
  }

  /** What a request is, which `answer` would find out by itself. */
  understand(request: MockRequest): Exchange {
    return this.#routes.understand(request, this.#clock.now());
  }

  /**
   * Answers when the answer is due. `gone` tells whether the client has given up: asked when its turn in the queue comes.
   * All chance comes from `random`, which is by default a stream of its own for each request in order of arrival.
   */
  async answer(
    request: MockRequest,
    gone: () => boolean,
    random: Random = this.#random.fork(this.#received),
    exchange: Exchange = this.understand(request),
  ): Promise<MockAnswer> {
    const fault = this.#arrive(request, exchange, random);
    if (exchange.kind === 'row') {
      const { carrier } = exchange;
      if (fault === '429') return { kind: 'reply', reply: tooMany };
      if (fault === 'lost-session' && carrier.lose) return { kind: 'reply', reply: carrier.lose() };
      if (carrier.channel === 'http+sse' && fault !== '500' && fault !== 'reset')
        return this.#accept(exchange, carrier, fault, random);
      if (fault === 'hang') return { kind: 'hang' };
    }
    const time = await this.#work(exchange, fault, gone, random);
    if (time === null) return { kind: 'hang' };
    if (exchange.kind !== 'row') return exchange.answer({ random: random.fork('session'), now: this.#clock.now() });
    return this.#settle(exchange, fault, time, random);
  }

  stats(): MockStats {
    return {
      requests: { ...this.#requests },
      setUp: this.#setUp,
      preflight: this.#preflight,
      faults: { ...this.#faults },
      busy: this.#capacity.busy,
      queued: this.#capacity.queued,
      conversations: this.#server.conversations,
      sessions: this.#routes.sessions,
    };
  }

  /** Lets nothing wait any longer. */
  close(): void {
    this.#capacity.close();
    this.#closing.abort();
  }

  /** Counts the request, and finds the fault that hits it. */
  #arrive({ headers }: MockRequest, exchange: Exchange, random: Random): FaultKind | null {
    this.#received += 1;
    if (headers[preflightHeader] !== undefined) {
      this.#preflight += 1;
      return null;
    }
    if (exchange.kind === 'set-up') this.#setUp += 1;
    else this.#requests[exchange.kind === 'row' ? exchange.asked.kind : exchange.kind] += 1;
    const now = this.#clock.now();
    this.#loadBegan ??= now;
    const { faults } = this.#plan;
    if (faults.length === 0 || exchange.kind !== 'row') return null;
    const able = faults.filter(({ kind }) => canHit(kind, exchange));
    const fault = drawFault(able, millis(now - this.#loadBegan), random.fork('fault'));
    if (fault !== null) this.#faults[fault] += 1;
    return fault;
  }

  /** Takes a place and works; how long, without the time in the queue, or null when the client had gone. */
  async #work(
    exchange: Exchange,
    fault: FaultKind | null,
    gone: () => boolean,
    random: Random,
  ): Promise<Millis | null> {
    if (!(await this.#capacity.enter(gone))) return null;
    const light = exchange.kind !== 'row' || exchange.asked.kind === 'health';
    const share = (light ? lightShare : 1) * this.#pace(this.#clock.now());
    const usual = drawLatency(this.#plan.latency, random.fork('latency')) * share;
    const time = millis(usual * (fault === 'slow' ? slowFactor : 1) + (fault === 'slow-500' ? attemptPauses : 0));
    await this.#clock.until(plus(this.#clock.now(), time), this.#closing.signal);
    this.#capacity.leave();
    return time;
  }

  #settle(row: Row, fault: FaultKind | null, time: Millis, random: Random): MockAnswer {
    const { asked, carrier } = row;
    if (fault === 'reset') return { kind: 'reset' };
    if (fault === '500') {
      this.#measure(row, time, true);
      return { kind: 'reply', reply: internalError };
    }
    if (carrier.channel === 'http+sse') throw new TypeError('the answer belongs on the stream');
    if (fault === 'not-json') return { kind: 'reply', reply: proxyPage };
    const answer = this.#server.answer(asked, random.fork('question'), this.#clock.now());
    this.#measure(row, time, answer.kind === 'refused' || fault === 'slow-500' || fault === 'is-error');
    return { kind: fault === 'truncated' ? 'truncated' : 'reply', reply: carrier.reply(answer, fault) };
  }

  /** Takes the request at once, works on it, and pushes the answer. */
  #accept(row: Row, carrier: StreamCarrier, fault: FaultKind | null, random: Random): MockAnswer {
    const { accepted: reply, stream } = carrier;
    if (fault === 'hang') return { kind: 'reply', reply };
    const after = async (): Promise<void> => {
      const time = await this.#work(row, fault, () => stream.closed, random);
      if (time === null) return;
      const answer = this.#server.answer(row.asked, random.fork('question'), this.#clock.now());
      this.#measure(row, time, answer.kind === 'refused' || fault === 'slow-500' || fault === 'is-error');
      carrier.push(answer, fault);
    };
    return { kind: 'reply', reply, after };
  }

  #measure({ carrier: { endpoint } }: Row, time: Millis, failed: boolean): void {
    if (endpoint !== null) this.#metrics.add(endpoint, time, failed);
  }
}

const tooMany = jsonReply(429, { detail: 'Too Many Requests' }, { 'retry-after': '1' });
const internalError = textReply(500, 'text/plain; charset=utf-8', 'Internal Server Error');
