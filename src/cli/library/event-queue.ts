import type { LiveEvent } from '../../report/live-event.ts';

/** Failed requests that wait beyond so many are passed over: a listener that does not keep up must not fill the memory. */
const mostWaiting = 10_000;

/** Events for one who reads at its own pace: nothing waits for it. */
export class EventQueue {
  readonly #waiting: LiveEvent[] = [];
  #over = false;
  #error: unknown = null;
  #wake: () => void = () => {};

  push(event: LiveEvent): void {
    if (event.kind === 'requestFailed' && this.#waiting.length >= mostWaiting) return;
    this.#waiting.push(event);
    this.#wake();
  }

  /** Nothing follows; `error`: why the run came to nothing. */
  end(error: unknown = null): void {
    this.#over = true;
    this.#error = error;
    this.#wake();
  }

  async *read(): AsyncGenerator<LiveEvent, void, undefined> {
    for (;;) {
      for (let event = this.#waiting.shift(); event; event = this.#waiting.shift()) yield event;
      if (this.#over && this.#error !== null) throw this.#error;
      if (this.#over) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
