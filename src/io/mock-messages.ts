import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { type ExitCode, SqloadError } from '../core/errors.ts';
import type { MockOptions } from '../mock/mock-options.ts';
import type { MockStats } from '../mock/mock-service.ts';
import { type RunningMockServer, startMockServer } from './mock-server.ts';

/** Asks the server's thread for its numbers. */
interface Request {
  readonly kind: 'stats' | 'vitals';
  readonly id: number;
}

/** How the thread of a server fares. */
export interface MockVitals {
  /** Share of the time since it was last asked in which its event loop was busy, 0 to 1. */
  readonly utilisation: number;
  /** Bytes of its heap in use, and the most that it may have. */
  readonly heap: number;
  readonly heapLimit: number;
}

/** What that thread tells: `listening` or `failed` once, then one answer for each request. */
type Reply =
  | { readonly kind: 'listening'; readonly address: string }
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string; readonly exitCode: ExitCode }
  | { readonly kind: 'stats'; readonly id: number; readonly stats: MockStats }
  | { readonly kind: 'vitals'; readonly id: number; readonly vitals: MockVitals };

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
  const vitals = threadMeter();
  port.on('message', (message) => {
    const { kind, id } = message as Request;
    if (kind === 'stats') void tellStats(id);
    else tell({ kind: 'vitals', id, vitals: vitals() });
  });
  tell({ kind: 'listening', address: server.address });
  return server;
}

/** Measures the thread that it is called in. */
function threadMeter(): () => MockVitals {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    const { used_heap_size: heap, heap_size_limit: heapLimit } = getHeapStatistics();
    return { utilisation: utilization, heap, heapLimit };
  };
}

/** The main thread's side of a server behind a port. */
export class RemoteMock {
  readonly #port: MockPort;
  readonly #waiting = new Map<number, Settle<MockStats>>();
  readonly #waitingForVitals = new Map<number, Settle<MockVitals>>();
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
    return this.#ask('stats', this.#waiting);
  }

  /** How its thread fared since it was last asked. */
  vitals(): Promise<MockVitals> {
    return this.#ask('vitals', this.#waitingForVitals);
  }

  #ask<Value>(kind: Request['kind'], waiting: Map<number, Settle<Value>>): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const id = ++this.#lastId;
      waiting.set(id, { resolve, reject });
      this.#port.postMessage({ kind, id } satisfies Request);
    });
  }

  /** The other side is gone: rejects what is still asked of it, and all that will be. */
  fail(error: SqloadError): void {
    this.#failure ??= error;
    this.#start?.reject(error);
    for (const waiting of [this.#waiting, this.#waitingForVitals]) {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    }
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
      case 'vitals':
        this.#waitingForVitals.get(reply.id)?.resolve(reply.vitals);
        this.#waitingForVitals.delete(reply.id);
        return;
    }
  }
}

interface Settle<Value> {
  resolve(value: Value): void;
  reject(error: SqloadError): void;
}
