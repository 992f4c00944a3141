import type { FailureKind } from '../core/failure.ts';
import { type Millis, millis, plus } from '../core/units.ts';
import type { ServerEvent, WireReply, WireRequest } from '../protocol/wire.ts';
import { Answer } from './answer.ts';
import type { AnswerHead } from './answer-head.ts';
import type { Stage } from './classify-error.ts';
import { EventStream, isEventStream } from './event-stream.ts';
import type { Opening } from './link.ts';

/** How much of an answer is kept for parsing; what comes after it is counted and thrown away. */
const keptBodyBytes = 1024 * 1024;
/** How long an exchange whose answer has come waits for what goes with it, before it frees its user all the same. */
const longestLinger = millis(250);

const none = millis(Number.NaN);
const nothing = millis(0);

/** Whom an exchange tells how it goes. */
export interface ExchangeOwner {
  /** Called once. */
  settled(reply: WireReply): void;
  /** Its answer is there, but not yet the end of what goes with it. From here on `deadline` is when it is let go. */
  lingers(deadline: Millis): void;
}

/** One request on its way: what is known of it so far, and whom to tell of its reply, once. */
export class Exchange {
  readonly request: WireRequest;
  readonly handed: Millis;
  deadline: Millis;
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
  readonly #owner: ExchangeOwner;
  /** Most answers come in one piece. */
  #whole: string | null = null;
  #first: Buffer | null = null;
  #rest: Buffer[] | null = null;
  /** The body of the reply, where it is a stream of events that holds the answer. */
  #events: EventStream | null = null;
  /** Data of the event that is the answer, and when it came. */
  #found: string | null = null;
  #foundAt: Millis = none;
  #lingers = false;
  /** The reply is over, and said that the answer comes on the held stream. */
  #taken = false;

  constructor(request: WireRequest, handed: Millis, deadline: Millis, owner: ExchangeOwner) {
    this.request = request;
    this.deadline = deadline;
    this.handed = handed;
    this.sent = handed;
    this.#owner = owner;
  }

  /** The event that is the answer is there: nothing can make a failure of it any more. */
  get answered(): boolean {
    return this.#found !== null;
  }

  /** An event of the reply has no end that anyone would wait for. */
  get tooLong(): boolean {
    return this.#events?.tooLong === true;
  }

  /** A connection was opened for it. */
  connected({ connect, tls, resumed }: Opening): void {
    this.opened = true;
    this.connect = connect;
    this.tls = tls;
    this.resumed = resumed;
  }

  /** The first byte of a reply is there, be it an interim one. */
  begins(at: Millis): void {
    // An event on the held stream may have come before.
    if (Number.isNaN(this.firstEvent)) this.firstByte = at;
  }

  /** The head of the reply is there. */
  began(head: AnswerHead): void {
    const on = this.request.events?.on ?? 'held-stream';
    this.status = head.status;
    this.contentType = head.contentType;
    this.session = head.session;
    this.stage = on !== 'held-stream' && isEventStream(head) ? 'listening' : 'reading';
    // A stream that stays open is read by who holds it.
    if (on === 'reply' && this.stage === 'listening') this.#events = new EventStream();
  }

  /** Takes the whole reply: its body is the end of these bytes, which stay the caller's. */
  receivedWhole(head: AnswerHead, bytes: Buffer, end: number, at: Millis): void {
    const length = Number(head.framing);
    this.began(head);
    this.bytesReceived = length;
    if (this.#events !== null) this.#listen(this.#events, bytes.subarray(end - length, end), at);
    else this.#whole = length === 0 ? '' : bytes.toString('utf8', end - length, end);
  }

  /** Takes a piece of the reply's body; the bytes stay the caller's. */
  received(piece: Buffer, at: Millis): void {
    const before = this.bytesReceived;
    this.bytesReceived = before + piece.length;
    if (this.#events !== null) {
      if (this.#found === null) this.#listen(this.#events, piece, at);
    } else if (before >= keptBodyBytes) return;
    else if (this.#first === null) this.#first = Buffer.from(piece);
    else {
      this.#rest ??= [];
      this.#rest.push(Buffer.from(piece));
    }
  }

  /** An event came where the answer is to come. Events without data are no answers: MCP servers begin with one. */
  hear(event: ServerEvent, at: Millis): void {
    // What comes before the request has left is not for it.
    if (event.data === '' || this.stage === 'queued' || (this.stage === 'connecting' && !this.retried)) return;
    if (Number.isNaN(this.firstByte)) this.firstByte = at;
    if (Number.isNaN(this.firstEvent)) this.firstEvent = at;
    if (this.request.events?.isAnswer(event) !== true) return;
    this.#found = event.data;
    this.#foundAt = at;
  }

  /** The event that is the answer came on the held stream: settles, unless the reply that goes with it is still to end. */
  heard(): void {
    if (this.#taken) this.answer(this.#foundAt);
    else this.linger();
  }

  /** The answer is there, and the reply goes on. */
  linger(): void {
    if (this.#lingers) return;
    this.#lingers = true;
    this.deadline = plus(this.#foundAt, longestLinger);
    this.#owner.lingers(this.deadline);
  }

  /** The reply is complete, or its answer is there and no more is waited for. */
  answer(at: Millis): void {
    const { status, stage } = this;
    const held = this.request.events?.on === 'held-stream';
    if (this.#found !== null) {
      if (held) {
        this.status = 200;
        this.contentType = 'text/event-stream';
      }
      this.#settle(new Answer(this, this.#foundAt, at, this.#found));
    } else if (held && status >= 200 && status < 300) {
      this.#taken = true;
      this.stage = 'listening';
    } else if (stage === 'reading' && this.bytesReceived > keptBodyBytes && status < 300) {
      // A cut body would look like bad JSON, and the blame would be wrong. An error answer counts by its status.
      this.break(at, 'protocol-error', `the answer is longer than 1 MiB: ${this.bytesReceived} bytes`);
    } else this.#settle(new Answer(this, at, at, this.#body()));
  }

  /** There will be no answer, unless it is there already. */
  break(ended: Millis, error: FailureKind, detail: string): void {
    if (this.#found !== null) {
      this.answer(ended);
      return;
    }
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
    this.#settle({ kind: 'broken', error, detail, ...timing });
  }

  #settle(reply: WireReply): void {
    this.pending = false;
    this.#owner.settled(reply);
  }

  #listen(events: EventStream, piece: Buffer, at: Millis): void {
    events.push(piece);
    while (this.#found === null) {
      const event = events.next();
      if (event === null) return;
      this.hear(event, at);
    }
  }

  #body(): string {
    if (this.#whole !== null) return this.#whole;
    if (this.#first === null) return '';
    const whole = this.#rest === null ? this.#first : Buffer.concat([this.#first, ...this.#rest]);
    return whole.toString('utf8', 0, Math.min(whole.length, keptBodyBytes));
  }
}
