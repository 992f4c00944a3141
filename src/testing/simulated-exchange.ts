import type { Clock } from '../core/clock.ts';
import type { FailureKind } from '../core/failure.ts';
import { type Millis, millis } from '../core/units.ts';
import type { MockRow } from '../mock/mock-service.ts';
import type { WireReply, WireRequest, WireTiming } from '../protocol/wire.ts';
import { timingOf } from './wire-reply.ts';

/** One request as the server saw it. */
export interface Received {
  readonly user: number;
  /** Counts the requests of the user, from 0. */
  readonly step: number;
  readonly row: MockRow | 'set-up';
  /** When it arrived. */
  readonly at: Millis;
  /** From its arrival to its end on the wire; null while it is in flight. */
  serviceTime: Millis | null;
  /** `answered`, or the kind of failure that the user was told; null while it is in flight. */
  end: 'answered' | FailureKind | null;
}

/** An answer as the transport hands it over; `isEvent`: the body is the data of an event. */
export interface Answered {
  readonly status: number;
  readonly contentType: string;
  readonly session: string;
  readonly body: string;
  readonly isEvent: boolean;
}

/** One request on its way; ends once. */
export class SimulatedExchange {
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

  answer({ status, contentType, session, body, isEvent }: Answered): void {
    const now = this.#clock.now();
    const timing = this.#timing(now, Buffer.byteLength(body));
    this.#end('answered', () => ({
      kind: 'answered',
      status,
      contentType,
      session,
      body,
      ...timing,
      firstEvent: isEvent ? now : timing.firstEvent,
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
