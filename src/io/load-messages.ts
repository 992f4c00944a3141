import { type ExitCode, exitCodes, SqloadError } from '../core/errors.ts';
import { seededRandom } from '../core/random.ts';
import { createRedactor } from '../core/redactor.ts';
import { type Millis, millis } from '../core/units.ts';
import type { RunPlan } from '../engine/run-plan.ts';
import { runSlice } from '../engine/run-slice.ts';
import { RunStop, type StopReason } from '../engine/stop.ts';
import type { Transport, Vitals } from '../engine/world.ts';
import type { RunEvent } from '../record/run-event.ts';
import type { Slice } from '../workload/slice.ts';
import type { TransportOptions } from './connection-policy.ts';
import { type HttpTransportOptions, httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

/** What one load thread is to play: plain data, so that it crosses the border between threads. */
export interface ThreadOrder {
  readonly plan: RunPlan;
  readonly slice: Slice;
  readonly seed: string;
  readonly transport: TransportOptions;
}

/** What a thread may use in place of the real thing. */
export interface ThreadWorld {
  readonly connect?: (options: HttpTransportOptions) => Transport;
  /** Who measures how the thread fares; by default nobody. */
  readonly vitals?: Vitals;
}

/** The main thread says when time 0 is, and perhaps that the run ends before its time. */
type Command =
  | { readonly kind: 'start' /** A time of `monotonic()`. */; readonly at: Millis }
  | ({ readonly kind: 'stop' } & StopReason);

/** The load thread tells `ready` once, `events` about once a second, and last of all `over` or what failed. */
type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'events'; readonly events: readonly RunEvent[] }
  | { readonly kind: 'over' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly hint: string;
      readonly exitCode: ExitCode;
      readonly stack: string;
    };

/** The part that a MessagePort and a Worker have in common. */
export interface LoadPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** The thread's side: waits for the start, plays its slice, and tells what happens. Resolves when all is told. */
export async function serveLoad(port: LoadPort, order: ThreadOrder, world: ThreadWorld = {}): Promise<void> {
  const tell = (report: Report): void => port.postMessage(report);
  const stop = new RunStop();
  const start = new Promise<Millis>((resolve) => {
    port.on('message', (message) => {
      const command = message as Command;
      if (command.kind === 'start') resolve(command.at);
      else stop.stop({ reason: command.reason, grace: command.grace });
    });
  });
  tell({ kind: 'ready' });
  try {
    await play(order, world, await start, stop, (events) => tell({ kind: 'events', events }));
    tell({ kind: 'over' });
  } catch (error) {
    tell(failure(error, order.plan.secrets));
  }
}

async function play(
  { plan, slice, seed, transport: options }: ThreadOrder,
  { connect = httpTransport, vitals }: ThreadWorld,
  start: Millis,
  stop: RunStop,
  tell: (events: readonly RunEvent[]) => void,
): Promise<void> {
  const clock = realClock(start);
  const transport = connect({ ...options, clock });
  try {
    await clock.until(millis(0));
    // Failures travel with the second in which they became known.
    let untold: RunEvent[] = [];
    for await (const event of runSlice(plan, slice, {
      clock,
      random: seededRandom(seed),
      transport,
      stop,
      vitals: vitals ?? null,
    })) {
      untold.push(event);
      if (event.kind === 'example' || event.kind === 'failures') continue;
      tell(untold);
      untold = [];
    }
  } finally {
    await transport.close();
  }
}

/** An error loses its class between threads, and nobody knows what an unexpected one quotes. */
function failure(error: unknown, secrets: readonly string[]): Report {
  const redact = createRedactor(secrets);
  const known = error instanceof SqloadError ? error : null;
  return {
    kind: 'failed',
    message: redact(error instanceof Error && !known ? `${error.name}: ${error.message}` : messageOf(error)),
    hint: known?.hint ?? 'This is a bug in sqload: please report it with the command that caused it.',
    exitCode: known?.exitCode ?? exitCodes.bug,
    stack: redact((error instanceof Error ? error.stack : undefined) ?? ''),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The main thread's side of a load thread behind a port. */
export class RemoteLoad {
  readonly #port: LoadPort;
  readonly #told: RunEvent[] = [];
  #state: 'loading' | 'ready' | 'over' = 'loading';
  #failure: SqloadError | null = null;
  #wake: () => void = () => {};
  #news: Promise<void>;

  constructor(port: LoadPort) {
    this.#port = port;
    this.#news = new Promise((resolve) => {
      this.#wake = resolve;
    });
    port.on('message', (message) => this.#hear(message as Report));
  }

  /** Resolves when the thread waits for its start. @throws SqloadError what kept it from there. */
  async ready(): Promise<void> {
    while (this.#state === 'loading') await this.#news;
    if (this.#failure) throw this.#failure;
  }

  /** Why the thread is gone or cannot go on, if it told all that it will tell without having come to an end. */
  get failure(): SqloadError | null {
    return this.#failure;
  }

  /** Time 0 of the run, as a time of `monotonic()`. */
  start(at: Millis): void {
    this.#port.postMessage({ kind: 'start', at } satisfies Command);
  }

  /** Ends the run before its time. */
  stop(reason: StopReason): void {
    this.#port.postMessage({ kind: 'stop', ...reason } satisfies Command);
  }

  /** The other side is gone: what it has told still counts, and nothing comes after it. The first reason stands. */
  fail(error: SqloadError): void {
    if (this.#state === 'over') return;
    this.#failure = error;
    this.#change('over');
  }

  /** What the thread tells, to its end, or to where it failed. */
  async *events(): AsyncGenerator<RunEvent, void, undefined> {
    for (;;) {
      for (let event = this.#told.shift(); event; event = this.#told.shift()) yield event;
      if (this.#state === 'over') return;
      await this.#news;
    }
  }

  #hear(report: Report): void {
    switch (report.kind) {
      case 'ready':
        this.#change('ready');
        return;
      case 'events':
        this.#told.push(...report.events);
        this.#change(this.#state);
        return;
      case 'over':
        this.#change('over');
        return;
      case 'failed': {
        const { message, hint, exitCode, stack } = report;
        const error = new SqloadError(message, { exitCode, hint });
        if (stack !== '') error.stack = stack;
        this.fail(error);
        return;
      }
    }
  }

  #change(state: 'loading' | 'ready' | 'over'): void {
    this.#state = state;
    const wake = this.#wake;
    this.#news = new Promise((resolve) => {
      this.#wake = resolve;
    });
    wake();
  }
}
