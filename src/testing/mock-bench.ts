import { millis } from '../core/units.ts';
import type { MockAnswer } from '../mock/exchange.ts';
import { type MockOptions, settleMockOptions } from '../mock/mock-options.ts';
import type { MockRequest } from '../mock/mock-request.ts';
import { MockService } from '../mock/mock-service.ts';
import { takeEvents } from './simulated-stream.ts';
import { VirtualClock } from './virtual-clock.ts';

/** An answer, and how long it took. */
export interface Benched {
  readonly answer: MockAnswer;
  readonly from: number;
  readonly to: number;
}

/** The reference server in virtual time, asked by hand: 100 ms for a question unless the options say otherwise. */
export class MockBench {
  readonly clock = new VirtualClock();
  readonly service: MockService;

  constructor(options: MockOptions = {}) {
    this.service = new MockService(settleMockOptions({ latency: '100ms', ...options }), this.clock);
  }

  /** Asks, at `at` or now, and does what is to be done after the reply. */
  async ask(request: MockRequest, at = 0): Promise<Benched> {
    await this.clock.until(millis(at));
    const from = this.clock.now();
    const answer = await this.service.answer(request, () => false);
    const to = this.clock.now();
    if (answer.kind === 'reply') await answer.after?.();
    return { answer, from, to };
  }

  run(requests: readonly (readonly [MockRequest, number])[]): Promise<Benched[]> {
    return this.clock.run(Promise.all(requests.map(([request, at]) => this.ask(request, at))));
  }

  /** One request by itself. */
  async once(request: MockRequest): Promise<Benched> {
    return this.clock.run(this.ask(request));
  }

  /** Status, headers and JSON of a whole reply to one request: of a stream of events, the last one. */
  async reply(request: MockRequest): Promise<Replied> {
    const { answer, from, to } = await this.once(request);
    if (answer.kind !== 'reply') throw new Error(`no reply but ${answer.kind}`);
    const { status, headers, body } = answer.reply;
    const text = headers['content-type'] === 'text/event-stream' ? (takeEvents(body).events.at(-1)?.data ?? '') : body;
    return { status, headers, text: body, json: asJson(text), time: to - from };
  }
}

export interface Replied {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly time: number;
  /** Undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it and fail where it is not what they expect.
  readonly json: any;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A POST of JSON to a path. */
export const posted = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): MockRequest => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const got = (path: string, headers: Readonly<Record<string, string>> = {}): MockRequest => ({
  method: 'GET',
  path,
  headers,
  body: '',
});
