/** Where a stream of events goes. */
export interface StreamSink {
  write(text: string): void;
  /** Ends the response in good order. */
  end(): void;
  /** Writes this, then breaks the connection off. */
  cut(text: string): void;
}

/** A reply that stays open: what the server pushes into it, until one of the two sides has had enough. */
export class EventStream {
  readonly #onClose: () => void;
  #sink: StreamSink | null = null;
  #closed = false;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The reply has begun: from now on, what is pushed gets somewhere. */
  attach(sink: StreamSink): void {
    if (this.#closed) sink.end();
    else this.#sink = sink;
  }

  push(text: string): void {
    this.#sink?.write(text);
  }

  end(): void {
    const sink = this.#sink;
    this.close();
    sink?.end();
  }

  cut(text: string): void {
    const sink = this.#sink;
    this.close();
    sink?.cut(text);
  }

  /** The client has left. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sink = null;
    this.#onClose();
  }
}
