import type { Writable } from 'node:stream';
import type { TextOutput } from './host.ts';

type TerminalOrPipe = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Standard output or error that outlives its reader: `sqload report … | head` is no error. */
export class StreamOutput implements TextOutput {
  readonly #stream: TerminalOrPipe;
  #closed = false;
  /** Text was lost for another reason than that nobody wanted it: a full disk. */
  lost = false;

  constructor(stream: TerminalOrPipe) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#closed = true;
      if (error.code !== 'EPIPE') this.lost = true;
    });
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number {
    return this.#stream.columns ?? 100;
  }

  write(text: string): void {
    if (!this.#closed) this.#stream.write(text);
  }

  /** Resolves when all text has left the process, or cannot. */
  flush(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((done) => {
      this.#stream.once('error', () => done());
      this.#stream.write('', () => done());
    });
  }
}
