import { bug } from '../core/errors.ts';
import type { FailureKind } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';
import type { AnswerHead } from './answer-head.ts';
import type { AnswerListener } from './answer-parser.ts';
import { classifyError, isConnectionLoss, WireFault } from './classify-error.ts';
import type { KeepAlive } from './connection-policy.ts';
import { longEvent } from './event-stream.ts';
import type { Exchange } from './exchange.ts';
import { Link, type LinkOwner, type LinkSettings, type Opening } from './link.ts';
import type { NextTurn, Waiting } from './next-turn.ts';
import type { Prefix, RequestText } from './request-text.ts';
import { writeRequest } from './write-request.ts';

/** What all wires of a transport have in common. */
export interface WireSettings extends LinkSettings {
  readonly requests: RequestText;
  readonly turn: NextTurn;
  readonly keepAlive: KeepAlive;
  readonly staleRetry: boolean;
}

/**
 * Carries one exchange at a time over one connection, which it opens when there is none, and again when there is none any
 * more.
 */
export class Wire implements LinkOwner, AnswerListener, Waiting {
  readonly #settings: WireSettings;
  readonly #idleLimit: number;
  /** Told each time that the wire has settled its exchange and can take another. */
  readonly #freed: ((wire: Wire) => void) | null;
  #link: Link | null = null;
  #exchange: Exchange | null = null;
  #prefix: Prefix | null = null;
  #keeps = true;
  /** The last exchange is settled, and the end of its reply is still being read, for nobody. */
  #draining = false;
  /** It stands in line for the next turn. */
  #queued = false;
  /** When the bytes came that are being read, and at last when the last answer was over. */
  #readAt: Millis;

  constructor(settings: WireSettings, freed: ((wire: Wire) => void) | null) {
    this.#settings = settings;
    this.#idleLimit = settings.keepAlive.kind === 'idle' ? settings.keepAlive.limit : Number.POSITIVE_INFINITY;
    this.#freed = freed;
    this.#readAt = settings.clock.now();
  }

  /** Sends the request and settles its exchange. */
  carry(exchange: Exchange): void {
    if (this.#exchange) throw bug('A connection was given a second request while it carried one.');
    this.#exchange = exchange;
    exchange.stage = 'connecting';
    try {
      this.#prefix = this.#settings.requests.prefix(exchange.request);
    } catch (error) {
      this.#break(exchange, new WireFault('unsendable', error instanceof Error ? error.message : String(error)));
      return;
    }
    if (this.#draining || this.#isOutworn()) this.#drop();
    if (this.#link === null) this.#open(exchange);
    else if (!this.#queued) {
      this.#queued = true;
      this.#settings.turn.wait(this);
    }
  }

  /** Itself if it carries this exchange. */
  find(exchange: Exchange): Wire | null {
    return this.#exchange === exchange ? this : null;
  }

  /** Settles the exchange from our side, and closes the connection, on which its answer may yet come. */
  giveUp(kind: FailureKind, detail: string): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.break(this.#settings.clock.now(), kind, detail);
    this.#drop();
    this.#freed?.(this);
  }

  /**
   * Settles an exchange whose answer is there. If the answer was in a stream of events, that is read on, and the connection
   * can be used again should it end in time.
   */
  letGo(): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    if (exchange?.stage === 'listening' && this.#isReusable()) this.#draining = true;
    else this.#drop();
    exchange?.answer(this.#settings.clock.now());
    this.#freed?.(this);
  }

  /** Closes the connection; resolves when it is gone. An exchange that it carries must have been given up before. */
  async discard(): Promise<void> {
    const link = this.#link;
    this.#link = null;
    this.#draining = false;
    await link?.dropped();
  }

  turned(): void {
    this.#queued = false;
    const exchange = this.#exchange;
    if (exchange === null || exchange.stage !== 'connecting') return;
    // Closed while idle: what was not written is not sent twice, it only has to find another connection.
    if (this.#link === null) this.#open(exchange);
    else if (this.#link.ready) this.#write(exchange, this.#link);
  }

  opened(opening: Opening): void {
    const [exchange, link] = [this.#exchange, this.#link];
    if (exchange === null || link === null) return;
    exchange.connected(opening);
    // The first attempt has reached the server after all, and brought an event on the held stream.
    if (exchange.answered) this.letGo();
    else this.#write(exchange, link);
  }

  read(length: number, bytes: Buffer): void {
    const [exchange, link] = [this.#exchange, this.#link];
    if (exchange === null || link === null || exchange.stage === 'connecting') {
      if (link !== null && this.#draining) this.#drain(link, bytes.subarray(0, length));
      // Nobody has asked for anything: whose answer it is cannot be known any more.
      else this.#drop();
      return;
    }
    this.#readAt = this.#settings.clock.now();
    const head = link.parser.readWhole(bytes, length);
    if (head !== null) {
      exchange.begins(this.#readAt);
      this.#keeps = head.keepAlive;
      exchange.receivedWhole(head, bytes, length, this.#readAt);
      this.#answered(exchange);
      return;
    }
    const progress = link.parser.read(bytes.subarray(0, length), this);
    if (progress === 'invalid') this.failed(new WireFault('invalid', link.parser.fault));
    else if (exchange.tooLong) this.failed(new WireFault('invalid', longEvent));
    else if (progress === 'whole') {
      if (link.parser.excess > 0) this.#keeps = false;
      this.#answered(exchange);
    } else if (exchange.answered) exchange.linger();
  }

  answerBegins(): void {
    this.#exchange?.begins(this.#readAt);
  }

  answerHead(head: AnswerHead): void {
    this.#keeps = head.keepAlive;
    this.#exchange?.began(head);
  }

  answerBody(bytes: Buffer): void {
    this.#exchange?.received(bytes, this.#readAt);
  }

  ended(): void {
    const exchange = this.#exchange;
    if (exchange !== null && this.#link?.parser.endsWithConnection) {
      this.#readAt = this.#settings.clock.now();
      this.#answered(exchange);
    } else this.failed(new WireFault('closed', 'the other side closed it'));
  }

  failed(error: unknown): void {
    this.#drop();
    const exchange = this.#exchange;
    if (exchange === null) return;
    if (!isStale(exchange, error)) this.#break(exchange, error);
    // What waits for the next turn will see that there is no connection.
    else if (exchange.stage === 'connecting') return;
    else if (this.#settings.staleRetry) {
      exchange.retried = true;
      exchange.bytesSent = 0;
      exchange.stage = 'connecting';
      this.#open(exchange);
    } else {
      this.#exchange = null;
      const { detail } = classifyError(error, exchange.stage);
      exchange.break(this.#settings.clock.now(), 'stale-connection', `a used connection, on which ${detail}`);
      this.#freed?.(this);
    }
  }

  #open(exchange: Exchange): void {
    exchange.fresh = true;
    this.#link = new Link(this.#settings, this);
  }

  #write(exchange: Exchange, link: Link): void {
    if (this.#prefix !== null) writeRequest(exchange, this.#prefix, link, this.#settings.clock);
  }

  #answered(exchange: Exchange): void {
    this.#exchange = null;
    if (!this.#isReusable()) this.#drop();
    exchange.answer(this.#readAt);
    this.#freed?.(this);
  }

  #drain(link: Link, piece: Buffer): void {
    this.#readAt = this.#settings.clock.now();
    const progress = link.parser.read(piece, this);
    if (progress === 'more') return;
    this.#draining = false;
    if (progress === 'invalid' || link.parser.excess > 0) this.#drop();
  }

  /** Whether the connection can carry another request once its reply is over. */
  #isReusable(): boolean {
    return this.#keeps && this.#settings.keepAlive.kind !== 'off';
  }

  /** Whether the connection was idle for too long. */
  #isOutworn(): boolean {
    return this.#idleLimit < Number.POSITIVE_INFINITY && this.#settings.clock.now() - this.#readAt > this.#idleLimit;
  }

  #break(exchange: Exchange, error: unknown): void {
    this.#exchange = null;
    const { kind, detail } = classifyError(error, exchange.stage);
    exchange.break(this.#settings.clock.now(), kind, detail);
    this.#freed?.(this);
  }

  #drop(): void {
    this.#link?.drop();
    this.#link = null;
    this.#draining = false;
  }
}

/** The server closed a used connection before it began to answer: the one case in which a request may go out once more. */
function isStale({ fresh, firstByte }: Exchange, error: unknown): boolean {
  return !fresh && Number.isNaN(firstByte) && isConnectionLoss(error);
}
