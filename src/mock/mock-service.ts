import type { Clock } from '../core/clock.ts';
import { type Random, seededRandom } from '../core/random.ts';
import { type Millis, millis, plus } from '../core/units.ts';
import { Capacity } from './capacity.ts';
import { drawFault, type FaultKind, faultKinds } from './fault.ts';
import { type HttpReply, jsonReply, textReply } from './http-reply.ts';
import { drawLatency } from './latency-law.ts';
import type { MockSettings } from './mock-options.ts';
import { type MockRequest, type QuestionRequest, readQuestionRequest } from './question-request.ts';
import { QuestionServer } from './question-server.ts';

/** What is to happen on the wire. */
export type MockAnswer =
  | { readonly kind: 'reply'; readonly reply: HttpReply }
  /** Half of the body, then the connection is closed. */
  | { readonly kind: 'truncated'; readonly reply: HttpReply }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' };

export type MockRow = Exclude<QuestionRequest['kind'], 'refused'> | 'refused';

/** What the reference server has done so far: the truth that a report can be held against. */
export interface MockStats {
  /** Requests received, those of the preflight aside; `refused` are those that no handler took (status 401 to 422). */
  readonly requests: Readonly<Record<MockRow, number>>;
  readonly preflight: number;
  /** How many requests each fault has hit. */
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** Requests that are being worked on, and that wait for a place. */
  readonly busy: number;
  readonly queued: number;
  /** Conversations that are remembered. */
  readonly conversations: number;
}

const slowFactor = 10;
/** Health checks and refusals take this share of a question's time. */
const lightShare = 0.1;

type Plan = Pick<MockSettings, 'latency' | 'capacity' | 'faults' | 'apiKey' | 'seed'>;

/** The reference server without its network: the question flow behind a latency law, a capacity and planted faults. */
export class MockService {
  readonly #plan: Plan;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #server = new QuestionServer();
  readonly #capacity: Capacity;
  readonly #closing = new AbortController();
  readonly #requests: Record<MockRow, number> = { health: 0, initial: 0, 'follow-up': 0, refused: 0 };
  readonly #faults = Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  #preflight = 0;
  #received = 0;
  #loadBegan: Millis | null;

  /** `loadBegan` sets the fault clock; null leaves it to the first request that is not of the preflight. */
  constructor(plan: Plan, clock: Clock, loadBegan: Millis | null = null) {
    this.#plan = plan;
    this.#clock = clock;
    this.#random = seededRandom(plan.seed);
    this.#capacity = new Capacity(plan.capacity);
    this.#loadBegan = loadBegan;
  }

  /**
   * Answers when the answer is due. `gone` tells whether the client has given up: asked when its turn in the queue comes.
   * All chance comes from `random`, which is by default a stream of its own for each request in order of arrival.
   */
  async answer(
    request: MockRequest,
    gone: () => boolean,
    random: Random = this.#random.fork(this.#received),
  ): Promise<MockAnswer> {
    const question = readQuestionRequest(request, this.#plan.apiKey);
    const fault = this.#arrive(request, question, random);
    if (fault === 'hang') return { kind: 'hang' };
    if (fault === '429') return { kind: 'reply', reply: tooMany };
    if (!(await this.#capacity.enter(gone))) return { kind: 'hang' };
    const time = this.#serviceTime(question, random) * (fault === 'slow' ? slowFactor : 1);
    await this.#clock.until(plus(this.#clock.now(), millis(time)), this.#closing.signal);
    this.#capacity.leave();
    return this.#settle(question, fault, random);
  }

  stats(): MockStats {
    return {
      requests: { ...this.#requests },
      preflight: this.#preflight,
      faults: { ...this.#faults },
      busy: this.#capacity.busy,
      queued: this.#capacity.queued,
      conversations: this.#server.conversations,
    };
  }

  /** Lets nothing wait any longer. */
  close(): void {
    this.#capacity.close();
    this.#closing.abort();
  }

  /** Counts the request, and finds the fault that hits it. */
  #arrive(request: MockRequest, question: QuestionRequest, random: Random): FaultKind | null {
    this.#received += 1;
    if (request.preflight) {
      this.#preflight += 1;
      return null;
    }
    this.#requests[question.kind] += 1;
    const now = this.#clock.now();
    this.#loadBegan ??= now;
    const { faults } = this.#plan;
    if (faults.length === 0) return null;
    const able = question.kind === 'health' ? faults.filter(({ kind }) => kind !== 'missing-ids') : faults;
    const fault = drawFault(able, millis(now - this.#loadBegan), random.fork('fault'));
    if (fault !== null) this.#faults[fault] += 1;
    return fault;
  }

  #serviceTime(question: QuestionRequest, random: Random): number {
    const light = question.kind === 'health' || question.kind === 'refused';
    return drawLatency(this.#plan.latency, random.fork('latency')) * (light ? lightShare : 1);
  }

  #settle(question: QuestionRequest, fault: Exclude<FaultKind, 'hang' | '429'> | null, random: Random): MockAnswer {
    if (fault === 'reset') return { kind: 'reset' };
    if (fault === '500') return { kind: 'reply', reply: internalError };
    if (fault === 'not-json') return { kind: 'reply', reply: proxyPage };
    const reply = this.#server.reply(question, random.fork('question'), this.#clock.now());
    if (fault === 'missing-ids') return { kind: 'reply', reply: withoutIds(reply) };
    return { kind: fault === 'truncated' ? 'truncated' : 'reply', reply };
  }
}

const tooMany = jsonReply(429, { detail: 'Too Many Requests' }, { 'retry-after': '1' });
const internalError = textReply(500, 'text/plain; charset=utf-8', 'Internal Server Error');
const proxyPage = textReply(
  200,
  'text/html; charset=utf-8',
  '<!doctype html><title>Maintenance</title><p>We will be back soon.</p>\n',
);

function withoutIds(reply: HttpReply): HttpReply {
  const { conversation_id, session_id, ...rest } = JSON.parse(reply.body) as Record<string, unknown>;
  return { ...reply, body: JSON.stringify(rest) };
}
