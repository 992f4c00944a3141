import { type ExitCode, SqloadError } from '../core/errors.ts';
import type { MockOptions } from '../mock/mock-options.ts';
import type { MockStats } from '../mock/mock-service.ts';
import { type RunningMockServer, startMockServer } from './mock-server.ts';

/** Asks the server's thread for its numbers. */
interface StatsRequest {
  readonly id: number;
}

/** What that thread tells: `listening` or `failed` once, then one `stats` for each request. */
type Reply =
  | { readonly kind: 'listening'; readonly address: string }
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string; readonly exitCode: ExitCode }
  | { readonly kind: 'stats'; readonly id: number; readonly stats: MockStats };

/** The part that a MessagePort and a Worker have in common. */
export interface MockPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** The server's side: starts it, tells where it listens or why it cannot (then null), and answers requests for its numbers. */
export async function serveMock(port: MockPort, options: MockOptions): Promise<RunningMockServer | null> {
  const tell = (reply: Reply): void => port.postMessage(reply);
  let server: RunningMockServer;
  try {
    server = await startMockServer(options);
  } catch (error) {
    // An error loses its class between threads.
    if (!(error instanceof SqloadError)) throw error;
    const { message, hint, exitCode } = error;
    tell({ kind: 'failed', message, hint, exitCode });
    return null;
  }
  const tellStats = async (id: number): Promise<void> => tell({ kind: 'stats', id, stats: await server.stats() });
  port.on('message', (message) => void tellStats((message as StatsRequest).id));
  tell({ kind: 'listening', address: server.address });
  return server;
}

/** The main thread's side of a server behind a port. */
export class RemoteMock {
  readonly #port: MockPort;
  readonly #waiting = new Map<number, Settle<MockStats>>();
  #start: Settle<string> | null = null;
  #failure: SqloadError | null = null;
  #lastId = 0;
  /** Where the server listens; rejects with the error that kept it from starting. */
  readonly address: Promise<string>;

  constructor(port: MockPort) {
    this.#port = port;
    this.address = new Promise((resolve, reject) => {
      this.#start = { resolve, reject };
    });
    port.on('message', (message) => this.#hear(message as Reply));
  }

  stats(): Promise<MockStats> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#port.postMessage({ id } satisfies StatsRequest);
    });
  }

  /** The other side is gone: rejects what is still asked of it, and all that will be. */
  fail(error: SqloadError): void {
    this.#failure ??= error;
    this.#start?.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #hear(reply: Reply): void {
    switch (reply.kind) {
      case 'listening':
        this.#start?.resolve(reply.address);
        return;
      case 'failed':
        this.#start?.reject(new SqloadError(reply.message, { hint: reply.hint, exitCode: reply.exitCode }));
        return;
      case 'stats':
        this.#waiting.get(reply.id)?.resolve(reply.stats);
        this.#waiting.delete(reply.id);
        return;
    }
  }
}

interface Settle<Value> {
  resolve(value: Value): void;
  reject(error: SqloadError): void;
}
