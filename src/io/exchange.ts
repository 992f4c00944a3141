import type { FailureKind } from '../core/failure.ts';
import { type Millis, millis } from '../core/units.ts';
import type { WireReply, WireRequest, WireTiming } from '../protocol/wire.ts';
import type { Stage } from './classify-error.ts';

/** How much of an answer is kept for parsing; what comes after it is counted and thrown away. */
const keptBodyBytes = 1024 * 1024;

const none = millis(Number.NaN);

/** One request on its way: what is known of it so far, and the promise of its reply, which settles once. */
export class Exchange {
  readonly request: WireRequest;
  readonly deadline: Millis;
  readonly handed: Millis;
  stage: Stage = 'connecting';
  sent: Millis;
  firstByte: Millis = none;
  connect: Millis = millis(0);
  tls: Millis = millis(0);
  resumed = false;
  /** A connection was asked for, successfully or not: the request does not travel on a used one. */
  fresh = false;
  opened = false;
  retried = false;
  bytesSent = 0;
  status = 0;
  contentType = '';
  readonly #settle: (reply: WireReply) => void;
  readonly #chunks: Buffer[] = [];
  #bytesReceived = 0;
  #bytesKept = 0;

  constructor(request: WireRequest, handed: Millis, deadline: Millis, settle: (reply: WireReply) => void) {
    this.request = request;
    this.deadline = deadline;
    this.handed = handed;
    this.sent = handed;
    this.#settle = settle;
  }

  /** Takes a piece of the answer's body. */
  received(chunk: Buffer): void {
    this.#bytesReceived += chunk.length;
    if (this.#bytesKept >= keptBodyBytes) return;
    this.#bytesKept += chunk.length;
    this.#chunks.push(chunk);
  }

  /** The answer is complete. */
  answer(ended: Millis): void {
    if (this.#bytesReceived > keptBodyBytes && this.status < 300) {
      // A cut body would look like bad JSON, and the blame would be wrong. An error answer counts by its status.
      this.break(ended, 'protocol-error', `the answer is longer than 1 MiB: ${this.#bytesReceived} bytes`);
      return;
    }
    const { status, contentType } = this;
    this.#settle({ kind: 'answered', status, contentType, body: this.#body(), ...this.#timing(ended) });
  }

  /** There will be no answer. */
  break(ended: Millis, error: FailureKind, detail: string): void {
    this.#settle({ kind: 'broken', error, detail, ...this.#timing(ended) });
  }

  #timing(ended: Millis): WireTiming {
    const { sent, firstByte, connect, tls, resumed, opened, retried, bytesSent } = this;
    return {
      sent,
      firstByte,
      ended,
      connect,
      tls,
      resumed,
      opened,
      retried,
      bytesSent,
      bytesReceived: this.#bytesReceived,
    };
  }

  #body(): string {
    const [first] = this.#chunks;
    if (first === undefined) return '';
    const whole = this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    return whole.toString('utf8', 0, Math.min(whole.length, keptBodyBytes));
  }
}
