import type { Millis } from '../core/units.ts';
import type { AnswerHead } from './answer-head.ts';
import type { AnswerListener } from './answer-parser.ts';
import { classifyError, WireFault } from './classify-error.ts';
import { EventStream, longEvent } from './event-stream.ts';
import type { Exchange } from './exchange.ts';
import { Link, type LinkOwner, type Opening } from './link.ts';
import type { Prefix } from './request-text.ts';
import type { WireSettings } from './wire.ts';
import { writeRequest } from './write-request.ts';

/**
 * A stream of events that a user holds, on a connection of its own. It is opened by an exchange, which its first answer settles; from
 * then on its events go to the exchange that listens, and to nobody when none does.
 */
export class HeldStream implements LinkOwner, AnswerListener {
  readonly #settings: WireSettings;
  /** Told, once, that the stream has ended by itself after it was opened, and why. */
  readonly #lost: (error: unknown) => void;
  readonly #events = new EventStream();
  #link: Link | null = null;
  #prefix: Prefix | null = null;
  /** Whose answer is to come here: at first that which opens the stream. */
  #exchange: Exchange | null = null;
  #held = false;
  /** When the bytes came that are being read. */
  #readAt: Millis;

  constructor(settings: WireSettings, lost: (error: unknown) => void) {
    this.#settings = settings;
    this.#lost = lost;
    this.#readAt = settings.clock.now();
  }

  /** Sends the request for the stream and settles its exchange. */
  open(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.stage = 'connecting';
    exchange.fresh = true;
    try {
      this.#prefix = this.#settings.requests.prefix(exchange.request);
      this.#link = new Link(this.#settings, this);
    } catch (error) {
      this.failed(new WireFault('unsendable', error instanceof Error ? error.message : String(error)));
    }
  }

  /** From here on events go to this exchange, until it is released. */
  listen(exchange: Exchange): true {
    this.#exchange = exchange;
    return true;
  }

  /** No exchange listens any more. Itself, or null if it is not open: then its connection is closed. */
  released(): HeldStream | null {
    this.#exchange = null;
    if (this.#held) return this;
    this.#drop();
    return null;
  }

  /** Closes the connection; resolves when it is gone. */
  async discard(): Promise<void> {
    const link = this.#link;
    this.#link = null;
    await link?.dropped();
  }

  opened(opening: Opening): void {
    const [exchange, link] = [this.#exchange, this.#link];
    if (exchange === null || link === null || this.#prefix === null) return;
    exchange.connected(opening);
    writeRequest(exchange, this.#prefix, link, this.#settings.clock);
  }

  read(length: number, bytes: Buffer): void {
    const link = this.#link;
    if (link === null) return;
    this.#readAt = this.#settings.clock.now();
    const progress = link.parser.read(bytes.subarray(0, length), this);
    if (progress === 'invalid') this.failed(new WireFault('invalid', link.parser.fault));
    else if (this.#events.tooLong) this.failed(new WireFault('invalid', longEvent));
    else if (progress === 'whole') this.#over();
  }

  answerBegins(): void {
    this.#exchange?.begins(this.#readAt);
  }

  answerHead(head: AnswerHead): void {
    this.#exchange?.began(head);
  }

  answerBody(bytes: Buffer): void {
    const exchange = this.#exchange;
    if (!this.#held && exchange?.stage === 'reading') {
      exchange.received(bytes, this.#readAt);
      return;
    }
    if (exchange !== null) exchange.bytesReceived += bytes.length;
    this.#events.push(bytes);
    for (let event = this.#events.next(); event !== null; event = this.#events.next()) {
      this.#exchange?.hear(event, this.#readAt);
      if (this.#exchange?.answered) this.#tell(this.#exchange);
    }
  }

  ended(): void {
    this.#readAt = this.#settings.clock.now();
    if (this.#link?.parser.endsWithConnection) this.#over();
    else this.failed(new WireFault('closed', 'the other side closed it'));
  }

  failed(error: unknown): void {
    this.#drop();
    const exchange = this.#exchange;
    if (this.#held) this.#lost(error);
    else if (exchange !== null) {
      const { kind, detail } = classifyError(error, exchange.stage);
      exchange.break(this.#settings.clock.now(), kind, detail);
    }
  }

  #tell(exchange: Exchange): void {
    this.#exchange = null;
    if (this.#held) exchange.heard();
    else {
      this.#held = true;
      exchange.answer(this.#readAt);
    }
  }

  /** What the server had to say is complete. */
  #over(): void {
    this.#drop();
    if (this.#held) this.#lost(new WireFault('closed', 'the server ended the stream'));
    else this.#exchange?.answer(this.#readAt);
  }

  #drop(): void {
    this.#link?.drop();
    this.#link = null;
  }
}
