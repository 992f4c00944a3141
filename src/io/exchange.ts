import type { FailureKind } from '../core/failure.ts';
import { type Millis, millis } from '../core/units.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import { Answer } from './answer.ts';
import type { AnswerHead } from './answer-head.ts';
import type { Stage } from './classify-error.ts';

/** How much of an answer is kept for parsing; what comes after it is counted and thrown away. */
const keptBodyBytes = 1024 * 1024;

const none = millis(Number.NaN);
const nothing = millis(0);

/** One request on its way: what is known of it so far, and whom to tell of its reply, once. */
export class Exchange {
  readonly request: WireRequest;
  readonly deadline: Millis;
  readonly handed: Millis;
  /** The reply is still to come. */
  pending = true;
  stage: Stage = 'queued';
  sent: Millis;
  firstByte: Millis = none;
  firstEvent: Millis = none;
  connect: Millis = nothing;
  tls: Millis = nothing;
  resumed = false;
  /** A connection was asked for, successfully or not: the request does not travel on a used one. */
  fresh = false;
  opened = false;
  retried = false;
  bytesSent = 0;
  bytesReceived = 0;
  status = 0;
  contentType = '';
  session = '';
  readonly #settle: (reply: WireReply) => void;
  /** Most answers come in one piece. */
  #whole: string | null = null;
  #first: Buffer | null = null;
  #rest: Buffer[] | null = null;

  constructor(request: WireRequest, handed: Millis, deadline: Millis, settle: (reply: WireReply) => void) {
    this.request = request;
    this.deadline = deadline;
    this.handed = handed;
    this.sent = handed;
    this.#settle = settle;
  }

  /** The head of the answer is there. */
  began({ status, contentType, session }: AnswerHead): void {
    this.stage = 'reading';
    this.status = status;
    this.contentType = contentType;
    this.session = session;
  }

  /** Takes the whole answer: its body is the end of these bytes, which stay the caller's. */
  receivedWhole(head: AnswerHead, bytes: Buffer, end: number): void {
    const length = Number(head.framing);
    this.began(head);
    this.bytesReceived = length;
    this.#whole = length === 0 ? '' : bytes.toString('utf8', end - length, end);
  }

  /** Takes a piece of the answer's body; the bytes stay the caller's. */
  received(piece: Buffer): void {
    const before = this.bytesReceived;
    this.bytesReceived = before + piece.length;
    if (before >= keptBodyBytes) return;
    if (this.#first === null) this.#first = Buffer.from(piece);
    else {
      this.#rest ??= [];
      this.#rest.push(Buffer.from(piece));
    }
  }

  /** The answer is complete. */
  answer(ended: Millis): void {
    if (this.bytesReceived > keptBodyBytes && this.status < 300) {
      // A cut body would look like bad JSON, and the blame would be wrong. An error answer counts by its status.
      this.break(ended, 'protocol-error', `the answer is longer than 1 MiB: ${this.bytesReceived} bytes`);
      return;
    }
    this.pending = false;
    this.#settle(new Answer(this, ended, this.#body()));
  }

  /** There will be no answer. */
  break(ended: Millis, error: FailureKind, detail: string): void {
    const { sent, firstByte, firstEvent, connect, tls, resumed, opened, retried, bytesSent, bytesReceived } = this;
    const timing = {
      sent,
      firstByte,
      firstEvent,
      ended,
      freed: ended,
      connect,
      tls,
      resumed,
      opened,
      retried,
      bytesSent,
      bytesReceived,
    };
    this.pending = false;
    this.#settle({ kind: 'broken', error, detail, ...timing });
  }

  #body(): string {
    if (this.#whole !== null) return this.#whole;
    if (this.#first === null) return '';
    const whole = this.#rest === null ? this.#first : Buffer.concat([this.#first, ...this.#rest]);
    return whole.toString('utf8', 0, Math.min(whole.length, keptBodyBytes));
  }
}
