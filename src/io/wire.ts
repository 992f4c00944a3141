import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { bug } from '../core/errors.ts';
import type { FailureKind } from '../core/failure.ts';
import { classifyError, isConnectionLoss } from './classify-error.ts';
import type { KeepAlive } from './connection-policy.ts';
import type { Exchange } from './exchange.ts';
import { type Opener, type Opening, type OpeningListener, undiciClient, type WireHandler } from './undici-client.ts';

/** What all wires of a transport have in common. */
export interface WireSettings {
  readonly origin: string;
  readonly clock: Clock;
  readonly opener: Opener;
  readonly keepAlive: KeepAlive;
  readonly staleRetry: boolean;
}

/**
 * Carries one exchange at a time over one connection, which it opens when there is none, and again when there is none any
 * more. A callback that comes after its exchange was settled finds none and is ignored.
 */
export class Wire implements WireHandler, OpeningListener {
  readonly #settings: WireSettings;
  readonly #idleLimit: number;
  /** Told each time that the wire has settled its exchange and can take another. */
  readonly #freed: ((wire: Wire) => void) | null;
  readonly #connect: ReturnType<Opener>;
  #client: ReturnType<typeof undiciClient> | null = null;
  #socket: Socket | null = null;
  #exchange: Exchange | null = null;
  /** Takes back the request that is on the wire; null while it is not. */
  #abort: (() => void) | null = null;
  /** What the socket had written when its last exchange was over. */
  #written = 0;
  #idleSince = 0;

  constructor(settings: WireSettings, freed: ((wire: Wire) => void) | null) {
    this.#settings = settings;
    this.#idleLimit = settings.keepAlive.kind === 'idle' ? settings.keepAlive.limit : Number.POSITIVE_INFINITY;
    this.#freed = freed;
    this.#connect = settings.opener(this);
  }

  /** Sends the request and settles its exchange. */
  carry(exchange: Exchange): void {
    if (this.#exchange) throw bug('A connection was given a second request while it carried one.');
    this.#exchange = exchange;
    exchange.stage = 'connecting';
    // undici opens another as soon as this one is gone.
    if (this.#idleLimit < Number.POSITIVE_INFINITY && this.#settings.clock.now() - this.#idleSince > this.#idleLimit)
      this.#socket?.destroy();
    this.#dispatch(exchange);
  }

  /** Itself if it carries this exchange. */
  find(exchange: Exchange): Wire | null {
    return this.#exchange === exchange ? this : null;
  }

  /** Settles the exchange from our side, then takes it off the wire. */
  giveUp(kind: FailureKind, detail: string): void {
    const abort = this.#abort;
    const exchange = this.#release();
    exchange?.break(this.#settings.clock.now(), kind, detail);
    abort?.();
    // Otherwise a request that waits for its connection would still go out, and for one that was taken back undici would
    // open a connection that nobody has asked for, nor counts.
    void this.discard();
    this.#freed?.(this);
  }

  /** Closes the connection; resolves when it is gone. An exchange that it carries must have been given up before. */
  async discard(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    // The client does not hold a socket that is still being connected: left alone it would keep the process alive.
    this.#socket?.destroy();
    this.#socket = null;
    await client?.destroy();
  }

  #dispatch({ request }: Exchange): void {
    this.#client ??= undiciClient(this.#settings.origin, this.#connect);
    const { method, path, body } = request;
    // undici reads the headers and leaves them as they are, but asks for an array that it could change.
    const headers = request.headers as string[];
    if (this.#settings.keepAlive.kind === 'off')
      this.#client.dispatch({ method, path, body, headers, reset: true }, this);
    else this.#client.dispatch({ method, path, body, headers }, this);
  }

  opening(socket: Socket): void {
    this.#socket = socket;
    this.#written = 0;
    if (this.#exchange) this.#exchange.fresh = true;
  }

  opened(socket: Socket, { connect, tls, resumed }: Opening): void {
    const exchange = this.#exchange;
    if (!exchange || socket !== this.#socket) return;
    exchange.opened = true;
    exchange.connect = connect;
    exchange.tls = tls;
    exchange.resumed = resumed;
  }

  onConnect(abort: () => void): void {
    const exchange = this.#exchange;
    if (!exchange) {
      abort();
      return;
    }
    this.#abort = abort;
    exchange.stage = 'waiting';
    exchange.sent = this.#settings.clock.now();
  }

  onResponseStarted(): void {
    if (this.#exchange) this.#exchange.firstByte = this.#settings.clock.now();
  }

  onHeaders(status: number, headers: readonly Buffer[]): boolean {
    // 1xx: the answer itself is still to come.
    if (this.#exchange && status >= 200) {
      this.#exchange.stage = 'reading';
      this.#exchange.status = status;
      this.#exchange.headers = headers;
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#exchange?.received(chunk);
    return true;
  }

  onComplete(): void {
    const exchange = this.#release();
    if (!exchange) return;
    const ended = this.#settings.clock.now();
    this.#idleSince = ended;
    exchange.answer(ended);
    this.#freed?.(this);
  }

  onError(error: unknown): void {
    const exchange = this.#exchange;
    if (!exchange) return;
    const stale = isStale(exchange, error);
    // Closed while idle: what was not written is not sent twice, it only has to find another connection.
    if (stale && exchange.stage === 'connecting') this.#dispatchAgain(exchange);
    else if (stale && this.#settings.staleRetry) {
      exchange.retried = true;
      this.#dispatchAgain(exchange);
    } else {
      const { kind, detail } = classifyError(error, exchange.stage);
      this.#release();
      const ended = this.#settings.clock.now();
      if (stale) exchange.break(ended, 'stale-connection', `a used connection, on which ${detail}`);
      else exchange.break(ended, kind, detail);
      this.#freed?.(this);
    }
  }

  #dispatchAgain(exchange: Exchange): void {
    exchange.fresh = true;
    exchange.stage = 'connecting';
    this.#abort = null;
    // Not within undici's own handling of the loss, which expects an empty queue.
    queueMicrotask(() => {
      if (this.#exchange === exchange) this.#dispatch(exchange);
    });
  }

  #release(): Exchange | null {
    const exchange = this.#exchange;
    if (exchange && exchange.stage !== 'connecting') {
      const written = this.#socket?.bytesWritten ?? 0;
      exchange.bytesSent = written - this.#written;
      this.#written = written;
    }
    this.#exchange = null;
    this.#abort = null;
    return exchange;
  }
}

/** The server closed a used connection before it began to answer: the one case in which a request may go out once more. */
function isStale({ fresh, firstByte }: Exchange, error: unknown): boolean {
  return !fresh && Number.isNaN(firstByte) && isConnectionLoss(error);
}
