import type { Millis } from '../core/units.ts';
import type { WireTiming } from '../protocol/wire.ts';

/** A whole HTTP answer. An object of one shape, and a content type that is looked for only if someone asks: one is made per request. */
export class Answer implements WireTiming {
  readonly kind = 'answered';
  readonly status: number;
  readonly body: string;
  readonly sent: Millis;
  readonly firstByte: Millis;
  readonly ended: Millis;
  readonly connect: Millis;
  readonly tls: Millis;
  readonly resumed: boolean;
  readonly opened: boolean;
  readonly retried: boolean;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly #headers: readonly Buffer[];

  constructor(from: Arrived, ended: Millis, body: string) {
    this.status = from.status;
    this.body = body;
    this.sent = from.sent;
    this.firstByte = from.firstByte;
    this.ended = ended;
    this.connect = from.connect;
    this.tls = from.tls;
    this.resumed = from.resumed;
    this.opened = from.opened;
    this.retried = from.retried;
    this.bytesSent = from.bytesSent;
    this.bytesReceived = from.bytesReceived;
    this.#headers = from.headers;
  }

  get contentType(): string {
    for (let i = 0; i + 1 < this.#headers.length; i += 2) {
      const name = this.#headers[i];
      if (name?.length === 12 && name.toString('latin1').toLowerCase() === 'content-type')
        return this.#headers[i + 1]?.toString('latin1') ?? '';
    }
    return '';
  }
}

interface Arrived extends Omit<WireTiming, 'ended'> {
  readonly status: number;
  /** As they came: name, value, name, value. */
  readonly headers: readonly Buffer[];
}
