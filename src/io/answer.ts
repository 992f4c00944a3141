import type { Millis } from '../core/units.ts';
import type { WireTiming } from '../protocol/wire.ts';

/** A whole HTTP answer. An object of one shape: one is made per request. */
export class Answer implements WireTiming {
  readonly kind = 'answered';
  readonly status: number;
  readonly contentType: string;
  readonly session: string;
  readonly body: string;
  readonly sent: Millis;
  readonly firstByte: Millis;
  readonly firstEvent: Millis;
  readonly ended: Millis;
  readonly freed: Millis;
  readonly connect: Millis;
  readonly tls: Millis;
  readonly resumed: boolean;
  readonly opened: boolean;
  readonly retried: boolean;
  readonly bytesSent: number;
  readonly bytesReceived: number;

  constructor(from: Arrived, ended: Millis, freed: Millis, body: string) {
    this.status = from.status;
    this.body = body;
    this.sent = from.sent;
    this.firstByte = from.firstByte;
    this.firstEvent = from.firstEvent;
    this.ended = ended;
    this.freed = freed;
    this.connect = from.connect;
    this.tls = from.tls;
    this.resumed = from.resumed;
    this.opened = from.opened;
    this.retried = from.retried;
    this.bytesSent = from.bytesSent;
    this.bytesReceived = from.bytesReceived;
    this.contentType = from.contentType;
    this.session = from.session;
  }
}

interface Arrived extends Omit<WireTiming, 'ended' | 'freed'> {
  readonly status: number;
  readonly contentType: string;
  readonly session: string;
}
