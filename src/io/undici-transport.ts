import { Socket } from 'node:net';
import { buildConnector, Client, type Dispatcher } from 'undici';
import type { Clock } from '../core/clock.ts';
import { bug } from '../core/errors.ts';
import type { FailureKind } from '../core/failure.ts';
import type { Millis } from '../core/units.ts';
import type { Connection, Transport } from '../engine/world.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import { classifyError, isConnectionLoss, type Stage } from './classify-error.ts';
import { Exchange } from './exchange.ts';

export interface UndiciTransportOptions {
  /** Scheme, host and port: `http://127.0.0.1:8000`. */
  readonly origin: string;
  readonly clock: Clock;
  /** `ca` is PEM text that replaces the system's authorities; `insecure` accepts every certificate. */
  readonly tls: { readonly insecure: boolean; readonly ca: string | null };
}

/**
 * Sends over HTTP/1.1, one connection for each user, which is kept until the server closes it: hints about keep-alive are
 * not followed, redirects neither. `bytesSent` counts request line, headers and body; `bytesReceived` the answer's body.
 */
export function undiciTransport({ origin, clock, tls }: UndiciTransportOptions): Transport {
  const open = new Set<UserConnection>();
  const shared: Shared = {
    origin,
    clock,
    // undici's own timeouts tick at half a second. Its cache of TLS sessions depends on the garbage collector: without it
    // every handshake is a full one, in every run.
    connector: buildConnector({
      timeout: 0,
      maxCachedSessions: 0,
      rejectUnauthorized: !tls.insecure,
      ...(tls.ca === null ? {} : { ca: tls.ca }),
    }),
    forget: (connection) => open.delete(connection),
    leave: closeInTurns(clock),
  };
  let closed = false;
  return {
    open() {
      const connection = new UserConnection(shared);
      if (closed) connection.close();
      else open.add(connection);
      return connection;
    },
    async close() {
      closed = true;
      await Promise.all([...open].map((connection) => connection.end()));
    },
  };
}

interface Shared {
  readonly origin: string;
  readonly clock: Clock;
  readonly connector: buildConnector.connector;
  readonly forget: (connection: UserConnection) => void;
  /** Closes a connection that carries nothing, as soon as there is time for it. */
  readonly leave: (connection: UserConnection) => void;
}

/** How long closing may take in one turn of the event loop, ms. */
const closingTime = 1;

/**
 * Closing one connection costs as much as a few requests. When users leave by the hundred, as after a surge or at the end,
 * closing all of them at once would hold up the replies to everybody else, and the delay would be counted as the server's.
 */
function closeInTurns(clock: Clock): Shared['leave'] {
  const leaving: UserConnection[] = [];
  const closeSome = (): void => {
    const until = clock.now() + closingTime;
    do void leaving.pop()?.end();
    while (leaving.length > 0 && clock.now() < until);
    if (leaving.length > 0) setImmediate(closeSome);
  };
  return (connection) => {
    if (leaving.push(connection) === 1) setImmediate(closeSome);
  };
}

/** The longest span that a Node timer takes. */
const forever = 2 ** 31 - 1;

/**
 * One user's connection, and undici's handler for what happens on it. Its callbacks are those of undici 7's older handler
 * interface, which is called without adapters. A callback that comes after its exchange was settled finds none and is ignored.
 */
class UserConnection implements Connection, Dispatcher.DispatchHandler {
  readonly #shared: Shared;
  #client: Client | null = null;
  #socket: Socket | null = null;
  #exchange: Exchange | null = null;
  /** Takes back the request that is on the wire; null while it is not. */
  #abort: (() => void) | null = null;
  #writtenBefore = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  send(request: WireRequest, deadline: Millis): Promise<WireReply> {
    if (this.#exchange) throw bug('A connection was given a second request while it carried one.');
    return new Promise((settle) => {
      const now = this.#shared.clock.now();
      const exchange = new Exchange(request, now, deadline, settle);
      if (this.#closed) {
        exchange.break(now, 'unfinished', 'the run was over before the request could be sent');
        return;
      }
      this.#exchange = exchange;
      this.#arm(deadline - now);
      this.#dispatch(exchange);
    });
  }

  close(): void {
    this.#closed = true;
    if (this.#exchange) void this.end();
    else this.#shared.leave(this);
  }

  /** Ends what is in flight as `unfinished`; resolves when the socket is gone. */
  async end(): Promise<void> {
    this.#closed = true;
    this.#shared.forget(this);
    if (this.#exchange) this.#break('unfinished', `the run ended while ${doing[this.#exchange.stage]}`);
    await this.#discard();
  }

  #dispatch({ request }: Exchange): void {
    this.#client ??= this.#newClient();
    const { method, path, body } = request;
    // undici reads the headers and leaves them as they are, but asks for an array that it could change.
    this.#client.dispatch({ method, path, body, headers: request.headers as string[] }, this);
  }

  #newClient(): Client {
    return new Client(this.#shared.origin, {
      connect: this.#connect,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: forever,
      keepAliveMaxTimeout: forever,
      // Subtracted from a server's hint, so that no hint is short.
      keepAliveTimeoutThreshold: -forever,
    });
  }

  readonly #connect: buildConnector.connector = (options, callback) => {
    const started = this.#shared.clock.now();
    if (this.#exchange) this.#exchange.fresh = true;
    const socket: unknown = this.#shared.connector(options, (...result) => {
      if (this.#exchange && result[1] !== null && result[1] === this.#socket) {
        this.#exchange.opened = true;
        this.#exchange.connect = span(started, this.#shared.clock.now());
      }
      callback(...result);
    });
    this.#socket = socket instanceof Socket ? socket : null;
  };

  onConnect(abort: () => void): void {
    const exchange = this.#exchange;
    if (!exchange) {
      abort();
      return;
    }
    this.#abort = abort;
    this.#writtenBefore = this.#socket?.bytesWritten ?? 0;
    exchange.stage = 'waiting';
    exchange.sent = this.#shared.clock.now();
  }

  onResponseStarted(): void {
    if (this.#exchange) this.#exchange.firstByte = this.#shared.clock.now();
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    // 1xx: the answer itself is still to come.
    if (this.#exchange && status >= 200) {
      this.#exchange.stage = 'reading';
      this.#exchange.status = status;
      this.#exchange.contentType = contentTypeIn(headers);
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#exchange?.received(chunk);
    return true;
  }

  onComplete(): void {
    const exchange = this.#release();
    exchange?.answer(this.#shared.clock.now());
  }

  onError(error: unknown): void {
    const exchange = this.#exchange;
    if (!exchange) return;
    if (isStale(exchange, error)) {
      exchange.retried = true;
      exchange.fresh = true;
      exchange.stage = 'connecting';
      this.#abort = null;
      // Not within undici's own handling of the loss, which expects an empty queue.
      queueMicrotask(() => {
        if (this.#exchange === exchange) this.#dispatch(exchange);
      });
      return;
    }
    const { kind, detail } = classifyError(error, exchange.stage);
    this.#release();
    exchange.break(this.#shared.clock.now(), kind, detail);
  }

  #arm(left: number): void {
    this.#timer = setTimeout(this.#expire, Math.min(Math.ceil(left), forever));
  }

  readonly #expire = (): void => {
    const exchange = this.#exchange;
    if (!exchange) return;
    const left = exchange.deadline - this.#shared.clock.now();
    // A timer can be early; the deadline is not.
    if (left > 0) this.#arm(left);
    else {
      const limit = Math.round(exchange.deadline - exchange.handed);
      this.#break('timeout', `no complete answer within ${limit} ms: given up while ${doing[exchange.stage]}`);
    }
  };

  /** Settles the exchange from our side, then takes it off the wire. */
  #break(kind: FailureKind, detail: string): void {
    const abort = this.#abort;
    const exchange = this.#release();
    exchange?.break(this.#shared.clock.now(), kind, detail);
    if (abort) abort();
    // There is no way to take back a request that waits for its connection.
    else void this.#discard();
  }

  #release(): Exchange | null {
    const exchange = this.#exchange;
    if (exchange && exchange.stage !== 'connecting')
      exchange.bytesSent = (this.#socket?.bytesWritten ?? 0) - this.#writtenBefore;
    clearTimeout(this.#timer);
    this.#exchange = null;
    this.#abort = null;
    return exchange;
  }

  async #discard(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    // The client does not hold a socket that is still being connected: left alone it would keep the process alive.
    this.#socket?.destroy();
    this.#socket = null;
    await client?.destroy();
  }
}

/** The server closed a used connection as the request left: the one case in which it is sent again. */
function isStale({ fresh, firstByte }: Exchange, error: unknown): boolean {
  return !fresh && Number.isNaN(firstByte) && isConnectionLoss(error);
}

const doing: Readonly<Record<Stage, string>> = {
  connecting: 'connecting',
  waiting: 'waiting for the first byte',
  reading: 'reading the body',
};

const span = (from: Millis, to: Millis): Millis => (to - from) as Millis;

/** Headers as they came: name, value, name, value. */
function contentTypeIn(headers: readonly Buffer[]): string {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i];
    if (name?.length === 12 && name.toString('latin1').toLowerCase() === 'content-type')
      return headers[i + 1]?.toString('latin1') ?? '';
  }
  return '';
}
